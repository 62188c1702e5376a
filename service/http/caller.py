"""Who sent a request, as far as the service knows."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from service.application.authentication import Identity

UNKNOWN: Final = "-"

_IDENTITY: Final = "identity"
_LONGEST: Final = 255


def note_identity(scope: Mapping[str, Any], identity: "Identity") -> None:
    """Note whose request this is."""
    scope["state"][_IDENTITY] = identity


def identity_of(scope: Mapping[str, Any]) -> "Identity | None":
    """Return whose request this is; None where nobody is authenticated."""
    found: Identity | None = scope["state"].get(_IDENTITY)
    return found


def caller_of(scope: Mapping[str, Any]) -> str:
    """Return a string that names the caller and nobody else; empty where nobody is authenticated."""
    identity = identity_of(scope)
    return identity.caller if identity else ""


def subject_of(scope: Mapping[str, Any]) -> str:
    """Return the caller's `sub` for the log, if it is printable; `-` where there is none."""
    identity = identity_of(scope)
    subject = identity.subject[:_LONGEST] if identity else UNKNOWN
    return subject if subject.isprintable() else UNKNOWN
