"""What is answered to events that are no HTTP requests. None of these results lets anybody in anywhere."""

from typing import Any, Final

import structlog

from containers.entrypoints.events.sources import is_authorizer

logger = structlog.get_logger("shapeshift.lambda")

_IGNORED: Final = {"ignored": True, "reason": "This function answers HTTP events only."}


def refuse(event: Any) -> dict[str, Any]:
    """Log an event that is no HTTP request, and return what its source takes for a refusal, or at least for no consent.

    A WebSocket API rejects a connection whose result has no status.
    """
    keys = sorted(event)[:10] if isinstance(event, dict) else []
    if keys and is_authorizer(event):
        logger.error("authorizer event denied", reason="this function is no authorizer: configure another", keys=keys)
        return _denial(event)
    logger.warning("event ignored", reason="not an HTTP event", keys=keys)
    return dict(_IGNORED)


def _denial(event: dict[str, Any]) -> dict[str, Any]:
    """What denies in the format that the event asks for.

    Source: "Output from an API Gateway Lambda authorizer", "Control access to HTTP APIs with Lambda authorizers".
    """
    if "routeArn" in event:
        return {"isAuthorized": False}
    statement = {"Action": "execute-api:Invoke", "Effect": "Deny", "Resource": "*"}
    return {"principalId": "nobody", "policyDocument": {"Version": "2012-10-17", "Statement": [statement]}}
