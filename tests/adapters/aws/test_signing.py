"""Our signatures are those that botocore makes."""

from datetime import UTC, datetime
from typing import Any

import pytest
from botocore import auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials as BotocoreCredentials
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from service.adapters.aws.credentials import Credentials
from service.adapters.aws.signing import Signer

TEXTS = st.text("abcdefgh-./+=0123456789", min_size=1, max_size=60)
SIGNER = Signer("eu-central-1", "dynamodb")


@given(
    body=st.binary(max_size=200),
    key=TEXTS,
    secret=TEXTS,
    token=TEXTS | st.just(""),
    host=st.sampled_from(["dynamodb.eu-central-1.amazonaws.com", "127.0.0.1:8000"]),
    now=st.integers(1_600_000_000, 2_000_000_000),
)
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_request_is_signed_as_botocore_signs_it(
    body: bytes, key: str, secret: str, token: str, host: str, now: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    headers = {"content-type": "application/x-amz-json-1.0", "host": host, "x-amz-target": "DynamoDB_20120810.GetItem"}
    monkeypatch.setattr(auth, "get_current_datetime", lambda *_, **__: datetime.fromtimestamp(now, UTC))
    request: Any = AWSRequest("POST", f"https://{host}/", headers=headers, data=body)
    auth.SigV4Auth(BotocoreCredentials(key, secret, token or None), "dynamodb", "eu-central-1").add_auth(request)

    signed = SIGNER.sign(headers, body, Credentials(key, secret, token), float(now))

    assert signed == {name.lower(): value for name, value in request.headers.items()}
