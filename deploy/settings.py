"""The settings of the service that a person gives an environment: `--set service.auth=oidc`. All its units have them.

Their home is Parameter Store (data.yaml), where tasks on ECS read them. Functions and pods get copies.
"""

import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Final

SETTINGS: Final[Mapping[str, str]] = {
    "auth": "none",
    "auth_issuer": "",
    "auth_audience": "",
    "auth_jwks": "",
    "auth_scope_prefix": "",
    "auth_client_id": "",
    "public_url": "",
}
"""The settings with their defaults; an empty one is not set. docs/authentication.md says what they mean."""
SECRETS: Final = ("cursor_secret_previous", "auth_client_secret")
"""Settings that a person stores in Parameter Store by hand, as a SecureString, and that may be absent."""
_AUTH: Final = {"none", "oidc"}


def parameter(setting: str) -> str:
    """Return the name that a setting has as a parameter of templates: `AuthIssuer` for `auth_issuer`."""
    return "".join(word.capitalize() for word in setting.split("_"))


def problems_of(settings: Mapping[str, str]) -> list[str]:
    """Return what is wrong with the settings together. The service checks the rest when it starts."""
    auth = settings["auth"]
    if auth not in _AUTH:
        return [f"service.auth={auth} is neither none nor oidc"]
    needed = {"auth_issuer", "auth_audience"} if auth == "oidc" else set()
    if needed and settings["auth_client_id"]:
        needed.add("public_url")
    missing = sorted(name for name in needed if not settings[name])
    return [f"service.auth=oidc needs service.{name}: see docs/authentication.md" for name in missing]


def settings_release(settings: Mapping[str, str], secrets: Mapping[str, str]) -> str:
    """Return a name that changes whenever a setting or a secret changes, and from which no secret can be guessed."""
    content = json.dumps([dict(settings), dict(secrets)], sort_keys=True)
    return hmac.new(secrets["cursor_secret"].encode(), content.encode(), hashlib.sha256).hexdigest()[:16]
