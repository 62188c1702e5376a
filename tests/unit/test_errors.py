"""What a failure says to the person who caused or met it."""

import pytest

from service.domain.errors import (
    EntityError,
    IdTaken,
    InUse,
    Invalid,
    InvalidToken,
    InvalidTransition,
    IssuerUnavailable,
    KeyReused,
    NotFound,
    PreconditionFailed,
    ServiceError,
    SignInFailed,
    StoreUnavailable,
    Taken,
    UnknownReference,
    Violation,
)

SENTENCES: dict[ServiceError, str] = {
    Invalid([Violation("name", "is required"), Violation("limit", "must be 1")]): (
        "Correct the following: name is required; limit must be 1."
    ),
    NotFound("user", "u1"): "There is no user 'u1'.",
    UnknownReference("user", "user_id", "u1"): "There is no user 'u1'. Enter the id of an existing user.",
    Taken("user", "email", "e-mail address", "a@b.c"): "Another user has the e-mail address 'a@b.c'.",
    IdTaken("order", "o1"): "The order 'o1' exists already. It was not changed.",
    InUse("user", "u1", "orders"): "The user 'u1' still has orders. Delete them first.",
    KeyReused("user"): "This key created another user before. Nothing was changed. Use a new key for a new user.",
    PreconditionFailed("user", "u1"): (
        "The user 'u1' is not the version that was expected. Nothing was changed. Read it again."
    ),
    InvalidTransition("o1", "pending"): "The order 'o1' cannot go back to 'pending'.",
    InvalidToken("has expired"): "The token has expired.",
    SignInFailed("It took too long. Sign in again."): "It took too long. Sign in again.",
    IssuerUnavailable(): "The issuer of tokens cannot be reached at the moment. Try again shortly.",
    StoreUnavailable(): "The data store cannot be reached at the moment. Try again shortly.",
}


@pytest.mark.parametrize(("error", "sentence"), SENTENCES.items(), ids=lambda each: type(each).__name__)
def test_an_error_is_a_sentence(error: ServiceError, sentence: str) -> None:
    assert str(error) == sentence


def test_every_error_has_its_sentence_here() -> None:
    named = {*ServiceError.__subclasses__(), *EntityError.__subclasses__()} - {EntityError}
    assert {type(error) for error in SENTENCES} >= named
