"""Credentials come from variables or from a container's endpoint, are renewed in time, and never shown."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from service.adapters.aws import credential_sources
from service.adapters.aws import credentials as module
from service.adapters.aws.credential_sources import credentials_of
from service.adapters.aws.credentials import Credentials, CredentialsUnavailable, RotatingCredentials
from tests.adapters.dynamodb.server import ScriptedServer, Step, response, then_closes

EXPIRES = datetime(2040, 1, 1, tzinfo=UTC)
ISSUED = {"AccessKeyId": "AK", "SecretAccessKey": "s3cret", "Token": "t0ken", "Expiration": "2040-01-01T00:00:00Z"}
CREDENTIALS = Credentials("AK", "s3cret", "t0ken", EXPIRES.timestamp())
VARIABLES = {"AWS_ACCESS_KEY_ID": "AK", "AWS_SECRET_ACCESS_KEY": "s3cret", "AWS_SESSION_TOKEN": "t0ken"}
RELATIVE_URI = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"
URI = "AWS_CONTAINER_CREDENTIALS_FULL_URI"


def issued(members: object = ISSUED, status: int = 200) -> bytes:
    return response(msgspec.json.encode(members), status, content_type="application/json")


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    opened = ScriptedServer.start()
    yield opened
    opened.close()


def fetched(environ: dict[str, str]) -> Credentials:
    fetch = credentials_of(environ, "")
    assert fetch

    async def story() -> Credentials:
        async with asyncio.timeout(5):
            return await RotatingCredentials(fetch).get()

    return asyncio.run(story())


def test_variables_come_first() -> None:
    assert fetched({**VARIABLES, URI: "http://nowhere.invalid"}) == Credentials("AK", "s3cret", "t0ken")


@pytest.mark.parametrize("missing", ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"])
def test_half_of_them_is_reported(missing: str) -> None:
    with pytest.raises(CredentialsUnavailable, match=f"the environment variable {missing} is missing"):
        fetched({**VARIABLES, missing: ""})


@pytest.mark.parametrize(
    "environ",
    [{}, {"AWS_PROFILE": "dev", URI: "http://x"}, {"AWS_WEB_IDENTITY_TOKEN_FILE": "/token", URI: "http://x"}],
)
def test_what_only_the_sdk_knows_is_left_to_it(environ: dict[str, str]) -> None:
    assert credentials_of(environ, "") is None


def test_a_containers_endpoint_is_asked_with_the_token_that_is_in_its_file_now(
    server: ScriptedServer, tmp_path: Path
) -> None:
    server.play(issued())
    file = tmp_path / "token"
    environ = {URI: f"{server.url}/v1/credentials?a=b", "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": str(file)}
    for token in ("first", "second"):
        file.write_text(f"{token}\n")
        assert fetched(environ) == CREDENTIALS
    assert [head["authorization"] for head in server.heads] == ["first", "second"]


def test_credentials_without_an_end_are_taken(server: ScriptedServer) -> None:
    server.play(issued({"AccessKeyId": "AK", "SecretAccessKey": "s3cret"}))
    found = fetched({URI: server.url, "AWS_CONTAINER_AUTHORIZATION_TOKEN": "given"})
    assert found == Credentials("AK", "s3cret")
    assert server.heads[0]["authorization"] == "given"


def test_a_path_at_the_fixed_address_of_ecs_comes_before_a_url(
    server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(credential_sources, "_ECS", server.url)
    server.play(issued())
    assert fetched({RELATIVE_URI: "/v2/role", URI: "http://a.example/"}) == CREDENTIALS


def test_a_token_of_two_lines_is_refused_and_nobody_is_asked(server: ScriptedServer, tmp_path: Path) -> None:
    server.play(issued())
    file = tmp_path / "token"
    file.write_text("first\nx-header: second\n")
    with pytest.raises(CredentialsUnavailable, match="TOKEN_FILE has more than one line"):
        fetched({URI: server.url, "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": str(file)})
    assert server.heads == []


@pytest.mark.parametrize(("status", "passes"), [(500, True), (503, True), (403, False), (404, False)])
def test_another_attempt_may_help_where_the_fault_is_the_servers(
    status: int, server: ScriptedServer, *, passes: bool
) -> None:
    server.play(issued({}, status))
    with pytest.raises(CredentialsUnavailable) as refused:
        fetched({URI: server.url})
    assert refused.value.passes is passes


@pytest.mark.parametrize(
    ("step", "told"),
    [
        (issued({"message": "s3cret"}, 404), "status 404; check the role"),
        (issued({}, 500), "status 500"),
        (issued({"AccessKeyId": "AK"}), "not the form of credentials"),
        (issued({**ISSUED, "Expiration": "soon s3cret"}), "not the form of credentials"),
        (response(b"<html>s3cret</html>", content_type="text/html"), "is there a proxy in between"),
        (issued()[:-9], "not the form of credentials"),
        (then_closes(b""), "closed without an answer"),
        (then_closes(b"SSH-2.0\r\n\r\n"), "not HTTP"),
    ],
    ids=["refused", "broken", "half", "another form", "a web page", "cut off", "nothing", "another protocol"],
)
def test_what_is_no_credentials_is_reported_without_them(step: Step, told: str, server: ScriptedServer) -> None:
    server.play(step if not isinstance(step, bytes) else then_closes(step))
    with pytest.raises(CredentialsUnavailable) as refused:
        fetched({URI: f"{server.url}/v1"})
    assert told in str(refused.value)
    assert f"{server.url}/v1" in str(refused.value)
    assert "s3cret" not in str(refused.value)


@pytest.mark.parametrize("url", ["http://a.example/", "http://10.0.0.1/", "ftp://127.0.0.1/", "nonsense"])
def test_credentials_are_not_asked_for_in_the_open(url: str) -> None:
    with pytest.raises(CredentialsUnavailable, match=URI):
        fetched({URI: url})


def test_they_are_not_in_their_representation() -> None:
    assert "AK" in repr(CREDENTIALS)
    assert "s3cret" not in repr(CREDENTIALS)
    assert "t0ken" not in repr(CREDENTIALS)


class Issuer:
    """Issues credentials that are valid for a quarter of an hour, on a clock of its own; or fails."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 1000.0
        self.asked = 0
        self.fails = False
        self.hangs = False
        monkeypatch.setattr(module, "time", lambda: self.now)

    async def __call__(self) -> Credentials:
        self.asked += 1
        await asyncio.sleep(10 if self.hangs else 0.01)
        if self.fails:
            raise CredentialsUnavailable("the issuer fails")
        return Credentials(str(self.asked), "s3cret", "", self.now + timedelta(minutes=15).total_seconds())


