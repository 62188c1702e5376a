"""Functions as Lambda runs them, and what they leave in the table that they share."""

import json
import os
from pathlib import Path

import pytest

from benchmarks.peers.constant import EMAIL, NAME
from benchmarks.subjects import FUNCTIONS
from loopback.lambda_emulator import emulator, function
from parity.corpus.building import ask, send
from parity.events import SOURCES
from tests.benchmarks.handlers import handling
from tests.benchmarks.story import USERS
from tests.benchmarks.telling import new_table


@pytest.mark.skipif(emulator() is None and "CI" not in os.environ, reason="the Lambda emulator is a Linux program")
@pytest.mark.parametrize("subject", FUNCTIONS)
def test_every_function_runs_under_awss_own_emulator(subject: str, aws: dict[str, str], tmp_path: Path) -> None:
    chosen = FUNCTIONS[subject]
    event = SOURCES["http_api"].event(send("create", "POST", USERS, {"name": NAME, "email": EMAIL}))
    environ = {**aws, **chosen.environ, "USERS_TABLE": new_table(aws)}

    with function(tmp_path, chosen.command(), **environ) as running:
        answer = running.invoke(event)
        log = running.log.read_text()

    assert answer["statusCode"] == 201, log
    assert log.count('"request_id":') == 1


def test_what_peers_write_is_what_ours_reads(aws: dict[str, str], tmp_path: Path) -> None:
    table = new_table(aws)
    peers = ("fastapi_boto3", "powertools", "bare_handler")
    for peer in peers:
        user = {"name": NAME, "email": f"{peer}@example.com"}
        with handling(peer, "http_api", tmp_path, {"USERS_TABLE": table, **aws}) as handler:
            assert handler.answer(send("create", "POST", USERS, user)).status == 201

    with handling("ours", "http_api", tmp_path, {"USERS_TABLE": table, **aws}) as ours:
        listed = json.loads(ours.answer(ask("list", "GET", USERS)).body)
        found = [json.loads(ours.answer(ask("get", "GET", f"{USERS}/{each['id']}")).body) for each in listed]
        again = [send("again", "POST", USERS, {**each, "email": each["email"].upper()}) for each in listed]
        taken = [ours.answer(call).status for call in again]

    assert [each["email"] for each in listed] == [f"{peer}@example.com" for peer in reversed(peers)]
    assert found == listed
    assert taken == [409, 409, 409]
