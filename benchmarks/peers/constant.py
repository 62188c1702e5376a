"""The answer that programs without a framework always give: of the same size, and with the same headers, as ours."""

from benchmarks.peers.responses import OF_A_VERSION, SECURITY_HEADERS, tag_of

USER_ID = "0198a1b2-c3d4-7000-8000-0123456789ab"
NAME = "Ada Lovelace"
EMAIL = "ada.0123456789@example.com"
BODY = f'{{"id":"{USER_ID}","name":"{NAME}","email":"{EMAIL}","created_at":"2026-01-31T12:00:00.000Z"}}'
REQUEST_ID = "b3a3f6f0-5d0a-4a39-9d8e-0123456789ab"
HEADERS = {
    "content-type": "application/json",
    "content-length": str(len(BODY)),
    **SECURITY_HEADERS,
    "cache-control": OF_A_VERSION,
    "etag": tag_of(BODY.encode()),
    "x-request-id": REQUEST_ID,
}
LOCATION = {"location": f"users/{USER_ID}"}
LINE = (
    '{"method":"%s","path":"/api/users","status":%d,"ms":0.1,"client":"127.0.0.1",'
    f'"request_id":"{REQUEST_ID}","event":"request","level":"info","timestamp":"2026-01-31T12:00:00.000000Z"}}'
)
"""A line of the access log, except for the method and the status."""
