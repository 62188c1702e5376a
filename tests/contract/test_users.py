"""What is special about the repository of users, whichever store is behind it."""

import pytest

from service.application.ports import Repository
from service.domain.errors import Taken
from service.domain.users import User
from tests.contract.conftest import run
from tests.examples import a_user


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("ada@example.com", "ada@example.com"),
        ("ada@example.com", "ADA@Example.COM"),
        ("straße@example.com", "STRASSE@example.com"),
        ("zoë@example.com", "zoe\u0308@example.com"),
    ],
)
def test_an_email_is_unique_without_regard_to_case_and_form(users: Repository[User], first: str, second: str) -> None:
    async def story() -> None:
        await users.add(a_user(email=first))

        with pytest.raises(Taken):
            await users.add(a_user(email=second))
        assert len((await users.page(10)).items) == 1

    run(story())
