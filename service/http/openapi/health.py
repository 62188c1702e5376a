"""The paths under `/api/health`."""

from typing import Final

from service.application.health import CheckReadiness
from service.http.openapi.failures import ALWAYS, failures
from service.http.openapi.operations import Json, operation, ref, success
from service.http.problems import NOT_READY

_TAGS: Final = ["health"]

PATHS: Final[Json] = {
    "/api/health": {
        "get": {
            "operationId": "getHealth",
            "summary": "Say what this process is, without asking the store",
            "tags": _TAGS,
            "responses": {
                **success("What this process is.", ref("schemas", "Health")),
                **failures(*ALWAYS),
            },
        }
    },
    "/api/health/live": {
        "get": {
            "operationId": "getLiveness",
            "summary": "Say that this process is running",
            "tags": _TAGS,
            "responses": {
                **success("It is running.", ref("schemas", "Liveness")),
                **failures(*ALWAYS),
            },
        }
    },
    "/api/health/ready": {
        "get": operation(
            "checkReadiness",
            CheckReadiness.__doc__ or "",
            {
                **success("It is ready, or ready in part: `status` says which.", ref("schemas", "Readiness")),
                **failures(*ALWAYS, NOT_READY),
            },
            tags=_TAGS,
        )
    },
}
