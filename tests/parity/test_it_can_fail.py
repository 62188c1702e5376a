"""The certificate reports a difference wherever one is planted, with few calls that show it."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from itertools import count
from typing import Any

import pytest
from dependency_injector.providers import Object
from mangum.adapter import DEFAULT_TEXT_MIME_TYPES
from mangum.handlers import ALB, APIGateway, HTTPGateway
from mangum.handlers.utils import handle_base64_response_body
from mangum.types import LambdaConfig

from containers.entrypoints.events import HttpEvent
from parity.cells import REFERENCE, Cell
from parity.certificate import findings
from parity.comparison import Comparison
from parity.corpus.building import with_usual_headers
from parity.corpus.scenarios import scenarios
from parity.differences import Difference, described
from parity.isolated_apps import IsolatedApps
from service.adapters.memory.store import MemoryStore
from service.application.ports import KeyUse, Recorded
from service.domain.errors import StoreUnavailable
from service.domain.users import User
from tests.memory import MemoryOrderRepository, MemoryUserRepository
from tests.parity.conftest import OpenApps
from tests.parity.stores import ForgettingUsers, NormalisingUsers, TiesAnotherWay

CONFIG: LambdaConfig = {
    "api_gateway_base_path": "/",
    "text_mime_types": [*DEFAULT_TEXT_MIME_TYPES],
    "exclude_headers": [],
}


def mangums(part: str, handler: Any) -> type[HttpEvent]:
    """Our reading of events, except for one part of the scope, which is as Mangum's own handler has it."""

    class PartlyMangums(HttpEvent):
        @property
        def scope(self) -> dict[str, Any]:
            return {**super().scope, part: handler(self._event, self._context, CONFIG).scope[part]}

    return PartlyMangums


class MangumsBase64(HttpEvent):
    """Our writing of answers, except for the media types that are text, which are as Mangum has them."""

    def __call__(self, response: Mapping[str, Any]) -> dict[str, Any]:
        headers = {name.decode(): value.decode() for name, value in response["headers"]}
        body, is_base64 = handle_base64_response_body(response["body"], headers, CONFIG["text_mime_types"])
        return {**super().__call__(response), "body": body, "isBase64Encoded": is_base64}


MANGUMS_DIFFERENCES = {
    "the client's address": ("alb", mangums("client", ALB), "refusals"),
    "the decoded slash": ("http_api", mangums("path", HTTPGateway), "spellings"),
    "the kept stage": ("http_api_with_stage", mangums("path", HTTPGateway), "routes"),
    "the re-encoded query": ("alb", mangums("query_string", APIGateway), "each entity"),
    "the host that it fails on": ("function_url", mangums("server", HTTPGateway), "spellings"),
    "the base64 problem": ("rest_api", MangumsBase64, "refusals"),
}


def found(opened: AbstractContextManager[IsolatedApps], cell: Cell, scenario: str) -> Difference:
    """A difference that the certificate finds there in a scenario of the story, made short."""
    with opened as apps:
        comparison = Comparison(apps)
        finding = findings(comparison, cell, [with_usual_headers("scenarios", scenarios("usual calls", scenario), 0)])
        assert finding.differences
        assert finding.example
        return comparison.shrunk(finding.example)


@pytest.mark.parametrize("difference", MANGUMS_DIFFERENCES)
def test_each_of_mangums_own_differences_is_reported(difference: str, open_apps: OpenApps) -> None:
    entrance, http_event, scenario = MANGUMS_DIFFERENCES[difference]

    example = found(open_apps(http_event=http_event), Cell(entrance, "lambda", "memory"), scenario)

    assert len(example.sequence.calls) <= 2, "\n".join(described(example))


def planted(users: type[MemoryUserRepository], orders: type[MemoryOrderRepository]) -> Any:
    def prepare(cell: Cell, container: Any) -> None:
        if cell != REFERENCE:
            store = MemoryStore()
            container.user_repository.override(Object(users(store)))
            container.order_repository.override(Object(orders(store)))

    return prepare


@pytest.mark.parametrize(
    ("users", "orders", "scenario", "most_calls"),
    [
        (MemoryUserRepository, TiesAnotherWay, "pages", 4),  # a user, two orders, their list
        (NormalisingUsers, MemoryOrderRepository, "texts", 2),  # a user, who is then read
        (ForgettingUsers, MemoryOrderRepository, "pages", 6),  # a page of three users, the next with a fourth
    ],
)
def test_a_difference_planted_in_a_store_is_reported_with_few_calls(
    users: type[MemoryUserRepository],
    orders: type[MemoryOrderRepository],
    scenario: str,
    most_calls: int,
    open_apps: OpenApps,
) -> None:
    example = found(open_apps(prepare=planted(users, orders)), Cell("uvicorn", "eks", "memory"), scenario)

    assert len(example.sequence.calls) <= most_calls, "\n".join(described(example))


def test_a_difference_is_shown_with_the_requests_and_the_lines_that_differ(open_apps: OpenApps) -> None:
    prepare = planted(NormalisingUsers, MemoryOrderRepository)

    text = "\n".join(described(found(open_apps(prepare=prepare), Cell("alb", "lambda", "memory"), "texts")))

    assert text.startswith("ALB · lambda · memory differs from uvicorn · local · memory (sequence scenarios):")
    assert "curl --path-as-is -X POST '$URL/api/users'" in text
    assert "    expected  " in text
    assert "    answered  " in text
    assert "x-frame-options" not in text


def test_a_store_that_is_not_the_same_twice_is_reported_in_the_references_own_cell(open_apps: OpenApps) -> None:
    runs: list[Sequence[Any]] = []

    def every_other_time(_cell: Cell, container: Any) -> None:
        runs.append(())
        if len(runs) % 2:
            container.user_repository.override(Object(NormalisingUsers(MemoryStore())))

    assert found(open_apps(prepare=every_other_time), REFERENCE, "texts").cell == REFERENCE


class LateUsers(MemoryUserRepository):
    """It does not answer for as many apps as it is configured for."""

    def __init__(self, apps: int) -> None:
        super().__init__(MemoryStore())
        self.apps = apps

    async def add(self, user: User, use: KeyUse | None = None) -> Recorded[User] | None:
        if self.apps > 0:
            raise StoreUnavailable
        return await super().add(user, use)


@pytest.mark.parametrize(("late_apps", "differing"), [(2, 0), (3, 1)])
def test_only_a_store_that_stays_late_is_reported(late_apps: int, differing: int, open_apps: OpenApps) -> None:
    left = count(late_apps, -1)

    def prepare(cell: Cell, container: Any) -> None:
        if cell != REFERENCE:
            users = LateUsers(next(left))
            container.user_repository.override(Object(users))

    with open_apps(prepare=prepare) as apps:
        sequence = with_usual_headers("scenarios", scenarios("usual calls")[:3], 0)
        differences = Comparison(apps).differences(Cell("alb", "lambda", "memory"), sequence)

    assert len(differences) == differing
