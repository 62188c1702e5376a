"""The description promises what the contract says. It is written down here: `make openapi` follows any change."""

import re
from typing import Any, Final

import msgspec
import pytest

from service.domain.entities import ENTITIES
from service.http.openapi.document import openapi_document
from service.http.openapi.security import Security

DOCUMENT: Final[dict[str, Any]] = msgspec.json.decode(openapi_document([*ENTITIES], "1"))
COMPONENTS: Final = DOCUMENT["components"]

ALWAYS: Final = {"400 invalid-request", "500 internal-error"}
API: Final = ALWAYS | {"503 overloaded", "503 store-unavailable"}
BODY: Final = {"408 request-timeout", "413 body-too-large", "415 unsupported-media-type"}
CREATES: Final = API | BODY | {"422 idempotency-key-reused"}
USER: Final = API | {"404 not-found", "404 user-not-found"}
ORDER: Final = API | {"404 not-found", "404 order-not-found"}
CHANGES: Final = BODY | {"412 precondition-failed"}
PROBLEMS: Final = {
    "GET /api/users": API,
    "POST /api/users": CREATES | {"409 email-taken"},
    "GET /api/users/{user_id}": USER,
    "PATCH /api/users/{user_id}": USER | CHANGES | {"409 email-taken"},
    "DELETE /api/users/{user_id}": USER | {"412 precondition-failed", "409 user-has-orders"},
    "GET /api/orders": API,
    "POST /api/orders": CREATES | {"409 order-exists", "422 user-not-found"},
    "GET /api/orders/{order_id}": ORDER,
    "PATCH /api/orders/{order_id}": ORDER | CHANGES | {"409 invalid-transition"},
    "DELETE /api/orders/{order_id}": ORDER | {"412 precondition-failed"},
    "GET /api/health": ALWAYS,
    "GET /api/health/live": ALWAYS,
    "GET /api/health/ready": ALWAYS | {"503 not-ready"},
    "GET /schema/openapi.json": ALWAYS | {"503 overloaded"},
}
SUCCESSES: Final = {
    "GET /api/users": {"200": "[User] Link"},
    "POST /api/users": {"201": "User ETag Idempotency-Replayed Location"},
    "GET /api/users/{user_id}": {"200": "User ETag", "304": "- ETag"},
    "PATCH /api/users/{user_id}": {"200": "User ETag"},
    "DELETE /api/users/{user_id}": {"204": "-"},
    "GET /api/orders": {"200": "[Order] Link"},
    "POST /api/orders": {"201": "Order ETag Idempotency-Replayed Location"},
    "GET /api/orders/{order_id}": {"200": "Order ETag", "304": "- ETag"},
    "PATCH /api/orders/{order_id}": {"200": "Order ETag"},
    "DELETE /api/orders/{order_id}": {"204": "-"},
    "GET /api/health": {"200": "Health"},
    "GET /api/health/live": {"200": "Liveness"},
    "GET /api/health/ready": {"200": "Readiness"},
    "GET /schema/openapi.json": {"200": "object"},
}
INPUTS: Final = {
    "GET /api/users": "limit cursor",
    "POST /api/users": "Idempotency-Key NewUser",
    "GET /api/users/{user_id}": "user_id! If-None-Match",
    "PATCH /api/users/{user_id}": "user_id! If-Match UserChange",
    "DELETE /api/users/{user_id}": "user_id! If-Match",
    "GET /api/orders": "user_id limit cursor",
    "POST /api/orders": "Idempotency-Key NewOrder",
    "GET /api/orders/{order_id}": "order_id! If-None-Match",
    "PATCH /api/orders/{order_id}": "order_id! If-Match OrderChange",
    "DELETE /api/orders/{order_id}": "order_id! If-Match",
    "GET /users": "limit cursor",
    "GET /orders": "user_id limit cursor",
}
SHOWN: Final = {"400", "500", "503"}
SUBMITTED: Final = {"303", "403", "404", "408", "409", "413", "415", "422", *SHOWN}
PAGES: Final = {
    "GET /": SHOWN | {"200"},
    "GET /health": SHOWN | {"200"},
    "GET /schema": SHOWN | {"200"},
    "GET /users": SHOWN | {"200"},
    "GET /orders": SHOWN | {"200"},
    "POST /users": SUBMITTED,
    "POST /orders": SUBMITTED,
}


def operation(name: str) -> dict[str, Any]:
    method, path = name.split()
    item = DOCUMENT["paths"][path]
    parameters = [*item.get("parameters", []), *item[method.lower()].get("parameters", [])]
    return {**item[method.lower()], "parameters": [resolved(each) for each in parameters]}


def resolved(reference: dict[str, Any]) -> Any:
    _, _, kind, name = reference["$ref"].split("/")
    return COMPONENTS[kind][name]


def schemas(response: dict[str, Any], media_type: str) -> list[str]:
    """The names of the schemas that a response has, in brackets where it is an array of them."""
    schema = response["content"][media_type]["schema"]
    if schema.get("type") == "array":
        return [f"[{schema['items']['$ref'].rpartition('/')[2]}]"]
    found = [each.get("$ref", each.get("type")) for each in schema.get("oneOf", [schema])]
    return [each.rpartition("/")[2] for each in found]


