"""Why something failed, in words for the log."""

from asyncio import CancelledError
from typing import Final

from service.application.deadline import awaited
from service.application.ports import Trouble
from service.domain.errors import IssuerUnavailable, StoreUnavailable

_MOST_ERRORS: Final = 3
_FOR_CALLERS: Final = StoreUnavailable | IssuerUnavailable


def cause_of(error: BaseException) -> str:
    """What the request waits for, and the first lines of the error and of those that caused it, each with its type.

    What speaks to callers is replaced by its causes. A `Trouble` needs no further cause.
    """
    found = [awaited()] if awaited() else []
    chain = _chain(error)
    if isinstance(error, _FOR_CALLERS) and len(chain) > 1:
        chain = chain[1:]
    for each in chain[:_MOST_ERRORS]:
        text = str(each).partition("\n")[0]
        found.append(text if isinstance(each, Trouble) else _with_type(each, text))
        if isinstance(each, Trouble):
            break
    return "; ".join(found)


def _chain(error: BaseException) -> list[BaseException]:
    chain: list[BaseException] = []
    cause: BaseException | None = error
    while cause is not None and cause not in chain:  # an error may be raised from itself
        chain.append(cause)
        cause = cause.__cause__
    # How `asyncio.timeout` ends what took too long says nothing more.
    return [each for each in chain if each is error or not isinstance(each, CancelledError)]


def _with_type(error: BaseException, text: str) -> str:
    name = type(error).__name__
    if isinstance(error, _FOR_CALLERS):
        return f"{name} without a cause"
    return f"{name}: {text}" if text else name
