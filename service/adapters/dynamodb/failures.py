"""What can go wrong with a call of DynamoDB, and whether another attempt may help."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import wraps
from typing import Any, Final, TypeVar

from service.domain.errors import StoreUnavailable

T = TypeVar("T")
Item = dict[str, Any]

# What another attempt may cure: the service's own faults, throttling, and transactions that met
# (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html).
_TROUBLE: Final = {"InternalServerError", "ServiceUnavailable"}
_OVERLOAD: Final = {
    "LimitExceededException",
    "ProvisionedThroughputExceeded",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "ThrottlingError",
    "ThrottlingException",
}
_CONFLICT: Final = {"TransactionConflict", "TransactionConflictException", "TransactionInProgressException"}
_TRANSIENT: Final = _TROUBLE | _OVERLOAD | _CONFLICT
_CONDITION: Final = "ConditionalCheckFailed"

_TABLES: Final = "check the names of the tables (`users_table`), the region and the endpoint, or run `migrate`"
_CLOCK: Final = "check the clock of this machine, and the secret access key"
_CREDENTIALS: Final = "check the credentials of this process"
_PERMISSION: Final = "give the role or user of this process the permission"
_REMEDIES: Final = {
    "AccessDenied": _PERMISSION,  # STS's
    "AccessDeniedException": _PERMISSION,
    "ExpiredTokenException": _CREDENTIALS,
    "IncompleteSignatureException": _CREDENTIALS,
    "InvalidSignatureException": _CLOCK,
    "MissingAuthenticationTokenException": _CREDENTIALS,
    "RequestExpired": _CLOCK,
    "ResourceNotFoundException": _TABLES,
    "UnrecognizedClientException": _CREDENTIALS,
    "ValidationException": "check that the tables have the keys pk and sk, both strings",
}


class CallFailed(Exception):
    """A call that has no usable answer; the text says why, and what an operator can do."""

    def __init__(self, text: str, *, passes: bool = False, codes: Iterable[str] = ()) -> None:
        """`passes`: whether another attempt may succeed; `codes` are DynamoDB's own, for what went wrong."""
        super().__init__(text)
        self.passes = passes
        self.is_conflict = _CONFLICT.issuperset(codes) and bool(codes)
        """Whether requests only met at one item: to try again does not add to the load for long."""
        self.is_overload = not _OVERLOAD.isdisjoint(codes)
        """Whether DynamoDB says that it has too much to do."""


class ConditionFailed(Exception):
    """A transaction was cancelled because the condition of its action `index` did not hold.

    The conditions of all actions before it held: what is to be reported first has to come first. `item` is what did
    not meet the condition, if there was an item and it was asked for.
    """

    def __init__(self, index: int, item: Item | None = None) -> None:
        super().__init__(f"TransactWriteItems: the condition of action {index} did not hold")
        self.index = index
        self.item = item


def refusal(operation: str, code: str, message: str) -> CallFailed:
    """The failure behind an error that DynamoDB answered.

    Never the caller's fault: the domain limits what they send. So it is the store's state, or the deployment.
    """
    remedy = f" ({_REMEDIES[code]})" if code in _REMEDIES else ""
    return CallFailed(f"{operation}: {code}: {message}{remedy}", passes=code in _TRANSIENT, codes=[code])


def cancellation(reasons: object, actions: int) -> CallFailed | ConditionFailed:
    """The failure behind a `TransactionCanceledException`, from its reasons, one for each action, in their order.

    A condition that failed decides only if all actions before it are certain. While one of them is in use by another
    transaction, or throttled, nobody knows whether its own condition holds, and that is to be reported first.
    """
    codes = _codes(reasons)
    if len(codes) != actions or not any(codes):
        return CallFailed(f"TransactWriteItems: TransactionCanceledException without a reason for each action: {codes}")
    first = next(index for index, code in enumerate(codes) if code)
    if codes[first] == _CONDITION:
        item = reasons[first].get("Item")  # type: ignore[index]  # it has been read for codes
        return ConditionFailed(first, item if isinstance(item, dict) else None)
    text = f"TransactWriteItems: TransactionCanceledException: {', '.join(code or 'None' for code in codes)}"
    met = {code for code in codes if code} - {_CONDITION}
    return CallFailed(text, passes=met <= _TRANSIENT, codes=met)


def _codes(reasons: object) -> Sequence[str]:
    """The code of each reason; empty where nothing was wrong with the action."""
    if not isinstance(reasons, list) or not all(isinstance(reason, Mapping) for reason in reasons):
        return ()
    codes = [str(reason.get("Code") or "None") for reason in reasons]
    return ["" if code == "None" else code for code in codes]


def readable(build: Callable[[Item], T]) -> Callable[[Item], T]:
    """Have a function that builds an entity from an item raise `StoreUnavailable` where the item is not one."""

    @wraps(build)
    def built(item: Item) -> T:
        try:
            return build(item)
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise StoreUnavailable from CallFailed(f"an item lacks an attribute, or has another type: {error!r}")

    return built
