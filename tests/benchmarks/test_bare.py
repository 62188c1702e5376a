"""Programs without a framework answer with as many bytes as ours, always the same ones."""

from pathlib import Path

import pytest

from benchmarks.peers.constant import BODY, EMAIL, NAME
from benchmarks.subjects import FUNCTIONS
from loopback.postgresql import Postgresql
from parity.corpus.building import ask, send, with_usual_headers
from parity.playing import Played
from tests.benchmarks.story import USERS
from tests.benchmarks.telling import told_by_function, told_by_server

# The answer of programs that know one user only.
ONE_USER = with_usual_headers(
    "bare",
    [
        send("create", "POST", USERS, {"name": NAME, "email": EMAIL}),
        ask("get", "GET", f"{USERS}/<<id:create>>"),
    ],
    trusted_hops=1,
).calls


def test_bare_asgi_on_a_server_answers_with_as_many_bytes_as_ours(
    postgresql_server: Postgresql, tmp_path: Path
) -> None:
    expected, _ = told_by_server("ours", postgresql_server, tmp_path, ONE_USER)
    played, lines = told_by_server("bare_asgi", postgresql_server, tmp_path, ONE_USER)

    assert [*map(shape, played)] == [*map(shape, expected)]
    assert [line["status"] for line in lines] == [201, 200]


@pytest.mark.parametrize("subject", ["bare_asgi", "bare_handler"])
def test_a_bare_function_answers_with_as_many_bytes_as_ours(subject: str, aws: dict[str, str], tmp_path: Path) -> None:
    for source in FUNCTIONS[subject].sources:
        expected, _ = told_by_function("ours", source, aws, tmp_path, ONE_USER)
        played, lines = told_by_function(subject, source, aws, tmp_path, ONE_USER)

        assert [*map(shape, played)] == [*map(shape, expected)]
        assert [line["status"] for line in lines] == [201, 200]


def shape(played: Played) -> tuple[int, list[tuple[str, int]], int]:
    """Status, headers and body by their sizes; but a request's id is the caller's own where one was sent."""
    answer = played.answer
    headers = [(name, len(value)) for name, value in answer.headers if name not in {"date", "x-request-id"}]
    assert answer.value("x-request-id")
    assert len(answer.body) == len(BODY)
    return answer.status, headers, len(answer.body)
