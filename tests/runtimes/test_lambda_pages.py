"""Web pages through the Lambda handler, whichever way the events come."""

import gzip
import re
from urllib.parse import urlencode

import pytest

from parity.calls import Answer, Call
from parity.events import SOURCES
from service.http.pages import assets
from tests.runtimes.test_lambda import a_call, behind_a_base_path, invoke


def answers_to(source: str, *calls: Call) -> list[Answer]:
    results, _ = invoke([SOURCES[source].event(call) for call in calls])
    return [SOURCES[source].answer(result) for result in results]


@pytest.mark.parametrize("source", SOURCES)
def test_files_arrive_as_they_are_and_compressed_where_the_source_can_carry_it(source: str) -> None:
    css, icon = f"/{assets.href('app.css')}", f"/{assets.href('icon.svg')}"

    plain, packed, svg = answers_to(
        source, a_call("GET", css), a_call("GET", css, accept_encoding="gzip, br"), a_call("GET", icon)
    )

    content = assets.asset("app.css").content
    assert plain.body == content
    assert svg.body == assets.asset("icon.svg").content
    if source == "rest_api":  # which decodes no base64, so that what is compressed would not arrive
        assert packed.body == content
        assert not packed.value("content-encoding")
    else:
        assert packed.value("content-encoding") == "gzip"
        assert gzip.decompress(packed.body) == content


@pytest.mark.parametrize("source", SOURCES)
def test_a_form_is_sent_to_another_environment_than_the_one_that_made_its_page(source: str) -> None:
    (page,) = answers_to(source, a_call("GET", "/users"))
    cookie = page.value("set-cookie")
    token = re.search(b'name="token" value="([0-9a-f]+)"', page.body)
    assert token
    assert b'data-runtime="lambda"' in page.body
    assert "; Path" not in cookie

    fields = {"token": token[1].decode(), "do": "create", "name": "Zoë & Ada", "email": "ada@example.com"}
    form = a_call(
        "POST",
        "/users",
        body=urlencode(fields),
        cookie=cookie.partition(";")[0],
        content_type="application/x-www-form-urlencoded",
    )
    sent, shown = answers_to(source, form, a_call("GET", "/users"))

    assert sent.status == 303
    assert sent.value("location").startswith("users?id=")
    assert "Zoë &amp; Ada" in shown.body.decode()


def test_a_prefix_without_its_slash_leads_to_the_one_with_it() -> None:
    rest = SOURCES["rest_api"].event(a_call("GET", "/"))
    rest_root = rest | {"resource": "/", "requestContext": rest["requestContext"] | {"path": "/prod"}}
    http = SOURCES["http_api_with_stage"].event(a_call("GET", "/"))
    http_root = http | {"rawPath": "/prod", "requestContext": http["requestContext"] | {"path": "/prod"}}
    mapped = SOURCES["http_api"].event(a_call("GET", "/"))
    mapped_root = mapped | {"rawPath": "/a/shop", "routeKey": "GET /"}
    with_slash = [
        rest_root | {"requestContext": rest["requestContext"] | {"path": "/prod/"}},
        http,
        mapped | {"rawPath": "/a/shop/", "routeKey": "GET /"},
        behind_a_base_path(SOURCES["http_api"].event(a_call("GET", "/users"))),
    ]

    answers, _ = invoke([rest_root, http_root, mapped_root, *with_slash])

    assert [answer["statusCode"] for answer in answers] == [302, 302, 302, 200, 200, 200, 200]
    locations = [
        answer.get("headers", {}).get("location") or answer["multiValueHeaders"]["location"][0]
        for answer in answers[:3]
    ]
    assert locations == ["prod/", "prod/", "shop/"]
