"""The checkers find what is wrong: each fault that is planted, by the checker whose business it is."""

import asyncio
from pathlib import Path
from typing import Any

import httpx
import pytest

from containers.runtimes import container_for
from tests.integrity import workloads
from tests.integrity.dynamodb import Dynamodb
from tests.integrity.shop import Shop, open_shop
from tests.integrity.stores import Memory
from tests.integrity.workloads import Workload

# One will do nearly always: which client comes between is not for a seed to say.
ENOUGH_SEEDS = ("1", "2", "3", "4")
ROOT = Path(__file__).parents[2]

IN_MEMORY = {
    "EmailCheckedBefore": (workloads.race_for_emails, "emails"),
    "EmailNeverFree": (workloads.race_for_emails, "emails"),
    "SomeUsersLost": (workloads.race_for_emails, "emails"),
    "OrdersCheckedBefore": (workloads.delete_users_while_they_have_orders, "owners"),
    "OwnerCheckedBefore": (workloads.place_orders_while_users_go, "owners"),
    "OrderOverwritten": (workloads.race_for_order_ids, "order ids"),
    "OrderWrittenBack": (workloads.race_for_order_ids, "order ids"),
    "QuantityRounded": (workloads.race_for_order_ids, "contents"),
    "PagesByOffset": (workloads.walk_while_others_write, "walks"),
    "CursorWithoutId": (workloads.walk_while_others_write, "walks"),
    "ListsLagBehind": (workloads.walk_while_others_write, "walks"),
}


class InThisProcess(httpx.ASGITransport):
    """Calls the application here, letting others in before and after as a network does."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await asyncio.sleep(0)
        response = await super().handle_async_request(request)
        await asyncio.sleep(0)
        return response


def _found(planted: str, workload: Workload, seed: str) -> dict[str, list[str]]:
    environ = {"RUNTIME": f"tests.integrity.planted:{planted}", "STORE": "memory", "CURSOR_SECRET": "secret-of-planted"}
    container: Any = container_for(environ)
    shop = Shop(Memory(), ["http://shop.example"], InThisProcess(container.app()))
    _, faults = asyncio.run(shop.after(workload, seed))
    return faults


@pytest.mark.parametrize("workload", dict.fromkeys(workload for workload, _ in IN_MEMORY.values()))
def test_nothing_is_found_where_nothing_is_planted(workload: Workload, seed: str) -> None:
    assert _found("Nothing", workload, seed) == {}


@pytest.mark.parametrize(("planted", "workload", "checker"), [(name, *row) for name, row in IN_MEMORY.items()])
def test_a_fault_is_found(planted: str, workload: Workload, checker: str) -> None:
    assert any(checker in _found(planted, workload, seed) for seed in ENOUGH_SEEDS)


def test_a_missing_condition_is_found_between_two_processes(aws: dict[str, str], tmp_path: Path) -> None:
    environ = {"RUNTIME": "tests.integrity.planted:Unconditional", "PYTHONPATH": str(ROOT)}
    with open_shop(Dynamodb(aws), tmp_path, **environ) as shop:
        _, faults = asyncio.run(shop.after(workloads.race_for_emails, ENOUGH_SEEDS[0]))
    assert "emails" in faults
