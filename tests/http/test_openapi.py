import re
import subprocess
import sys
from collections.abc import Callable

import msgspec
from litestar import Litestar
from litestar.routes import HTTPRoute
from litestar.testing import TestClient

from containers.local import LocalContainer
from service import __version__
from service.domain.entities import ENTITIES
from service.domain.users import USERS
from service.http.openapi.document import openapi_document
from service.http.openapi.schemas import SCHEMAS
from tests.description import FILE


def app_of(services: str) -> Litestar:
    """An app that serves these APIs out of memory."""
    app: Litestar = LocalContainer(environ={"STORE": "memory", "CURSOR_SECRET": "x" * 20, "SERVICES": services}).app()
    return app


def served_document(app: Litestar) -> bytes:
    with TestClient(app) as client:
        return client.get("/schema/openapi.json").content


def documented_operations(document: bytes) -> set[tuple[str, str]]:
    paths: dict[str, dict[str, object]] = msgspec.json.decode(document)["paths"]
    return {(path, method.upper()) for path, item in paths.items() for method in item if method != "parameters"}


def routed_operations(app: Litestar) -> set[tuple[str, str]]:
    """What the router knows, without the OPTIONS that it adds."""
    routed = {
        (route.path_format, method) for route in app.routes if isinstance(route, HTTPRoute) for method in route.methods
    }
    return {
        (path, method)
        for path, method in routed
        if method != "OPTIONS" and not path.startswith("/static/")  # what pages load is their own affair
    }


def test_the_committed_document_is_what_the_code_says() -> None:
    printed = subprocess.run([sys.executable, "-m", "service.http.openapi"], capture_output=True, check=True).stdout
    assert FILE.read_bytes() == printed, "docs/openapi.json is out of date: run `make openapi`"


def test_the_served_document_is_the_committed_one() -> None:
    served = msgspec.json.decode(served_document(app_of(",".join(ENTITIES))))
    assert served == msgspec.json.decode(FILE.read_bytes())


def test_the_document_has_the_operations_that_the_application_routes_and_no_others() -> None:
    app = app_of(",".join(ENTITIES))
    assert documented_operations(served_document(app)) == routed_operations(app)


def test_a_process_that_serves_one_api_documents_only_that_one() -> None:
    for api in ENTITIES:
        app = app_of(api)
        operations = documented_operations(served_document(app))
        assert operations == routed_operations(app)
        assert {path.split("/")[2] for path, _ in operations if path.startswith("/api/")} == {api, "health"}


def test_every_operation_has_an_id_of_its_own() -> None:
    document = msgspec.json.decode(openapi_document([*ENTITIES], __version__))
    operations = [item[method] for item in document["paths"].values() for method in item if method != "parameters"]
    ids = [operation["operationId"] for operation in operations]
    assert len(ids) == len(set(ids))


def test_the_patterns_of_texts_allow_the_characters_that_the_domain_allows() -> None:
    for character in map(chr, (*range(0x3100), 0xFEFF)):
        for name in (f"A{character}", f"{character}A", f"A{character}b"):
            assert matches("name", name) == keeps(USERS.field("name").rule.check, name), ascii(name)
        for email in (f"a{character}a@example.com", f"a@{character}.com"):
            assert matches("email", email) == keeps(USERS.field("email").rule.check, email), ascii(email)


def matches(field: str, value: str) -> bool:
    return bool(re.fullmatch(SCHEMAS["NewUser"]["properties"][field]["pattern"], value))


def keeps(rule: Callable[[object], str], value: str) -> bool:
    try:
        rule(value)
    except ValueError:
        return False
    return True


def test_the_document_is_served_as_what_it_is() -> None:
    with TestClient(app_of(",".join(ENTITIES))) as client:
        served = client.get("/schema/openapi.json")
    assert served.headers["content-type"] == "application/vnd.oai.openapi+json"
    assert served.json()["info"]["version"] == __version__
