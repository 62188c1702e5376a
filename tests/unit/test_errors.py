"""What a failure says to the person who caused or met it."""

import pytest

from service.domain.errors import (
    EmailTaken,
    Invalid,
    InvalidTransition,
    OrderExists,
    OrderNotFound,
    ServiceError,
    StoreUnavailable,
    UnknownOwner,
    UserHasOrders,
    UserNotFound,
    Violation,
)

SENTENCES: dict[ServiceError, str] = {
    Invalid([Violation("name", "is required"), Violation("limit", "must be 1")]): (
        "Correct the following: name is required; limit must be 1."
    ),
    UserNotFound("u1"): "There is no user 'u1'.",
    UnknownOwner("u1"): "There is no user 'u1' to place an order for.",
    EmailTaken("a@b.c"): "Another user has the e-mail address 'a@b.c'.",
    UserHasOrders("u1"): "User 'u1' still has orders. Delete them first.",
    OrderNotFound("o1"): "There is no order 'o1'.",
    OrderExists("o1"): "There is already an order 'o1'. It was not changed.",
    InvalidTransition("o1", "pending"): "Order 'o1' cannot go back to 'pending'.",
    StoreUnavailable(): "The data store cannot be reached at the moment. Try again shortly.",
}


@pytest.mark.parametrize(("error", "sentence"), SENTENCES.items(), ids=lambda each: type(each).__name__)
def test_an_error_is_a_sentence(error: ServiceError, sentence: str) -> None:
    assert str(error) == sentence


def test_every_error_has_its_sentence_here() -> None:
    assert {type(error) for error in SENTENCES} >= set(ServiceError.__subclasses__())
