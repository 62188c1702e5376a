"""The endpoint is where botocore would go; what we do not support is refused by its name."""

from pathlib import Path

import botocore
import pytest
from botocore.session import Session

from service.adapters.aws.endpoint import Endpoint, EndpointUnusable, endpoint_of

CA_FILE = str(Path(botocore.__file__).with_name("cacert.pem"))
REGIONS = ["us-east-1", "eu-central-1", "ap-southeast-7", "cn-north-1", "us-gov-west-1", "eusc-de-east-1"]


def endpoint(environ: dict[str, str], region: str = "eu-central-1") -> Endpoint:
    return endpoint_of(environ, "dynamodb", region, CA_FILE)


@pytest.mark.parametrize("region", REGIONS)
def test_a_region_of_each_partition_has_botocores_endpoint(region: str) -> None:
    client = Session().create_client("dynamodb", region, aws_access_key_id="x", aws_secret_access_key="x")
    found = endpoint({}, region)
    assert client.meta.endpoint_url == f"https://{found.authority}"
    assert found.host == found.authority
    assert (found.port, found.tls is not None) == (443, True)
    client.close()


@pytest.mark.parametrize(
    ("environ", "authority"),
    [
        ({"AWS_ENDPOINT_URL": "http://127.0.0.1:8000"}, "127.0.0.1:8000"),
        ({"AWS_ENDPOINT_URL": "http://127.0.0.1:8000/"}, "127.0.0.1:8000"),
        ({"AWS_ENDPOINT_URL": "http://[::1]:8000"}, "[::1]:8000"),
        ({"AWS_ENDPOINT_URL": "http://a.example", "AWS_ENDPOINT_URL_DYNAMODB": "http://b.example"}, "b.example"),
        ({"AWS_ENDPOINT_URL": "https://vpce-1.dynamodb.eu-central-1.vpce.amazonaws.com:443"}, None),
        ({"AWS_ENDPOINT_URL": "http://a", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true"}, None),
        ({"HTTPS_PROXY": "http://proxy:3128", "NO_PROXY": "localhost,.amazonaws.com"}, None),
        ({"HTTP_PROXY": "http://proxy:3128"}, None),
    ],
)
def test_variables_of_the_sdk_lead_elsewhere(environ: dict[str, str], authority: str | None) -> None:
    assert authority in {endpoint(environ).authority, None}
    if authority is None:
        assert endpoint(environ).authority.endswith(".amazonaws.com")


@pytest.mark.parametrize(
    ("environ", "told"),
    [
        ({"AWS_ENDPOINT_URL": "127.0.0.1:8000"}, "AWS_ENDPOINT_URL=127.0.0.1:8000 is not a URL of the form https://"),
        ({"AWS_ENDPOINT_URL": "http://h:port"}, "is not a URL"),
        ({"AWS_ENDPOINT_URL": "http://user:password@h"}, "AWS_ENDPOINT_URL has credentials"),
        ({"AWS_ENDPOINT_URL_DYNAMODB": "http://h:1/path"}, "AWS_ENDPOINT_URL_DYNAMODB=http://h:1/path has a path"),
        ({"AWS_CA_BUNDLE": "/nowhere.pem"}, "AWS_CA_BUNDLE=/nowhere.pem cannot be read"),
        ({"AWS_USE_FIPS_ENDPOINT": "true"}, "AWS_USE_FIPS_ENDPOINT is not supported"),
        ({"AWS_USE_DUALSTACK_ENDPOINT": "true"}, "AWS_USE_DUALSTACK_ENDPOINT is not supported"),
        (
            {"HTTPS_PROXY": "http://user:password@proxy:3128"},
            "HTTPS_PROXY is not supported: add dynamodb.",
        ),
    ],
)
def test_what_cannot_be_used_is_refused_by_its_name(environ: dict[str, str], told: str) -> None:
    with pytest.raises(EndpointUnusable) as refused:
        endpoint(environ)
    assert told in str(refused.value)
    assert "password" not in str(refused.value)


@pytest.mark.parametrize("region", ["us-iso-east-1", "us-isob-east-1", "eu-isoe-west-1", "a.example/", "é"])
def test_a_region_that_is_not_known_is_refused(region: str) -> None:
    with pytest.raises(EndpointUnusable, match="region"):
        endpoint({}, region)