def succeeds(status: str) -> bool:
    return status < "400"


def test_every_operation_of_the_api_and_every_page_is_listed_here() -> None:
    described = {
        f"{method.upper()} {path}"
        for path, item in DOCUMENT["paths"].items()
        for method in item
        if method != "parameters"
    }
    assert described == {*PROBLEMS, *PAGES}
    assert PROBLEMS.keys() == SUCCESSES.keys()


@pytest.mark.parametrize(("name", "promised"), PROBLEMS.items())
def test_an_operation_has_the_problems_of_the_contract(name: str, promised: set[str]) -> None:
    described: set[str] = set()
    for status, response in operation(name)["responses"].items():
        if succeeds(status):
            continue
        for schema in schemas(response, "application/problem+json"):
            slug, _, of_status = schema.rpartition("-")
            assert of_status == status
            described.add(f"{status} {slug}")
            properties = COMPONENTS["schemas"][schema]["properties"]
            assert properties["type"] == {"const": f"/problems/{slug}"}
            assert properties["status"] == {"const": int(status)}
        retry_after = response["headers"].get("Retry-After")
        assert (retry_after == {"required": True, "schema": {"type": "string", "const": "1"}}) is (status == "503")
    assert described == promised


@pytest.mark.parametrize(("name", "promised"), SUCCESSES.items())
def test_an_operation_succeeds_with_what_the_contract_says(name: str, promised: dict[str, str]) -> None:
    described = {}
    for status, response in operation(name)["responses"].items():
        headers = {*response["headers"]}
        assert "X-Request-ID" in headers
        if succeeds(status):
            media_type = next(iter(response.get("content", {})), "")
            body = schemas(response, media_type) if media_type else ["-"]
            described[status] = " ".join([*body, *sorted(headers - {"X-Request-ID"})])
    assert described == promised


@pytest.mark.parametrize(("name", "promised"), INPUTS.items())
def test_an_operation_takes_what_the_contract_says(name: str, promised: str) -> None:
    described = operation(name)
    inputs = [each["name"] + ("!" if each["required"] else "") for each in described["parameters"]]
    if "requestBody" in described:
        assert described["requestBody"]["required"]
        inputs += schemas(described["requestBody"], "application/json")
    assert inputs == promised.split()
    in_headers = {each["name"] for each in described["parameters"] if each["in"] == "header"}
    assert in_headers == {each for each in promised.split() if each.startswith("I")}
    in_path = [each["name"] for each in described["parameters"] if each["in"] == "path"]
    assert in_path == re.findall(r"{(\w+)}", name)


@pytest.mark.parametrize(("name", "promised"), PAGES.items())
def test_a_page_has_the_statuses_of_what_it_does(name: str, promised: set[str]) -> None:
    responses = operation(name)["responses"]
    assert {*responses} == promised
    assert ("Location" in responses.get("303", {"headers": {}})["headers"]) is ("303" in promised)
    assert ("too many requests" in responses["503"]["description"]) is (name != "GET /health")
    assert ("not ready" in responses["503"]["description"]) is (name == "GET /health")
    if "403" in promised:
        assert "key was used" in responses["422"]["description"]


@pytest.mark.parametrize(
    ("name", "required", "other"),
    [
        ("NewUser", "name email", ""),
        ("User", "id name email created_at", ""),
        ("UserChange", "", "name email"),
        ("NewOrder", "user_id product quantity", "status id"),
        ("Order", "id user_id product quantity status created_at", ""),
        ("OrderChange", "status", ""),
        ("Problem", "type title status detail instance", ""),
        ("Violation", "field message", ""),
        ("Health", "status runtime store version", ""),
        ("Liveness", "status", ""),
        ("Readiness", "status checks", ""),
    ],
)
def test_an_object_has_the_members_of_the_contract(name: str, required: str, other: str) -> None:
    schema = COMPONENTS["schemas"][name]
    assert schema["required"] == required.split()
    assert [*schema["properties"]] == [*required.split(), *other.split()]


def test_a_change_of_a_user_has_at_least_one_field() -> None:
    assert COMPONENTS["schemas"]["UserChange"]["anyOf"] == [{"required": ["name"]}, {"required": ["email"]}]


def test_a_problem_says_more_where_the_contract_says_so() -> None:
    extended = {name: schema["required"] for name, schema in COMPONENTS["schemas"].items() if schema.get("allOf")}
    assert {name: required for name, required in extended.items() if required} == {
        "invalid-request-400": ["errors"],
        "not-ready-503": ["checks"],
    }
    assert not [name for name in extended if name.endswith(("-401", "issuer-unavailable-503"))]


