"""Whatever stands before the application's path in an event of API Gateway, the application sees its own path."""

from typing import Any, NamedTuple
from urllib.parse import quote, unquote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from containers.entrypoints.events import HttpEvent
from containers.entrypoints.events.route import OWN_SEGMENTS
from containers.entrypoints.events.sources import source_of
from containers.local import LocalContainer
from tests.runtimes.handlers import ENVIRON

OWN_DOMAIN = "abc.execute-api.eu-central-1.amazonaws.com"
CUSTOM_DOMAIN = "shop.example.com"
Event = dict[str, Any]


class Asked(NamedTuple):
    """A request to the application below a prefix, by a route of API Gateway."""

    path: str
    """As the caller spells it, without the prefix."""
    route: str = "/{proxy+}"
    parameters: dict[str, str] | None = None
    stage: str = "prod"
    base_path: str | None = None
    """What a custom domain maps; None on the API's own domain."""

    @property
    def prefix(self) -> str:
        if self.base_path is not None:
            return self.base_path
        return "" if self.stage == "$default" else f"/{self.stage}"

    @property
    def domain(self) -> str:
        return OWN_DOMAIN if self.base_path is None else CUSTOM_DOMAIN


def rest_api(asked: Asked) -> Event:
    """The path as it was spelled; on the API's own domain without the stage."""
    return {
        "resource": asked.route,
        "path": f"{asked.base_path or ''}{asked.path}",
        "httpMethod": "GET",
        "pathParameters": asked.parameters,
        "requestContext": {
            "stage": asked.stage,
            "path": f"{asked.prefix}{asked.path}",
            "domainName": asked.domain,
            "resourcePath": asked.route,
        },
    }


def http_api_with_payload_1(asked: Asked) -> Event:
    """Both paths are whole."""
    event = rest_api(asked)
    return {**event, "version": "1.0", "path": event["requestContext"]["path"]}


def http_api(asked: Asked) -> Event:
    """The path is whole, and decoded."""
    path = f"{asked.prefix}{unquote(asked.path)}"
    route = asked.route if asked.route == "$default" else f"ANY {asked.route}"
    return {
        "version": "2.0",
        "routeKey": route,
        "rawPath": path,
        "pathParameters": asked.parameters,
        "requestContext": {
            "stage": asked.stage,
            "domainName": asked.domain,
            "routeKey": route,
            "http": {"method": "GET", "path": path},
        },
    }


SOURCES = {"REST API": rest_api, "payload 1.0": http_api_with_payload_1, "payload 2.0": http_api}


def path_in(event: Event) -> str:
    """The path that the application sees."""
    source = source_of(event)
    assert source
    scope = HttpEvent(event, None, source).scope
    assert "shapeshift.malformed" not in scope["extensions"]
    return str(scope["path"])


def proxied(path: str) -> dict[str, str]:
    """The parameter of a greedy route: decoded, and without a slash at its end."""
    return {"proxy": unquote(path).strip("/")}


EXAMPLES = {
    "own domain": Asked("/api/users", parameters=proxied("/api/users")),
    "default stage": Asked("/api/users", parameters=proxied("/api/users"), stage="$default"),
    "stage called like our first segment, own domain": Asked(
        "/api/users", parameters=proxied("/api/users"), stage="api"
    ),
    "stage called like our first segment, custom domain": Asked(
        "/api/users", parameters=proxied("/api/users"), stage="api", base_path=""
    ),
    "base path": Asked("/api/users", parameters=proxied("/api/users"), base_path="/shop"),
    "base path of several segments": Asked("/api/users", parameters=proxied("/api/users"), base_path="/eu/shop"),
    "base path called like our first segment": Asked("/api/users", parameters=proxied("/api/users"), base_path="/api"),
    "base path called like the path": Asked("/api/users", parameters=proxied("/api/users"), base_path="/api/users"),
    "proxy below a fixed segment": Asked("/api/users", "/api/{proxy+}", {"proxy": "users"}, base_path="/shop"),
    "another name of the parameter": Asked("/api/users/7", "/{path+}", {"path": "api/users/7"}, base_path="/shop"),
    "fixed route": Asked("/api/users", "/api/users", None, base_path="/shop"),
    "fixed route with a parameter": Asked("/api/users/a b", "/api/users/{id}", {"id": "a b"}, base_path="/shop"),
    "parameter before a fixed end": Asked("/api/health/live", "/api/{x}/live", {"x": "health"}, base_path="/shop"),
    "catch-all on the own domain": Asked("/api/users", "$default", None),
    "catch-all, default stage": Asked("/api/users", "$default", None, stage="$default"),
    "catch-all on a custom domain, stage called like our first segment": Asked(
        "/api/users", "$default", None, stage="api", base_path=""
    ),
    "slash at the end": Asked("/api/users/", parameters=proxied("/api/users/"), base_path="/shop"),
    "slash at the end of a fixed route": Asked("/api/users/", "/api/users", None, base_path="/shop"),
    "two slashes in front": Asked("//api/users", parameters=proxied("/api/users"), base_path="/shop"),
    "encoded percent sign": Asked("/api/users/a%2541", parameters=proxied("/api/users/a%2541"), base_path="/shop"),
    "encoded slash": Asked("/api/users/a%2Fb", parameters=proxied("/api/users/a%2Fb"), base_path="/shop"),
    "letters beyond ASCII": Asked("/api/users/z%C3%B6", parameters=proxied("/api/users/z%C3%B6"), base_path="/shop"),
    "root": Asked("/", "/", None, base_path="/shop"),
    "greedy parameter that is empty": Asked("/", parameters={"proxy": ""}, base_path="/shop"),
}


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize("example", EXAMPLES)
def test_the_application_sees_its_own_path(example: str, source: str) -> None:
    asked = EXAMPLES[example]

    assert path_in(SOURCES[source](asked)) == unquote(asked.path)


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize("parameters", [None, {}, {"proxy": None}, {"other": "api/users"}, {"proxy": "something/else"}])
def test_what_the_event_does_not_prove_to_be_a_prefix_is_part_of_the_path(source: str, parameters: Any) -> None:
    asked = Asked("/api/users", parameters=parameters, base_path="/shop")

    assert path_in(SOURCES[source](asked)) == "/shop/api/users"


