"""What is sent and shown, as JSON Schemas made from the domain's own limits."""

from typing import Final

from service.domain.orders import ORDER_ID_PATTERN, PRODUCT_MAXIMUM, PRODUCT_MINIMUM, QUANTITY_MAXIMUM, Status
from service.domain.rules import ID_MAXIMUM
from service.domain.users import EMAIL_MAXIMUM, EMAIL_PATTERN, NAME_MAXIMUM, NAME_MINIMUM
from service.http.openapi.operations import Json, ref

# Within the brackets of a regular expression. Spelled out because dialects disagree about what \s stands for.
CONTROLS: Final = r"\u0000-\u001f\u007f-\u009f"
_SPACES: Final = r" \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"


def _object(*optional: str, **properties: Json) -> Json:
    required = [name for name in properties if name not in optional]
    return {"type": "object", "required": required, "properties": properties}


def text(minimum: int, maximum: int, barred: str = CONTROLS) -> Json:
    """Text of so many characters, none of which is barred."""
    return {"type": "string", "minLength": minimum, "maxLength": maximum, "pattern": f"^[^{barred}]*$"}


def _trimmed(minimum: int, maximum: int) -> Json:
    """Text whose length is counted without the white space around it; within it, white space counts."""
    edge = f"[^{_SPACES}{CONTROLS}]"
    core = f"{edge}[^{CONTROLS}]{{{minimum - 2},{maximum - 2}}}{edge}"
    return {
        "type": "string",
        "pattern": f"^[{_SPACES}]*{core}[{_SPACES}]*$",
        "description": f"{minimum} to {maximum} characters, without the white space around them, which is removed.",
    }


_EMAIL: Final[Json] = {
    "type": "string",
    "maxLength": EMAIL_MAXIMUM,
    "pattern": EMAIL_PATTERN.replace(r"\s", _SPACES + CONTROLS),
    "examples": ["ada@example.com"],
}
_UUID: Final = "01a207d0-3dbb-7488-b711-3f399d5f1624"
USER_ID: Final = text(1, ID_MAXIMUM) | {"examples": [_UUID]}
ORDER_ID: Final[Json] = {"type": "string", "pattern": ORDER_ID_PATTERN, "examples": ["tea-1"]}
_NAME: Final[Json] = {"examples": ["Ada Lovelace"]}
_PRODUCT: Final[Json] = {"examples": ["Tea"]}
_QUANTITY: Final[Json] = {"type": "integer", "minimum": 1, "maximum": QUANTITY_MAXIMUM, "examples": [2]}
_STATUS: Final[Json] = {"type": "string", "enum": [*Status]}
_MOMENT: Final[Json] = {
    "type": "string",
    "format": "date-time",
    "pattern": r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z$",
    "examples": ["2026-11-23T09:50:17.531Z"],
}
_ANY_TEXT: Final[Json] = {"type": "string"}
_READINESS: Final[Json] = {
    "type": "string",
    "enum": ["ready", "degraded"],
    "description": "`degraded`: some checks fail, and the requests that need only the others are served.",
}

SCHEMAS: Final[Json] = {
    "NewUser": _object(name=_trimmed(NAME_MINIMUM, NAME_MAXIMUM) | _NAME, email=_EMAIL),
    "User": _object(
        id={"type": "string", "format": "uuid", "examples": [_UUID]},
        name=text(NAME_MINIMUM, NAME_MAXIMUM) | _NAME,
        email=_EMAIL,
        created_at=_MOMENT,
    ),
    "NewOrder": _object(
        "status",
        "id",
        user_id=USER_ID,
        product=_trimmed(PRODUCT_MINIMUM, PRODUCT_MAXIMUM) | _PRODUCT,
        quantity=_QUANTITY,
        status={**_STATUS, "default": Status.PENDING},
        id={**ORDER_ID, "description": "Made by the service if it is not given."},
    ),
    "OrderChange": _object(status=_STATUS),
    "Order": _object(
        id=ORDER_ID,
        user_id=USER_ID,
        product=text(PRODUCT_MINIMUM, PRODUCT_MAXIMUM) | _PRODUCT,
        quantity=_QUANTITY,
        status=_STATUS,
        created_at=_MOMENT,
    ),
    "Problem": {
        "description": "What went wrong (RFC 9457).",
        **_object(
            type={"type": "string", "format": "uri-reference"},
            title=_ANY_TEXT,
            status={"type": "integer"},
            detail={"type": "string", "description": "A sentence for a person."},
            instance={"type": "string", "pattern": "^urn:request:", "description": "Ends in the request's id."},
        ),
    },
    "Violation": {"description": "A field that breaks a rule.", **_object(field=_ANY_TEXT, message=_ANY_TEXT)},
    "Health": _object(status={"const": "healthy"}, runtime=_ANY_TEXT, store=_ANY_TEXT, version=_ANY_TEXT),
    "Liveness": _object(status={"const": "live"}),
    "Readiness": _object(status=_READINESS, checks=ref("schemas", "Checks")),
    "Checks": {
        "description": "What each check found: `ok`, or what is wrong in a word.",
        "type": "object",
        "additionalProperties": {"type": "string"},
    },
}
