"""In what the answers of two live services may differ, and why."""

from typing import Final

from parity.allowed import Allowance

FRONT_HEADERS: Final = frozenset(
    (
        "age",
        "alt-svc",
        "apigw-requestid",
        "cf-cache-status",
        "cf-ray",
        "connection",
        "content-length",
        "date",
        "keep-alive",
        "server",
        "server-timing",
        "strict-transport-security",
        "transfer-encoding",
        "vary",
        "via",
        "x-cache",
    )
)
FRONT_PREFIXES: Final = ("x-amz-", "x-amzn-", "x-envoy-")
"""What servers, load balancers and gateways add to a live service's answers."""

LIVE_ALLOWED: Final = (
    Allowance(
        "what a web page shows, its length and its cookie",
        "it shows its runtime and store, and holds a random token; tests in a browser use the pages on both sides",
    ),
    Allowance(
        "ids, times and cursors",
        "live services make their own; each is matched with its counterpart by the call that first had it",
    ),
    Allowance(
        "the request id of a call that has none or an invalid one",
        "the service makes a random one; that it is the same in header and body is compared",
    ),
    Allowance(
        "runtime and store in the answer of /api/health",
        "it says what the process is",
    ),
    Allowance(
        "body and Link of lists that are not of one user",
        "others may use the service meanwhile; status and the other headers are compared; their pages are not walked",
    ),
    Allowance(
        "headers that servers, load balancers and gateways add, and Content-Length",
        "they belong to the proxy in front, which may also write the length again; the bytes of the body are compared",
    ),
    Allowance(
        "an answer 4xx without X-Request-ID",
        "what stands in front refused the request before the service saw it; such answers are counted",
    ),
    Allowance(
        "calls of which some entrance loses a part, or whose Host or client is the point, are not played",
        "which entrance a live service has is not known, and its host and client are what they are",
    ),
)
"""What is overlooked between two live services."""
