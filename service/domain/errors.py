"""Every failure that the service can name. `service.http.problems` says how HTTP shows each."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Violation:
    """One field that breaks a rule, and the rule in words: `name` "must have at least 2 characters"."""

    field: str
    message: str


class ServiceError(Exception):
    """Base of all named failures; its text is a sentence for the person who caused or met it."""


class Invalid(ServiceError):
    """What was sent breaks one or more rules; `violations` names every one of them."""

    def __init__(self, violations: list[Violation]) -> None:
        listed = "; ".join(f"{each.field} {each.message}" for each in violations)
        super().__init__(f"Correct the following: {listed}.")
        self.violations = violations


class UserNotFound(ServiceError):
    """The user who was asked for does not exist."""

    def __init__(self, user_id: str) -> None:
        super().__init__(f"There is no user {user_id!r}.")


class UnknownOwner(ServiceError):
    """An order names a user who does not exist."""

    def __init__(self, user_id: str) -> None:
        super().__init__(f"There is no user {user_id!r} to place an order for.")


class EmailTaken(ServiceError):
    """Another user has this e-mail address, compared without regard to case."""

    def __init__(self, email: str) -> None:
        super().__init__(f"Another user has the e-mail address {email!r}.")


class UserHasOrders(ServiceError):
    """A user cannot be deleted while orders belong to him."""

    def __init__(self, user_id: str) -> None:
        super().__init__(f"User {user_id!r} still has orders. Delete them first.")


class OrderNotFound(ServiceError):
    """The order that was asked for does not exist."""

    def __init__(self, order_id: str) -> None:
        super().__init__(f"There is no order {order_id!r}.")


class OrderExists(ServiceError):
    """An order has this id already; it is never overwritten."""

    def __init__(self, order_id: str) -> None:
        super().__init__(f"There is already an order {order_id!r}. It was not changed.")


class InvalidTransition(ServiceError):
    """The order's status may not change to the one asked for."""

    def __init__(self, order_id: str, status: str) -> None:
        super().__init__(f"Order {order_id!r} cannot go back to '{status}'.")


class StoreUnavailable(ServiceError):
    """The store is out, overloaded, or too slow; nothing is wrong with the request. The cause goes to the log."""

    def __init__(self) -> None:
        super().__init__("The data store cannot be reached at the moment. Try again shortly.")
