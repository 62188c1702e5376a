"""Signatures of requests to AWS, version 4, for what we send: a POST of JSON to the path `/`.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
"""

from hashlib import sha256
from hmac import digest
from time import gmtime, strftime
from typing import Final

from service.adapters.aws.credentials import Credentials

_ALGORITHM: Final = "AWS4-HMAC-SHA256"


class Signer:
    """Signs requests to one service in one region. The derived key is kept for as long as it is valid: for a day."""

    def __init__(self, region: str, service: str) -> None:
        self._region = region
        self._service = service
        self._key = b""
        self._key_is_for: tuple[str, str] = ("", "")

    def sign(self, headers: dict[str, str], body: bytes, credentials: Credentials, now: float) -> dict[str, str]:
        """The headers, in lower case and with `host`, and those that sign all of them. `now` is in seconds of Unix."""
        moment = strftime("%Y%m%dT%H%M%SZ", gmtime(now))
        signed = {**headers, "x-amz-date": moment}
        if credentials.token:
            signed["x-amz-security-token"] = credentials.token
        names = sorted(signed)
        canonical_headers = "".join([f"{name}:{signed[name]}\n" for name in names])
        listed = ";".join(names)
        canonical = f"POST\n/\n\n{canonical_headers}\n{listed}\n{sha256(body).hexdigest()}"
        date = moment[:8]
        scope = f"{date}/{self._region}/{self._service}/aws4_request"
        text = f"{_ALGORITHM}\n{moment}\n{scope}\n{sha256(canonical.encode()).hexdigest()}"
        signature = digest(self._key_for(date, credentials.secret_key), text.encode(), "sha256").hex()
        signed["authorization"] = (
            f"{_ALGORITHM} Credential={credentials.access_key}/{scope}, SignedHeaders={listed}, Signature={signature}"
        )
        return signed

    def _key_for(self, date: str, secret: str) -> bytes:
        if self._key_is_for != (date, secret):
            key = f"AWS4{secret}".encode()
            for part in (date, self._region, self._service, "aws4_request"):
                key = digest(key, part.encode(), "sha256")
            self._key, self._key_is_for = key, (date, secret)
        return self._key
