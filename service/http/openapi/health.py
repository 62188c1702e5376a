"""The paths under `/api/health`."""

from typing import Final

from service.application.health import CheckReadiness
from service.http.openapi.failures import ANYWHERE, failures
from service.http.openapi.operations import Json, operation, ref, success, with_head
from service.http.problems import NOT_READY

_TAGS: Final = ["health"]

PATHS: Final[Json] = {
    "/api/health": with_head(
        {
            "get": {
                "operationId": "getHealth",
                "summary": "Say what this process is, without asking the store",
                "tags": _TAGS,
                "responses": {
                    **success("What this process is.", ref("schemas", "Health")),
                    **failures(*ANYWHERE),
                },
            }
        }
    ),
    "/api/health/live": with_head(
        {
            "get": {
                "operationId": "getLiveness",
                "summary": "Say that this process lives",
                "tags": _TAGS,
                "responses": {
                    **success("It lives.", ref("schemas", "Liveness")),
                    **failures(*ANYWHERE),
                },
            }
        }
    ),
    "/api/health/ready": with_head(
        {
            "get": operation(
                CheckReadiness,
                {
                    **success("It is ready, or ready in part: `status` says which.", ref("schemas", "Readiness")),
                    **failures(*ANYWHERE, NOT_READY),
                },
                tags=_TAGS,
            )
        }
    ),
}