def test_fields_have_the_limits_of_the_contract() -> None:
    order = COMPONENTS["schemas"]["NewOrder"]["properties"]
    assert (order["quantity"]["type"], order["quantity"]["minimum"], order["quantity"]["maximum"]) == (
        "integer",
        1,
        1_000_000,
    )
    assert order["status"] == {"type": "string", "enum": ["pending", "completed"], "default": "pending"}
    assert COMPONENTS["schemas"]["OrderChange"]["properties"]["status"]["enum"] == ["pending", "completed"]
    assert "default" not in COMPONENTS["schemas"]["OrderChange"]["properties"]["status"]
    limit = COMPONENTS["parameters"]["Limit"]["schema"]
    assert limit == {"type": "integer", "minimum": 1, "maximum": 100, "default": 50}
    assert COMPONENTS["schemas"]["Readiness"]["properties"]["status"]["enum"] == ["ready", "degraded"]
    assert COMPONENTS["schemas"]["Problem"]["properties"]["status"] == {"type": "integer"}
    assert COMPONENTS["schemas"]["Health"]["properties"]["status"] == {"const": "healthy"}
    assert COMPONENTS["schemas"]["Liveness"]["properties"]["status"] == {"const": "live"}


NEW_USER: Final = COMPONENTS["schemas"]["NewUser"]["properties"]
NEW_ORDER: Final = COMPONENTS["schemas"]["NewOrder"]["properties"]
SHOWN_USER: Final = COMPONENTS["schemas"]["User"]["properties"]


@pytest.mark.parametrize(
    ("schema", "allowed", "refused"),
    [
        (NEW_USER["name"], ["Al", " Al ", "A" * 100, f" {'A' * 100} "], ["A", " A ", "A" * 101, "A\nb", ""]),
        (SHOWN_USER["name"], ["Al", "A" * 100], ["A", "A" * 101, "A\x7f"]),
        (NEW_ORDER["product"], ["Te", "T" * 200], ["T", "T" * 201, "T\x85a"]),
        (NEW_ORDER["user_id"], ["u", "u" * 64, "ü /"], ["", "u" * 65, "\x00"]),
        (NEW_ORDER["id"], ["a", "A-_9", "a" * 64], ["", "-a", "a" * 65, "a b"]),
        (
            SHOWN_USER["created_at"],
            ["2026-11-23T09:50:17.531Z"],
            ["2026-11-23T09:50:17Z", "2026-11-23T09:50:17.53Z"],
        ),
        (COMPONENTS["parameters"]["UserId"]["schema"], ["u", "u" * 64, "ü "], ["", "u" * 65, "a/b"]),
        (COMPONENTS["parameters"]["OrderOwner"]["schema"], ["u"], [""]),
        (COMPONENTS["parameters"]["OrderFilter"]["schema"], ["u", ""], ["u" * 65]),
        (COMPONENTS["parameters"]["Cursor"]["schema"], ["Ab-_9"], ["", "a=", "a+b"]),
        (
            COMPONENTS["parameters"]["IdempotencyKey"]["schema"],
            ["k", '"k"', "k" * 255, f'"{"k" * 255}"', "!#+-~"],
            ["", '""', "k" * 256, f'"{"k" * 256}"', 'a"b', "a,b", "a b", "é", "\x7f"],
        ),
        (COMPONENTS["headers"]["ETag"]["schema"], [f'"{"aB-_" * 5}12"'], [f'"{"a" * 21}"', f'"{"a" * 23}"', "a" * 22]),
        (COMPONENTS["headers"]["X-Request-ID"]["schema"], ["a.B_c-9", "a" * 64], ["", "a" * 65, "a b"]),
        (COMPONENTS["headers"]["Link"]["schema"], ['<?limit=1&cursor=a>; rel="next"'], ['</a?b>; rel="next"', "<?a>"]),
        (COMPONENTS["schemas"]["Problem"]["properties"]["instance"], ["urn:request:1"], ["urn:1"]),
    ],
)
def test_texts_have_the_limits_of_the_contract(schema: dict[str, Any], allowed: list[str], refused: list[str]) -> None:
    assert [each for each in allowed if not allows(schema, each)] == []
    assert [each for each in refused if allows(schema, each)] == []


def allows(schema: dict[str, Any], text: str) -> bool:
    """Whether a JSON Schema of a string allows one."""
    fits = schema.get("minLength", 0) <= len(text) <= schema.get("maxLength", 1000)
    return fits and bool(re.search(schema.get("pattern", ""), text))


def test_references_are_relative_to_the_document_and_operations_have_one_line_summaries() -> None:
    assert DOCUMENT["openapi"] == "3.1.1"
    assert [each["url"] for each in DOCUMENT["servers"]] == [".."]
    for path, item in DOCUMENT["paths"].items():
        for method, described in item.items():
            if method != "parameters":
                assert len(described["summary"]) < 80, (path, method)
                assert "\n" not in described["summary"]
                assert re.fullmatch("[a-z][A-Za-z]+", described["operationId"])


def test_a_description_for_callers_who_authenticate_leaves_the_other_one_as_it_was() -> None:
    before = openapi_document([*ENTITIES], "1")
    assert openapi_document([*ENTITIES], "1", Security("https://issuer.example", "", has_sign_in=True)) != before
    assert openapi_document([*ENTITIES], "1") == before
