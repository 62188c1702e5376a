"""A function's own address, which takes signed requests only."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.httpsession import URLLib3Session

from deploy.aws import Aws
from deploy.errors import DeployError
from deploy.picture import Picture


@dataclass(frozen=True, slots=True)
class Answer:
    """What the function said."""

    status: int
    body: str


def function_url(picture: Picture, name: str | None) -> str:
    """The address of the unit on Lambda, or of the only one. Raises `DeployError` where there is none."""
    units = [unit for unit in picture.units if unit.compute == "lambda" and name in {None, unit.name}]
    urls = {unit: url for unit in units if (url := picture.stacks[unit.stack].outputs.get("FunctionUrl"))}
    if len(urls) > 1:
        raise DeployError(f"There are {len(urls)}: {', '.join(map(str, urls))}.", "Name one: url users")
    if not urls:
        remedy = "A unit on Lambda has one with: up all=lambda --set lambda.FunctionUrl=iam"
        raise DeployError("No unit has a Function URL.", remedy)
    return next(iter(urls.values())).rstrip("/")


def call(aws: Aws, url: str, method: str, data: str | None, connect_to: str | None) -> Answer:
    """Send a request that is signed with SigV4, as whoever deploys; through another server, if one is given."""
    headers = {"Host": urlsplit(url).netloc} | ({"Content-Type": "application/json"} if data else {})
    request = AWSRequest(method, url, headers=headers, data=data)
    SigV4Auth(aws.session.get_credentials().get_frozen_credentials(), "lambda", aws.region).add_auth(request)
    if connect_to:
        request.url = url.replace(f"https://{headers['Host']}", connect_to.rstrip("/"))
    answer = URLLib3Session().send(request.prepare())
    return Answer(answer.status_code, answer.text)
