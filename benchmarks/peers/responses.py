"""What every answer of the shop has: an id, headers that keep browsers careful, problems, and a line in the log."""

import json
import logging
import re
import sys
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any
from uuid import uuid4

PROBLEM = "application/problem+json"
SECURITY_HEADERS = {
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}
OF_A_VERSION = "private, no-cache"
"""The Cache-Control of an answer that shows one version of a user, and has its tag."""
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")


def request_id_of(given: str | None) -> str:
    """The caller's id for the request if it is valid, else a new one."""
    return given if given and _REQUEST_ID.fullmatch(given) else str(uuid4())


def tag_of(body: bytes) -> str:
    """The entity tag of the version that has this body."""
    return f'"{urlsafe_b64encode(sha256(body).digest())[:22].decode()}"'


def problem(status: int, slug: str, title: str, detail: str, request_id: str) -> dict[str, Any]:
    """A failure in the form of RFC 9457."""
    return {
        "type": f"/problems/{slug}",
        "title": title,
        "status": status,
        "detail": detail,
        "instance": f"urn:request:{request_id}",
    }


def invalid_request(violations: Sequence[dict[str, str]], request_id: str) -> dict[str, Any]:
    """The problem of a request with invalid fields."""
    listed = "; ".join(f"{each['field']} {each['message']}" for each in violations)
    detail = f"Correct the following: {listed}."
    return {
        **problem(400, "invalid-request", "The request is invalid", detail, request_id),
        "errors": [*violations],
    }


class JsonFormatter(logging.Formatter):
    """A log record as a line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        line = {"event": record.getMessage(), **getattr(record, "members", {})}
        line["level"] = record.levelname.lower()
        line["timestamp"] = datetime.fromtimestamp(record.created, UTC).isoformat()
        return json.dumps(line)


def access_logger() -> logging.Logger:
    """The logger of requests, which writes to standard output."""
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(JsonFormatter())
    logger = logging.getLogger("shop.access")
    logger.setLevel(logging.INFO)
    logger.addHandler(handler)
    logger.propagate = False
    return logger
