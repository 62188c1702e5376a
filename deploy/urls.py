"""A function's own URL, which accepts signed requests only."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.httpsession import URLLib3Session

from deploy.aws import Aws
from deploy.errors import DeployError
from deploy.state import DeployedState


@dataclass(frozen=True, slots=True)
class Response:
    """The response of the function."""

    status: int
    body: str


def function_url(state: DeployedState, name: str | None) -> str:
    """Return the URL of this unit, or of the only one that has a URL. Raises `DeployError` if there is none."""
    units = [unit for unit in state.units if unit.compute == "lambda" and name in {None, unit.name}]
    urls = {unit: url for unit in units if (url := state.url(unit))}
    if len(urls) > 1:
        raise DeployError(f"{len(urls)} units have a URL: {', '.join(map(str, urls))}.", "Name one: url users")
    if not urls:
        remedy = "A unit on Lambda has one with: up all=lambda --set lambda.FunctionUrl=iam"
        raise DeployError("No unit has a Function URL.", remedy)
    return next(iter(urls.values())).rstrip("/")


def send(aws: Aws, url: str, method: str, data: str | None, connect_to: str | None) -> Response:
    """Send a request that is signed with SigV4, through the server `connect_to` if it is given."""
    headers = {"Host": urlsplit(url).netloc} | ({"Content-Type": "application/json"} if data else {})
    request = AWSRequest(method, url, headers=headers, data=data)
    SigV4Auth(aws.session.get_credentials().get_frozen_credentials(), "lambda", aws.region).add_auth(request)
    if connect_to:
        request.url = url.replace(f"https://{headers['Host']}", connect_to.rstrip("/"))
    response = URLLib3Session().send(request.prepare())
    return Response(response.status_code, response.text)
