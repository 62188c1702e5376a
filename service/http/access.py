"""What the web pages offer to the person who looks at them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who looks at a page, where authentication is on."""

    name: str = ""
    """What their identity provider calls them; empty where nobody has signed in."""
    sign_in: str = ""
    """Where they can sign in, relative to any page; empty where they cannot, or have."""
    sign_out_token: str = ""
    """The token of the form that signs them out."""
    sign_out_origin: str = ""
    """The origin of the identity provider, to which that form leads."""


class Access(Protocol):
    """Decides what a page shows of what there is."""

    def may(self, scope: Mapping[str, Any], needed: str) -> bool:
        """Return whether the sender of this request may do what needs that scope: `users:read`."""

    def visitor(self, scope: Mapping[str, Any]) -> Visitor | None:
        """Return who looks at the page; None where authentication is off."""


class Unrestricted:
    """Everybody may do everything: authentication is off."""

    def may(self, scope: Mapping[str, Any], needed: str) -> bool:  # noqa: ARG002  # as `Access` has it
        return True

    def visitor(self, scope: Mapping[str, Any]) -> Visitor | None:  # noqa: ARG002  # likewise
        return None


UNRESTRICTED: Final = Unrestricted()
