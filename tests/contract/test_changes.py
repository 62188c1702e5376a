"""What every repository keeps when entities change, and when only what was read may be deleted."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from service.application.ports import Changed
from service.application.use_cases import CHANGE
from service.domain.entities import referring_to
from service.domain.errors import InUse, NotFound, Taken
from service.domain.rules import Choice, Text
from tests.contract.conftest import Kind, run
from tests.contract.test_repository import of_owners, unique_field

of_changing = pytest.mark.parametrize("kind", [*CHANGE], indirect=True)
of_changing_unique = pytest.mark.parametrize(
    "kind",
    [name for name, change in CHANGE.items() if any(change.entity.field(field).unique for field in change.fields)],
    indirect=True,
)


def other(kind: Kind, entity: Any, number: int = 0) -> Any:
    """The entity with one changeable field, which is not unique, changed."""
    for field in map(kind.entity.field, CHANGE[kind.entity.name].fields):
        match field.rule:
            case Choice(options=options):
                values: list[Any] = [each for each in options if each != getattr(entity, field.name)]
            case Text() if not field.unique:
                values = [f"Another {number}"]
            case _:
                values = []
        if values:
            return replace(entity, **{field.name: values[0]})
    raise AssertionError(f"no field of {kind.entity.name} can be changed")


@of_changing
def test_a_changed_entity_is_found_as_it_is_now_wherever_it_is(kind: Kind) -> None:
    async def story() -> None:
        owner = await kind.add_owner()
        first, second, third = [await kind.add(**owner) for _ in range(3)]
        changed = other(kind, second)

        await kind.repository.replace(second, changed)

        assert await kind.repository.get(second.id) == changed
        for owner_id in (None, *owner.values()):
            assert (await kind.repository.page(10, owner_id=owner_id)).items == [third, changed, first]

    run(story())


@of_changing
def test_an_entity_that_is_gone_cannot_change(kind: Kind) -> None:
    async def story() -> None:
        entity = await kind.add()
        await kind.repository.delete(entity.id)

        with pytest.raises(NotFound):
            await kind.repository.replace(entity, other(kind, entity))
        assert (await kind.repository.page(10)).items == []

    run(story())


@of_changing
def test_an_entity_that_others_changed_stays_as_they_left_it(kind: Kind) -> None:
    async def story() -> None:
        entity = await kind.add()
        changed = other(kind, entity, 1)
        await kind.repository.replace(entity, changed)

        for stale in (entity, replace(changed, created_at=changed.created_at.replace(year=2000))):
            with pytest.raises(Changed):
                await kind.repository.replace(stale, other(kind, stale, 2))
            with pytest.raises(Changed):
                await kind.repository.delete(entity.id, stale)
        assert (await kind.repository.page(10)).items == [changed]

    run(story())


@of_changing
def test_of_many_who_change_what_they_read_exactly_one_does(kind: Kind) -> None:
    async def story() -> None:
        entity = await kind.add()
        changes = [other(kind, entity, number) for number in range(12)]

        outcomes = await asyncio.gather(
            *(kind.repository.replace(entity, each) for each in changes), return_exceptions=True
        )

        winners = [change for change, outcome in zip(changes, outcomes, strict=True) if outcome is None]
        assert len(winners) == 1, outcomes
        assert sum(isinstance(outcome, Changed) for outcome in outcomes) == 11
        assert await kind.repository.get(entity.id) == winners[0]

    run(story())


@of_changing
def test_what_was_read_can_be_deleted_while_it_is_that(kind: Kind) -> None:
    async def story() -> None:
        entity = await kind.add()

        await kind.repository.delete(entity.id, entity)

        with pytest.raises(NotFound):
            await kind.repository.delete(entity.id, entity)
        assert (await kind.repository.page(10)).items == []

    run(story())


@of_owners
def test_what_was_read_stays_while_others_refer_to_it(kind: Kind) -> None:
    async def story() -> None:
        for referring in referring_to(kind.entity.name):
            assert referring.owner is not None
            entity = await kind.add()
            await Kind(referring, kind.store).add(**{referring.owner.field.name: entity.id})

            with pytest.raises(InUse):
                await kind.repository.delete(entity.id, entity)
            if kind.entity.name in CHANGE:
                changed = other(kind, entity)
                await kind.repository.replace(entity, changed)
                with pytest.raises(Changed):
                    await kind.repository.delete(entity.id, entity)
                with pytest.raises(InUse):
                    await kind.repository.delete(entity.id, changed)

    run(story())


@of_changing_unique
def test_a_unique_value_moves_with_the_change(kind: Kind) -> None:
    async def story() -> None:
        field = unique_field(kind)
        first, second, spare = await kind.add(), await kind.add(), await kind.make()
        old, new = getattr(first, field), getattr(spare, field)

        await kind.repository.replace(first, replace(first, **{field: new}))
        await kind.add(**{field: old})
        with pytest.raises(Taken):
            await kind.add(**{field: new})

        await kind.repository.delete(first.id)
        await kind.add(**{field: new})
        assert await kind.repository.get(second.id) == second

    run(story())


@of_changing_unique
def test_a_unique_value_of_another_changes_nothing(kind: Kind) -> None:
    async def story() -> None:
        field = unique_field(kind)
        first, second = await kind.add(), await kind.add()

        with pytest.raises(Taken) as failure:
            await kind.repository.replace(first, other(kind, replace(first, **{field: getattr(second, field)})))

        assert failure.value.field == field
        assert (await kind.repository.page(10)).items == [second, first]
        with pytest.raises(Taken):
            await kind.add(**{field: getattr(first, field)})

    run(story())


@of_changing_unique
def test_of_many_who_change_to_one_unique_value_exactly_one_does(kind: Kind) -> None:
    async def story() -> None:
        field = unique_field(kind)
        rivals = [await kind.add() for _ in range(12)]
        wanted = getattr(await kind.make(), field)

        outcomes = await asyncio.gather(
            *(kind.repository.replace(each, replace(each, **{field: wanted})) for each in rivals),
            return_exceptions=True,
        )

        assert sum(outcome is None for outcome in outcomes) == 1, outcomes
        assert sum(isinstance(outcome, Taken) for outcome in outcomes) == 11, outcomes
        found = (await kind.repository.page(100)).items
        assert sum(getattr(each, field) == wanted for each in found) == 1

    run(story())


@pytest.mark.parametrize("kind", ["users"], indirect=True)
def test_an_address_can_change_to_another_spelling_of_itself(kind: Kind) -> None:
    async def story() -> None:
        user = await kind.add(email="ada@example.com")

        await kind.repository.replace(user, changed := replace(user, email="Ada@Example.com"))

        assert await kind.repository.get(user.id) == changed
        with pytest.raises(Taken):
            await kind.add(email="ADA@example.com")

    run(story())