def test_a_parameter_that_is_still_encoded_is_understood() -> None:
    assert path_in(rest_api(Asked("/api/users/a%20b", parameters={"proxy": "api/users/a%20b"}, base_path="/s"))) == (
        "/api/users/a b"
    )


def test_a_stage_is_removed_by_whole_segments_and_once() -> None:
    for path, expected in {
        "/prod": "/",
        "/prod/": "/",
        "/prod/prod/x": "/prod/x",
        "/production/x": "/production/x",
    }.items():
        event = http_api(Asked("/", "$default"))
        event["rawPath"] = path
        assert path_in(event) == expected


def test_on_a_custom_domain_a_stage_is_removed_unless_it_is_called_like_a_segment_of_ours() -> None:
    for stage, expected in {"prod": "/api/users", "shop": "/prod/api/users"}.items():
        event = http_api(Asked("/prod/api/users", "$default", stage=stage, base_path=""))
        assert path_in(event) == expected


def test_the_segments_that_are_ours_are_those_of_the_application() -> None:
    app: Any = LocalContainer(environ=ENVIRON).app()

    assert {route.path.split("/")[1] for route in app.routes} - {""} == OWN_SEGMENTS


def test_a_stage_is_not_removed_from_a_path_that_has_none() -> None:
    """A REST API on its own domain has removed it already."""
    assert path_in(rest_api(Asked("/prod/api/users", "", None))) == "/prod/api/users"


SEGMENT = st.text(st.sampled_from("abAB01-_~.é%/ +ö"), min_size=1, max_size=4).map(lambda text: quote(text, safe=""))
WORD = st.sampled_from(["api", "users", "prod", "shop", "v1", "a-b"])
BASE_PATH = st.lists(WORD, max_size=3).map(lambda words: "".join(f"/{word}" for word in words))


@st.composite
def requests(draw: st.DrawFn) -> Asked:
    """Any path by any route that matches it, at any address."""
    segments = draw(st.lists(WORD | SEGMENT, min_size=1, max_size=4))
    fixed = draw(st.integers(0, len(segments)))
    template, parameters = [], {}
    for number, segment in enumerate(segments[:fixed]):
        if unquote(segment) == segment and draw(st.booleans()):
            template.append(segment)
        else:
            template.append(f"{{p{number}}}")
            parameters[f"p{number}"] = unquote(segment)
    if fixed < len(segments):
        template.append("{rest+}")
        parameters["rest"] = unquote("/".join(segments[fixed:]))
    slash = draw(st.sampled_from(["", "", "/"]))
    return Asked(
        f"/{'/'.join(segments)}{slash}",
        f"/{'/'.join(template)}",
        parameters or None,
        draw(st.sampled_from(["$default", "prod", "api", "v1"])),
        draw(st.none() | BASE_PATH),
    )


@pytest.mark.parametrize("source", SOURCES)
@given(asked=requests())
@settings(max_examples=300, deadline=None)
def test_the_application_sees_any_path_by_any_route_at_any_address(source: str, asked: Asked) -> None:
    assert path_in(SOURCES[source](asked)) == unquote(asked.path)
