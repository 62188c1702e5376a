"""A process that is killed at any step of a creation leaves all of it or nothing, and its key can be used again."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from containers.runtimes import container_for
from loopback.platforms import PLATFORMS
from tests.examples import table_variables

ROOT = Path(__file__).parents[2]


@pytest.fixture(params=("sqlite", "postgresql", "dynamodb"))
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> dict[str, str]:
    """The settings of a store that outlives its processes."""
    own = {"store": request.param, "cursor_secret": "secret-of-integrity", "log_level": "ERROR"}
    if request.param == "dynamodb":
        return own | {name.lower(): value for name, value in table_variables(f"{{}}-{uuid4()}").items()}
    if request.param == "postgresql":
        return own | {"database_url": request.getfixturevalue("postgresql_server").create_database()}
    return own | {"database_url": f"sqlite:///{tmp_path}/shop.db"}


@pytest.mark.slow
@pytest.mark.timeout(200)
def test_after_a_kill_at_each_step_another_runtime_creates_once(
    settings: dict[str, str], aws: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in aws.items():
        monkeypatch.setenv(name, value)  # botocore, which makes the tables, reads them itself
    container_for({**PLATFORMS["local"](tmp_path, aws, settings), "RUNTIME": "local"}).migrate()
    environs = [{**PLATFORMS[name](tmp_path, aws, settings), "RUNTIME": name} for name in ("lambda", "eks")]

    ended = subprocess.run(
        [sys.executable, "-m", "tests.integrity.dying"],
        cwd=ROOT,
        input=json.dumps(environs),
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )

    assert ended.returncode == 0, ended.stderr
    printed = [line for line in ended.stdout.splitlines() if line.startswith("[")]  # and not what is logged
    steps: list[list[dict[str, Any] | None]] = [json.loads(line) for line in printed]
    for number, (answered, repeated, again) in enumerate(steps, 1):
        assert repeated is not None
        assert again is not None
        assert (repeated["status"], again["status"], again["is_replay"]) == (201, 201, True)
        assert repeated["body"] == again["body"]
        assert repeated["users"] == again["users"] == number, "a key created another number of users than one"
        assert (answered is not None) == (number == len(steps)), "only the last process lived"
    is_replay = [repeated["is_replay"] for _, repeated, _ in steps if repeated]
    assert is_replay == sorted(is_replay), "a later step had done less"
    assert {*is_replay} == {False, True}, "no step was before the write, or none was after it"
