"""What the repository of every kind of entity promises, whichever store is behind it."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from service.application.ports import Position
from service.domain.entities import ENTITIES, referring_to
from service.domain.errors import IdTaken, InUse, NotFound, ServiceError, Taken, UnknownReference
from service.domain.rules import Text
from tests.contract.conftest import Kind, run
from tests.examples import NOON, TEXTS, an_entity

OWNED = [name for name, entity in ENTITIES.items() if entity.owner]
OWNERS = [name for name in ENTITIES if referring_to(name)]
UNIQUE = [name for name, entity in ENTITIES.items() if any(field.unique for field in entity.fields)]

of_owned = pytest.mark.parametrize("kind", OWNED, indirect=True)
of_owners = pytest.mark.parametrize("kind", OWNERS, indirect=True)
of_unique = pytest.mark.parametrize("kind", UNIQUE, indirect=True)


async def walk(kind: Kind, limit: int, owner_id: str | None = None) -> list[Any]:
    """Return every entity, page by page."""
    found: list[Any] = []
    after = None
    for _ in range(20):
        page = await kind.repository.page(limit, after, owner_id=owner_id)
        found += page.items
        assert len(page.items) == limit if page.has_more else len(page.items) <= limit
        assert page.items or after is None, "an empty page was promised"
        if not page.has_more:
            return found
        after = Position(found[-1].created_at, found[-1].id)
    raise AssertionError(f"the pages do not end: {found}")


def unique_field(kind: Kind) -> str:
    return next(field.name for field in kind.entity.fields if field.unique)


def test_an_entity_that_was_added_is_found_as_it_was(kind: Kind) -> None:
    async def story() -> None:
        entity = await kind.add()

        assert await kind.repository.get(entity.id) == entity

    run(story())


def test_an_unknown_entity_is_not_found(kind: Kind) -> None:
    for attempt in (kind.repository.get, kind.repository.delete):
        with pytest.raises(NotFound) as failure:
            run(attempt("nothing"))
        assert failure.value.entity == kind.entity.singular


@pytest.mark.parametrize("text", TEXTS)
def test_text_comes_back_character_for_character(kind: Kind, text: str) -> None:
    async def story() -> None:
        owner = await kind.add_owner()
        free = [
            field.name
            for field in kind.entity.fields
            if isinstance(field.rule, Text) and field.name not in {"id", *owner}
        ]
        entity = await kind.add(**owner | dict.fromkeys(free, text))

        assert await kind.repository.get(entity.id) == entity
        assert (await kind.repository.page(1)).items == [entity]

    run(story())


def test_an_entity_that_is_deleted_is_gone_and_leaves_the_others_as_they_were(kind: Kind) -> None:
    async def story() -> None:
        owner = await kind.add_owner()
        first, second, third = [await kind.add(**owner) for _ in range(3)]

        await kind.repository.delete(second.id)

        with pytest.raises(NotFound):
            await kind.repository.get(second.id)
        for owner_id in (None, *owner.values()):
            assert (await kind.repository.page(10, owner_id=owner_id)).items == [third, first]
        assert [await kind.repository.get(each.id) for each in (first, third)] == [first, third]

    run(story())


def test_an_entity_that_was_deleted_can_be_added_again(kind: Kind) -> None:
    async def story() -> None:
        entity = await kind.add()
        await kind.repository.delete(entity.id)
        await kind.repository.add(entity)

        assert (await kind.repository.page(10)).items == [entity]

    run(story())


@pytest.mark.parametrize("kind", [name for name in ENTITIES if ENTITIES[name].field("id").is_input], indirect=True)
def test_an_id_that_is_taken_changes_nothing(kind: Kind) -> None:
    async def story() -> None:
        first = await kind.add(id="taken")
        other = await kind.make(id="taken")

        with pytest.raises(IdTaken):
            await kind.repository.add(other)
        assert await kind.repository.get("taken") == first
        assert (await kind.repository.page(10)).items == [first]
        if kind.owner:
            owner_id = kind.entity.owner_id(other)
            assert (await kind.repository.page(10, owner_id=owner_id)).items == []
            await kind.owner.repository.delete(owner_id or "")

    run(story())


@pytest.mark.parametrize("kind", [name for name in ENTITIES if ENTITIES[name].field("id").is_input], indirect=True)
def test_of_many_who_want_one_id_exactly_one_gets_it(kind: Kind) -> None:
    async def story() -> None:
        owner = await kind.add_owner()
        rivals = [an_entity(kind.entity, **owner, id="wanted") for _ in range(40)]

        outcomes = await asyncio.gather(*map(kind.repository.add, rivals), return_exceptions=True)

        winners = [rival for rival, outcome in zip(rivals, outcomes, strict=True) if outcome is None]
        assert len(winners) == 1
        assert sum(isinstance(outcome, IdTaken) for outcome in outcomes) == 39
        assert await kind.repository.get("wanted") == winners[0]

    run(story())


@of_unique
def test_a_unique_value_is_taken_until_its_entity_is_deleted(kind: Kind) -> None:
    async def story() -> None:
        owner, field = await kind.add_owner(), unique_field(kind)
        first, second, third = [await kind.add(**owner) for _ in range(3)]
        again = an_entity(kind.entity, **owner | {field: getattr(second, field)})

        with pytest.raises(Taken) as failure:
            await kind.repository.add(again)
        assert (failure.value.entity, failure.value.field) == (kind.entity.singular, field)
        await kind.repository.delete(second.id)
        await kind.repository.add(again)

        assert (await kind.repository.page(10)).items == [again, third, first]
        for left in (first, third):
            with pytest.raises(Taken):
                await kind.repository.add(an_entity(kind.entity, **owner | {field: getattr(left, field)}))

    run(story())


@of_unique
def test_of_many_who_want_one_unique_value_exactly_one_gets_it(kind: Kind) -> None:
    async def story() -> None:
        owner, field = await kind.add_owner(), unique_field(kind)
        rivals = [an_entity(kind.entity, **owner | {field: "wanted@example.com"}) for _ in range(40)]

        outcomes = await asyncio.gather(*map(kind.repository.add, rivals), return_exceptions=True)

        refused = [outcome for outcome in outcomes if isinstance(outcome, Taken)]
        winners = [rival for rival, outcome in zip(rivals, outcomes, strict=True) if outcome is None]
        assert (len(winners), len(refused)) == (1, 39)
        assert (await kind.repository.page(100)).items == winners

    run(story())


@of_owned
def test_an_entity_needs_its_owner(kind: Kind) -> None:
    async def story() -> None:
        assert kind.entity.owner is not None
        field = kind.entity.owner.field.name
        with pytest.raises(UnknownReference) as failure:
            await kind.repository.add(an_entity(kind.entity, **{field: "nobody"}))
        assert (failure.value.entity, failure.value.field) == (kind.entity.owner.entity.singular, field)
        assert (await kind.repository.page(10)).items == []

        taken = await kind.add()
        with pytest.raises(UnknownReference):
            await kind.repository.add(an_entity(kind.entity, **{field: "nobody", "id": taken.id}))

    run(story())


@of_owners
def test_an_entity_to_which_others_refer_stays(kind: Kind) -> None:
    async def story() -> None:
        for other in referring_to(kind.entity.name):
            entity = await kind.add()
            referring = Kind(other, kind.store)
            assert other.owner is not None
            referred = await referring.add(**{other.owner.field.name: entity.id})

            with pytest.raises(InUse) as failure:
                await kind.repository.delete(entity.id)
            assert failure.value.by == other.name
            assert await kind.repository.get(entity.id) == entity

            await referring.repository.delete(referred.id)
            await kind.repository.delete(entity.id)

    run(story())


@of_owned
def test_entities_that_race_their_owners_deletion_never_stay_without_it(kind: Kind) -> None:
    async def story() -> None:
        assert kind.owner is not None
        for _ in range(5):
            owner = await kind.add_owner()
            (owner_id,) = owner.values()
            added = [kind.repository.add(an_entity(kind.entity, **owner)) for _ in range(8)]
            deletion = kind.owner.repository.delete(owner_id)
            outcomes = await asyncio.gather(*added[:4], deletion, *added[4:], return_exceptions=True)

            assert all(outcome is None or isinstance(outcome, ServiceError) for outcome in outcomes), outcomes
            left = (await kind.repository.page(100, owner_id=owner_id)).items
            if outcomes[4] is None:
                assert not left
                with pytest.raises(NotFound):
                    await kind.owner.repository.get(owner_id)
            else:
                assert isinstance(outcomes[4], InUse)
                assert len(left) == sum(outcome is None for outcome in outcomes)

    run(story())


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 100])
def test_pages_hold_all_newest_first_and_by_id_where_times_are_equal(kind: Kind, limit: int) -> None:
    async def story() -> None:
        owner = await kind.add_owner()
        for minute, id in [(2, "b"), (1, "z"), (2, "B"), (2, "a-1"), (2, "a_1"), (3, "a"), (1, "0")]:
            await kind.add(**owner, id=id, created_at=NOON + timedelta(milliseconds=minute))

        for owner_id in (None, *owner.values()):
            found = await walk(kind, limit, owner_id)
            assert [entity.id for entity in found] == ["a", "b", "a_1", "a-1", "B", "z", "0"]

    run(story())


@of_owned
@pytest.mark.parametrize("limit", [1, 2, 5, 100])
def test_pages_of_one_owner_hold_what_refers_to_it_only(kind: Kind, limit: int) -> None:
    async def story() -> None:
        first, second = await kind.add_owner(), await kind.add_owner()
        ids: dict[str, list[str]] = {}
        for number in range(14):
            owner = first if number % 3 else second
            (owner_id,) = owner.values()
            ids.setdefault(owner_id, []).append((await kind.add(**owner)).id)

        for owner_id, added in ids.items():
            assert [entity.id for entity in await walk(kind, limit, owner_id)] == added[::-1]
        assert len((await kind.repository.page(100)).items) == 14
        assert (await kind.repository.page(10, owner_id="nobody")).items == []

    run(story())


def test_a_store_without_entities_has_one_empty_page(kind: Kind) -> None:
    page = run(kind.repository.page(10))

    assert (list(page.items), page.has_more) == ([], False)


def test_walking_the_pages_while_others_write_gives_each_that_stayed_exactly_once(kind: Kind) -> None:
    async def story() -> None:
        owner = await kind.add_owner()
        stay = [an_entity(kind.entity, **owner) for _ in range(30)]
        leave = [an_entity(kind.entity, **owner) for _ in range(10)]
        for entity in (*stay[:15], *leave, *stay[15:]):
            await kind.repository.add(entity)

        seen: list[str] = []
        after = None
        for departing in leave:
            page = await kind.repository.page(3, after)
            seen += [entity.id for entity in page.items]
            after = Position(page.items[-1].created_at, page.items[-1].id)
            await kind.repository.delete(departing.id)
            await kind.add(**owner)
            await kind.add(**owner, created_at=NOON)
        while page.has_more:
            assert len(seen) < 100, "the pages do not end"
            page = await kind.repository.page(3, after)
            seen += [entity.id for entity in page.items]
            after = Position(page.items[-1].created_at, page.items[-1].id)

        assert len(seen) == len(set(seen))
        assert {entity.id for entity in stay} <= set(seen)

    run(story())


def test_what_was_written_is_there_when_the_store_is_opened_again(kind: Kind) -> None:
    if kind.store.reopen is None:
        pytest.skip("memory does not outlive its process, nor is it meant to")
    entity = run(kind.add())
    run(kind.repository.close())

    assert run(kind.store.reopen().repositories[kind.entity.name].get(entity.id)) == entity


def test_a_closed_store_opens_itself_again_when_it_is_used(kind: Kind) -> None:
    async def story() -> None:
        await kind.repository.close()
        await kind.repository.close()
        await kind.repository.ping()

    run(story())
