"""Every error that the service can name. `service.http.problems` says which problem callers get for each."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Violation:
    """One field that breaks a rule, and the rule in words: `name` "must have at least 2 characters"."""

    field: str
    message: str


class ServiceError(Exception):
    """Base of all named errors. Its text is a sentence for the person who caused or met it."""


class Invalid(ServiceError):
    """What was sent breaks one or more rules; `violations` names every one of them."""

    def __init__(self, violations: list[Violation]) -> None:
        listed = "; ".join(f"{each.field} {each.message}" for each in violations)
        super().__init__(f"Correct the following: {listed}.")
        self.violations = violations


class EntityError(ServiceError):
    """An error that concerns one kind of entity: `entity` is its name in the singular, such as `user`."""

    def __init__(self, entity: str, detail: str) -> None:
        super().__init__(detail)
        self.entity = entity


class NotFound(EntityError):
    """The entity that was asked for does not exist."""

    def __init__(self, entity: str, id: str) -> None:
        super().__init__(entity, f"There is no {entity} {id!r}.")


class UnknownReference(EntityError):
    """An entity refers to one that does not exist; `entity` is the kind of the missing one, `field` refers to it."""

    def __init__(self, entity: str, field: str, id: str) -> None:
        super().__init__(entity, f"There is no {entity} {id!r}. Enter the id of an existing {entity}.")
        self.field = field


class Taken(EntityError):
    """Another entity has this value of a field that is unique. `label` is what people call the field."""

    def __init__(self, entity: str, field: str, label: str, value: str) -> None:
        super().__init__(entity, f"Another {entity} has the {label} {value!r}.")
        self.field = field
        self.label = label


class IdTaken(EntityError):
    """An entity has this id already; it is never overwritten."""

    def __init__(self, entity: str, id: str) -> None:
        super().__init__(entity, f"The {entity} {id!r} exists already. It was not changed.")


class InUse(EntityError):
    """An entity cannot be deleted while others refer to it; `by` is their name in the plural."""

    def __init__(self, entity: str, id: str, by: str) -> None:
        super().__init__(entity, f"The {entity} {id!r} still has {by}. Delete them first.")
        self.by = by


class KeyReused(EntityError):
    """The idempotency key was used for another request of the same kind; nothing was changed."""

    def __init__(self, entity: str) -> None:
        super().__init__(
            entity, f"This key created another {entity} before. Nothing was changed. Use a new key for a new {entity}."
        )


class PreconditionFailed(EntityError):
    """The entity is not a version that the caller has seen; nothing was changed."""

    def __init__(self, entity: str, id: str) -> None:
        super().__init__(
            entity, f"The {entity} {id!r} is not the version that was expected. Nothing was changed. Read it again."
        )


class InvalidTransition(ServiceError):
    """The status of an order may not change to the one that was asked for."""

    def __init__(self, order_id: str, status: str) -> None:
        super().__init__(f"The order {order_id!r} cannot go back to '{status}'.")


class StoreUnavailable(ServiceError):
    """The store is out, overloaded, or too slow; nothing is wrong with the request. The cause goes to the log."""

    def __init__(self) -> None:
        super().__init__("The data store cannot be reached at the moment. Try again shortly.")


class InvalidToken(ServiceError):
    """A token that cannot be accepted. The text says why; it contains no part of the token."""

    def __init__(self, reason: str) -> None:
        """`reason` continues a sentence about the token: "has expired"."""
        super().__init__(f"The token {reason}.")


class IssuerUnavailable(ServiceError):
    """The issuer of tokens cannot be reached, and what it said before cannot be used. The cause goes to the log."""

    def __init__(self) -> None:
        super().__init__("The issuer of tokens cannot be reached at the moment. Try again shortly.")


class SignInFailed(ServiceError):
    """A sign-in that cannot be completed. The text says why, and what the person can do."""
