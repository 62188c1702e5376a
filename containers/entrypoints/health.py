"""`python -m containers.entrypoints.health`: whether the server in this container is running, as an exit status.

For images without curl, and with no import that costs more than the question.
"""

import os
import sys
from collections.abc import Mapping
from http.client import HTTPConnection, HTTPException

from service.adapters.config.values import clean_value


def is_running(environ: Mapping[str, str]) -> bool:
    """Whether the server on the environment's port says that it is running."""
    connection = HTTPConnection("localhost", int(clean_value(environ.get("PORT", "")) or "8000"), timeout=3)
    try:
        connection.request("GET", "/api/health/live")
        return connection.getresponse().status == 200  # noqa: PLR2004  # OK
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(not is_running(os.environ))
