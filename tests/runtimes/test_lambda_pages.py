"""Web pages through the Lambda handler, whichever way the events come."""

import base64
import gzip
import re
from urllib.parse import urlencode

import pytest

from service.http.pages import assets
from tests.runtimes.lambda_events import SOURCES, Call, Json, behind_a_base_path
from tests.runtimes.test_lambda import headers_of, invoke


def answers_to(source: str, *calls: Call) -> list[Json]:
    return invoke([SOURCES[source](call) for call in calls])[0]


@pytest.mark.parametrize("source", SOURCES)
def test_files_arrive_as_they_are_and_compressed_where_the_source_can_carry_it(source: str) -> None:
    css, icon = f"/{assets.href('app.css')}", f"/{assets.href('icon.svg')}"

    plain, packed, svg = answers_to(
        source, Call("GET", css), Call("GET", css, headers={"accept-encoding": "gzip, br"}), Call("GET", icon)
    )

    content = assets.asset("app.css").content
    assert (plain["isBase64Encoded"], plain["body"]) == (False, content.decode())
    assert (svg["isBase64Encoded"], svg["body"]) == (False, assets.asset("icon.svg").content.decode())
    if source == "rest_api":
        assert (packed["isBase64Encoded"], packed["body"]) == (False, content.decode())
        assert "content-encoding" not in headers_of(packed)
    else:
        assert headers_of(packed)["content-encoding"] == "gzip"
        assert packed["isBase64Encoded"] is True
        assert gzip.decompress(base64.b64decode(packed["body"])) == content


@pytest.mark.parametrize("source", SOURCES)
def test_a_form_is_sent_to_another_environment_than_the_one_that_made_its_page(source: str) -> None:
    (page,) = answers_to(source, Call("GET", "/users"))
    cookie = headers_of(page)["set-cookie"]
    token = re.search('name="token" value="([0-9a-f]+)"', page["body"])
    assert token
    assert 'data-runtime="lambda"' in page["body"]
    assert "; Path" not in cookie

    fields = {"token": token[1], "do": "create", "name": "Zoë & Ada", "email": "ada@example.com"}
    headers = {"cookie": cookie.partition(";")[0], "content-type": "application/x-www-form-urlencoded"}
    sent, shown = answers_to(
        source, Call("POST", "/users", headers=headers, body=urlencode(fields)), Call("GET", "/users")
    )

    assert sent["statusCode"] == 303
    assert headers_of(sent)["location"].startswith("users?id=")
    assert "Zoë &amp; Ada" in shown["body"]


def test_a_prefix_without_its_slash_leads_to_the_one_with_it() -> None:
    rest = SOURCES["rest_api"](Call("GET", "/"))
    rest_root = rest | {"resource": "/", "requestContext": rest["requestContext"] | {"path": "/prod"}}
    http = SOURCES["http_api_with_stage"](Call("GET", "/"))
    http_root = http | {"rawPath": "/prod", "requestContext": http["requestContext"] | {"path": "/prod"}}
    mapped = SOURCES["http_api"](Call("GET", "/"))
    mapped_root = mapped | {"rawPath": "/a/shop", "routeKey": "GET /"}
    with_slash = [
        rest_root | {"requestContext": rest["requestContext"] | {"path": "/prod/"}},
        http,
        mapped | {"rawPath": "/a/shop/", "routeKey": "GET /"},
        behind_a_base_path(SOURCES["http_api"](Call("GET", "/users"))),
    ]

    answers, _ = invoke([rest_root, http_root, mapped_root, *with_slash])

    assert [answer["statusCode"] for answer in answers] == [302, 302, 302, 200, 200, 200, 200]
    assert [headers_of(answer)["location"] for answer in answers[:3]] == ["prod/", "prod/", "shop/"]
