"""The same limits hold over TLS, as AWS is reached."""

import asyncio
import socket
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from service.adapters.dynamodb.client import DynamoClient
from service.application.deadline import begin_deadline
from service.domain.errors import StoreUnavailable
from tests.adapters.dynamodb.client.test_time import (
    DEADLINE_SECONDS,
    FAR_BELOW_A_CLIENTS_OWN_LIMITS,
    FOUND,
    SLOW,
    get,
    seconds_until_unavailable,
)
from tests.adapters.dynamodb.conftest import KEY, Opened, open_at
from tests.adapters.dynamodb.server import BOUND_SECONDS, ScriptedServer


def certificate(directory: Path) -> tuple[Path, Path]:
    """A certificate for 127.0.0.1 that vouches for itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "loopback")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), 1, now - timedelta(days=1), now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    paths = directory / "certificate.pem", directory / "key.pem"
    paths[0].write_bytes(made.public_bytes(serialization.Encoding.PEM))
    paths[1].write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return paths


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Opened]:
    trusted, key = certificate(tmp_path_factory.mktemp("tls"))
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(trusted, key)
    server = ScriptedServer.start(tls)
    with pytest.MonkeyPatch.context() as monkeypatch:
        yield open_at(server, monkeypatch, variables={"AWS_CA_BUNDLE": str(trusted)})
    server.close()


@pytest.mark.parametrize("name", SLOW)
def test_a_slow_answer_ends_with_the_deadline_and_the_next_is_read(name: str, opened: Opened) -> None:
    async def story(client: DynamoClient) -> object:
        seconds, _ = await seconds_until_unavailable(get)(client)
        assert seconds < FAR_BELOW_A_CLIENTS_OWN_LIMITS
        begin_deadline(BOUND_SECONDS)
        return await get(client)

    opened.server.play(SLOW[name], FOUND)
    assert opened.run(story) == KEY
    assert opened.server.closed.wait(BOUND_SECONDS)


def test_a_handshake_that_nobody_answers_ends_with_the_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    async def story(client: DynamoClient) -> None:
        begin_deadline(DEADLINE_SECONDS)
        async with asyncio.timeout(FAR_BELOW_A_CLIENTS_OWN_LIMITS):
            with pytest.raises(StoreUnavailable):
                await get(client)

    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with socket.create_server(("127.0.0.1", 0)) as listener:  # connections are accepted for it, and never read
        open_at(ScriptedServer(listener, tls), monkeypatch).run(story)
