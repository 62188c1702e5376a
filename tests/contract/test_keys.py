"""What every repository keeps of idempotency keys."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

import pytest

from service.application.ports import KeyUse, Recorded
from service.domain.entities import ENTITIES
from service.domain.errors import ServiceError, Taken, UnknownReference
from tests.contract.conftest import Kind, run
from tests.contract.test_repository import of_owned, of_unique, unique_field
from tests.examples import NOON, an_entity

HOUR = timedelta(hours=1)


def a_use(key: str = "k1", fingerprint: str = "f1", at: datetime = NOON) -> KeyUse:
    return KeyUse(key, fingerprint, at, at.replace(microsecond=0) + HOUR)


def test_the_first_use_of_a_key_stores_the_entity_and_returns_nothing(kind: Kind) -> None:
    async def story() -> None:
        entity = await kind.make()

        assert await kind.repository.add(entity, a_use()) is None
        assert await kind.repository.get(entity.id) == entity

    run(story())


def test_a_later_use_stores_nothing_and_returns_what_the_first_one_recorded(kind: Kind) -> None:
    async def story() -> None:
        owner = await kind.add_owner()
        first, second = an_entity(kind.entity, **owner), an_entity(kind.entity, **owner)
        await kind.repository.add(first, a_use())

        assert await kind.repository.add(second, a_use(fingerprint="f2")) == Recorded("f1", first)
        assert (await kind.repository.page(10)).items == [first]

    run(story())


def test_what_was_recorded_stays_when_the_entity_is_deleted(kind: Kind) -> None:
    async def story() -> None:
        entity = await kind.make()
        await kind.repository.add(entity, a_use())
        await kind.repository.delete(entity.id)

        assert await kind.repository.add(entity, a_use()) == Recorded("f1", entity)
        assert (await kind.repository.page(10)).items == []

    run(story())


def test_what_was_recorded_counts_more_than_what_would_be_refused(kind: Kind) -> None:
    async def story() -> None:
        entity = await kind.make()
        await kind.repository.add(entity, a_use())

        assert await kind.repository.add(entity, a_use()) == Recorded("f1", entity)
        if kind.entity.owner:
            orphan = an_entity(kind.entity, **{kind.entity.owner.field.name: "nobody"})
            assert await kind.repository.add(orphan, a_use()) == Recorded("f1", entity)

    run(story())


@pytest.mark.parametrize("later", [timedelta(0), HOUR - timedelta(milliseconds=1)])
def test_a_key_counts_until_it_expires(kind: Kind, later: timedelta) -> None:
    async def story() -> None:
        owner = await kind.add_owner()
        first, second = an_entity(kind.entity, **owner), an_entity(kind.entity, **owner)
        await kind.repository.add(first, a_use())

        assert await kind.repository.add(second, a_use(fingerprint="f2", at=NOON + later)) == Recorded("f1", first)

    run(story())


@pytest.mark.parametrize("later", [HOUR, 2 * HOUR])
def test_a_key_is_free_from_the_moment_at_which_it_expires(kind: Kind, later: timedelta) -> None:
    async def story() -> None:
        owner = await kind.add_owner()
        first, second, third = [an_entity(kind.entity, **owner) for _ in range(3)]
        await kind.repository.add(first, a_use())

        assert await kind.repository.add(second, a_use(fingerprint="f2", at=NOON + later)) is None
        assert await kind.repository.add(third, a_use(at=NOON + later)) == Recorded("f2", second)

    run(story())


def test_keys_are_distinguished_by_every_character(kind: Kind) -> None:
    async def story() -> None:
        owner = await kind.add_owner()
        for key in ("k1", "K1", "k1 ", "k" * 64):
            assert await kind.repository.add(an_entity(kind.entity, **owner), a_use(key)) is None

        assert len((await kind.repository.page(10)).items) == 4

    run(story())


def test_one_key_counts_for_each_kind_of_entity_by_itself(kind: Kind) -> None:
    async def story() -> None:
        for entity in ENTITIES.values():
            each = Kind(entity, kind.store)
            made = await each.make()
            assert await each.repository.add(made, a_use()) is None
            assert await each.repository.add(await each.make(), a_use()) == Recorded("f1", made)

    run(story())


@of_unique
def test_a_refused_entity_leaves_its_key_free(kind: Kind) -> None:
    async def story() -> None:
        owner, field = await kind.add_owner(), unique_field(kind)
        taken = await kind.add(**owner)
        refused, good = [an_entity(kind.entity, **owner | more) for more in ({field: getattr(taken, field)}, {})]

        with pytest.raises(Taken):
            await kind.repository.add(refused, a_use())

        assert await kind.repository.add(good, a_use(fingerprint="f2")) is None

    run(story())


@of_owned
def test_an_entity_without_an_owner_leaves_its_key_free(kind: Kind) -> None:
    async def story() -> None:
        assert kind.entity.owner is not None
        with pytest.raises(UnknownReference):
            await kind.repository.add(an_entity(kind.entity, **{kind.entity.owner.field.name: "nobody"}), a_use())

        assert await kind.repository.add(await kind.make(), a_use(fingerprint="f2")) is None

    run(story())


def test_of_many_uses_at_once_one_stores_and_the_others_return_what_it_recorded(kind: Kind) -> None:
    async def story() -> None:
        owner = await kind.add_owner()
        many = 12 if kind.store.name.endswith("moto") else 48  # it does one thing at a time, slowly
        rivals = [an_entity(kind.entity, **owner) for _ in range(many)]

        outcomes = await asyncio.gather(*(kind.repository.add(each, a_use()) for each in rivals))

        winners = [rival for rival, outcome in zip(rivals, outcomes, strict=True) if outcome is None]
        assert len(winners) == 1
        assert [outcome for outcome in outcomes if outcome] == [Recorded("f1", winners[0])] * (many - 1)
        assert (await kind.repository.page(100)).items == winners

    run(story())


@of_unique
def test_uses_at_once_that_are_refused_record_nothing(kind: Kind) -> None:
    async def story() -> None:
        owner, field = await kind.add_owner(), unique_field(kind)
        taken = await kind.add(**owner)
        refused = [an_entity(kind.entity, **owner | {field: getattr(taken, field)}) for _ in range(8)]

        outcomes = await asyncio.gather(
            *(kind.repository.add(each, a_use()) for each in refused), return_exceptions=True
        )

        assert all(isinstance(outcome, Taken) for outcome in outcomes), outcomes
        assert await kind.repository.add(await kind.make(), a_use()) is None

    run(story())


@pytest.mark.parametrize("key", ["new-{}", None], ids=["with keys", "without keys"])
def test_expired_records_go_as_others_are_made(kind: Kind, key: str | None) -> None:
    async def story() -> None:
        owner = await kind.add_owner()
        for number in range(70):
            await kind.repository.add(an_entity(kind.entity, **owner), a_use(f"old-{number}"))
        for number in range(70):
            later = NOON + 2 * HOUR
            use = a_use(key.format(number), at=later) if key else None
            await kind.repository.add(an_entity(kind.entity, **owner, created_at=later), use)

        # Asked at a time at which they would still count, the old ones are gone.
        found = [await again(kind, owner, f"old-{number}") for number in range(70)]
        assert sum(each is None for each in found) >= 64

    if kind.store.name.startswith("dynamodb"):
        pytest.skip("DynamoDB removes them by itself, at a time of its own (time to live)")
    run(story())


async def again(kind: Kind, owner: dict[str, str], key: str) -> Any:
    try:
        return await kind.repository.add(an_entity(kind.entity, **owner), a_use(key))
    except ServiceError as error:
        return error
