"""The certificate reports a difference wherever one is planted, with few steps that show it."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Any
from unicodedata import normalize

import pytest
from dependency_injector.providers import Object
from mangum.adapter import DEFAULT_TEXT_MIME_TYPES
from mangum.handlers import ALB, APIGateway, HTTPGateway
from mangum.handlers.utils import handle_base64_response_body
from mangum.types import LambdaConfig

from containers.entrypoints.events import HttpEvent
from parity.cells import REFERENCE, Cell
from parity.certificate import Finding, findings
from parity.comparison import Comparison
from parity.corpus import corpus
from parity.differences import Difference, told
from parity.worlds import Worlds
from service.adapters.memory.orders import MemoryOrderRepository
from service.adapters.memory.store import MemoryStore
from service.adapters.memory.users import MemoryUserRepository
from service.application.ports import Page, Position
from service.domain.orders import Order
from service.domain.users import User
from tests.parity.conftest import OpenWorlds

CORPUS = corpus(1, 1)


CONFIG: LambdaConfig = {
    "api_gateway_base_path": "/",
    "text_mime_types": [*DEFAULT_TEXT_MIME_TYPES],
    "exclude_headers": [],
}


def mangums(part: str, handler: Any) -> type[HttpEvent]:
    """Our reading of events, but for one part of the scope, which is as Mangum's own handler has it."""

    class PartlyMangums(HttpEvent):
        @property
        def scope(self) -> dict[str, Any]:
            return {**super().scope, part: handler(self._event, self._context, CONFIG).scope[part]}

    return PartlyMangums


class MangumsBase64(HttpEvent):
    """Our writing of answers, but for the media types that are text, which are as Mangum has them."""

    def __call__(self, response: Mapping[str, Any]) -> dict[str, Any]:
        headers = {name.decode(): value.decode() for name, value in response["headers"]}
        body, is_base64 = handle_base64_response_body(response["body"], headers, CONFIG["text_mime_types"])
        return {**super().__call__(response), "body": body, "isBase64Encoded": is_base64}


MANGUMS_DIFFERENCES = {
    "the client's address": ("alb", mangums("client", ALB)),
    "the decoded slash": ("http_api", mangums("path", HTTPGateway)),
    "the kept stage": ("http_api_with_stage", mangums("path", HTTPGateway)),
    "the re-encoded query": ("alb", mangums("query_string", APIGateway)),
    "the host that it fails on": ("function_url", mangums("server", HTTPGateway)),
    "the base64 problem": ("rest_api", MangumsBase64),
}


def found(opened: AbstractContextManager[Worlds], cell: Cell) -> Finding:
    with opened as worlds:
        return findings(Comparison(worlds), cell, CORPUS)


def example_of(finding: Finding) -> Difference:
    assert finding.example
    return finding.example


@pytest.mark.parametrize("difference", MANGUMS_DIFFERENCES)
def test_each_of_mangums_own_differences_is_reported(difference: str, open_worlds: OpenWorlds) -> None:
    entrance, http_event = MANGUMS_DIFFERENCES[difference]

    finding = found(open_worlds(http_event=http_event), Cell(entrance, "lambda", "memory"))

    assert finding.differences
    assert len(example_of(finding).steps) <= 2, "\n".join(told(example_of(finding)))


class TiesAnotherWay(MemoryOrderRepository):
    """Of what was created in one millisecond it shows the ids as a dictionary sorts them."""

    async def page(self, limit: int, after: Position | None = None, *, user_id: str | None = None) -> Page[Order]:
        page = await super().page(limit, after, user_id=user_id)
        by_word = sorted(page.items, key=lambda order: (order.created_at, order.id.lower()), reverse=True)
        return replace(page, items=by_word)


class NormalisingUsers(MemoryUserRepository):
    """It keeps names as they look, not as they were spelled."""

    async def add(self, user: User) -> None:
        await super().add(replace(user, name=normalize("NFC", user.name)))


class ForgettingUsers(MemoryUserRepository):
    """It does not find users by their own ids when it is asked for a page of them after another one."""

    async def page(self, limit: int, after: Position | None = None) -> Page[User]:
        page = await super().page(limit, after)
        return page if after is None else replace(page, items=page.items[1:])


def planted(users: type[MemoryUserRepository], orders: type[MemoryOrderRepository]) -> Any:
    def prepare(cell: Cell, container: Any) -> None:
        if cell != REFERENCE:
            store = MemoryStore()
            container.user_repository.override(Object(users(store)))
            container.order_repository.override(Object(orders(store)))

    return prepare


@pytest.mark.parametrize(
    ("users", "orders", "most_steps"),
    [
        (MemoryUserRepository, TiesAnotherWay, 4),  # a user, two orders, their list
        (NormalisingUsers, MemoryOrderRepository, 2),  # a user, and he is looked at
        (ForgettingUsers, MemoryOrderRepository, 6),  # a page of three users, the next with a fourth
    ],
)
def test_a_difference_planted_in_a_store_is_reported_in_few_steps(
    users: type[MemoryUserRepository],
    orders: type[MemoryOrderRepository],
    most_steps: int,
    open_worlds: OpenWorlds,
) -> None:
    finding = found(open_worlds(prepare=planted(users, orders)), Cell("uvicorn", "eks", "memory"))

    example = example_of(finding)
    assert finding.differences
    assert len(example.steps) <= most_steps, "\n".join(told(example))


def test_a_difference_is_told_with_the_requests_and_the_lines_that_differ(open_worlds: OpenWorlds) -> None:
    prepare = planted(NormalisingUsers, MemoryOrderRepository)

    text = "\n".join(told(example_of(found(open_worlds(prepare=prepare), Cell("alb", "lambda", "memory")))))

    assert text.startswith("ALB · lambda · memory differs from uvicorn · local · memory (sequence story):")
    assert "curl --path-as-is -X POST '$URL/api/users'" in text
    assert "    expected  " in text
    assert "    answered  " in text
    assert "x-frame-options" not in text


def test_a_store_that_is_not_the_same_twice_is_reported_in_the_references_own_cell(open_worlds: OpenWorlds) -> None:
    runs: list[Sequence[Any]] = []

    def every_other_time(_cell: Cell, container: Any) -> None:
        runs.append(())
        if len(runs) % 2:
            container.user_repository.override(Object(NormalisingUsers(MemoryStore())))

    assert found(open_worlds(prepare=every_other_time), REFERENCE).differences
