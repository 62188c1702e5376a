"""When a process should be sent requests."""

import asyncio

from service.adapters.memory.store import MemoryStore
from service.adapters.memory.users import MemoryUserRepository
from service.application.health import CheckReadiness
from service.domain.errors import StoreUnavailable


class ShakyUsers(MemoryUserRepository):
    """Counts pings, and fails or hangs as it is told."""

    def __init__(self) -> None:
        super().__init__(MemoryStore())
        self.pings = 0
        self.out = self.hangs = False

    async def ping(self) -> None:
        self.pings += 1
        if self.hangs:
            await asyncio.sleep(60)
        if self.out:
            raise StoreUnavailable


def test_a_process_is_ready_when_each_repository_answers() -> None:
    readiness = asyncio.run(CheckReadiness({"users": ShakyUsers()})())

    assert readiness.ready
    assert readiness.checks == {"users": "ok", "process": "ok"}


def test_a_repository_that_is_out_or_hangs_makes_the_process_unready() -> None:
    out, hanging = ShakyUsers(), ShakyUsers()
    out.out = hanging.hangs = True

    readiness = asyncio.run(CheckReadiness({"users": out, "orders": hanging})())

    assert not readiness.ready
    assert readiness.checks == {"users": "unavailable", "orders": "unavailable", "process": "ok"}


def test_a_draining_process_is_not_ready() -> None:
    check = CheckReadiness({"users": ShakyUsers()})
    check.draining = True

    assert asyncio.run(check()).checks == {"users": "ok", "process": "draining"}


def test_many_probes_ask_the_store_once() -> None:
    async def story() -> None:
        users = ShakyUsers()
        check = CheckReadiness({"users": users})
        for _ in range(50):
            await check()

        assert users.pings == 1

    asyncio.run(story())