@pytest.fixture
def issuer(monkeypatch: pytest.MonkeyPatch) -> Issuer:
    return Issuer(monkeypatch)


def test_many_who_need_them_at_once_wait_for_one_fetch(issuer: Issuer) -> None:
    async def story() -> set[str]:
        kept = RotatingCredentials(issuer)
        return {found.access_key for found in await asyncio.gather(*(kept.get() for _ in range(50)))}

    assert asyncio.run(story()) == {"1"}
    assert issuer.asked == 1


def test_one_who_gives_up_does_not_end_the_fetch_of_others(issuer: Issuer) -> None:
    async def story() -> str:
        kept = RotatingCredentials(issuer)
        first, second = asyncio.create_task(kept.get()), asyncio.create_task(kept.get())
        await asyncio.sleep(0)
        first.cancel()
        return (await second).access_key

    assert asyncio.run(story()) == "1"


def test_they_are_renewed_before_they_expire_and_nobody_waits(issuer: Issuer) -> None:
    async def story() -> list[str]:
        kept = RotatingCredentials(issuer)
        seen = [(await kept.get()).access_key]
        for minutes, pause in ((4, 0.0), (2, 0.0), (0, 0.05)):
            issuer.now += minutes * 60
            await asyncio.sleep(pause)
            seen.append((await kept.get()).access_key)
        return seen

    assert asyncio.run(story()) == ["1", "1", "1", "2"]


def test_present_ones_are_used_while_the_issuer_fails_and_it_is_not_asked_for_each_call(issuer: Issuer) -> None:
    async def story() -> None:
        kept = RotatingCredentials(issuer)
        await kept.get()
        issuer.fails, issuer.now = True, issuer.now + 12 * 60
        for _ in range(20):
            assert (await kept.get()).access_key == "1"
            await asyncio.sleep(0.005)
        assert issuer.asked == 2
        issuer.now += 4 * 60
        with pytest.raises(CredentialsUnavailable, match="the issuer fails"):
            await kept.get()
        issuer.fails = False
        assert (await kept.get()).access_key == "4"

    asyncio.run(story())


def test_an_issuer_that_hangs_is_given_up(issuer: Issuer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "FETCH_SECONDS", 0.05)
    issuer.hangs = True
    with pytest.raises(CredentialsUnavailable, match="in time"):
        asyncio.run(RotatingCredentials(issuer).get())
