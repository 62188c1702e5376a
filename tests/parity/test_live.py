"""`shapeshift-parity` compares two real services, and leaves nothing behind."""

import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from parity.corpus.tokens import SETTINGS, token
from tests.runtimes.processes import COMMAND, Served, run_program, serving, wait_until

PARITY = COMMAND.with_name("shapeshift-parity")


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Served, Served]]:
    """One that keeps its data in memory, and one that has a file."""
    directory = tmp_path_factory.mktemp("live")
    with (
        serving(directory, STORE="memory", CURSOR_SECRET="one" * 6) as in_memory,
        serving(directory, STORE="sqlite", CURSOR_SECRET="another" * 3) as in_a_file,
    ):
        yield in_memory, in_a_file


def assert_empty(*services: Served) -> None:
    for served in services:
        with served.client() as client:
            assert client.get("/api/users").json() == client.get("/api/orders").json() == []


def test_two_stores_answer_the_same_and_keep_nothing(services: tuple[Served, Served], tmp_path: Path) -> None:
    ran = run_program(PARITY, tmp_path, *(served.base_url for served in services), "--sequences", "2")

    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "This writes to both services" in ran.stdout
    compared = re.search(r"([\d,]+) answers compared, 0 of which differ", ran.stdout)
    assert compared
    assert int(compared[1].replace(",", "")) > 300
    assert_empty(*services)


def test_others_data_is_neither_compared_nor_touched(services: tuple[Served, Served], tmp_path: Path) -> None:
    with services[0].client() as client:
        other = client.post("/api/users", json={"name": "Other", "email": "other@example.com"}).json()

        ran = run_program(PARITY, tmp_path, *(served.base_url for served in services), "--sequences", "0")

        assert ran.returncode == 0, ran.stdout + ran.stderr
        assert client.get("/api/users").json() == [other]
        client.delete(f"/api/users/{other['id']}")


def test_a_difference_that_is_planted_is_shown_with_its_requests(
    services: tuple[Served, Served], tmp_path: Path
) -> None:
    with serving(tmp_path, RUNTIME="tests.parity.planted:Planted", STORE="memory", CURSOR_SECRET="x" * 16) as planted:
        ran = run_program(PARITY, tmp_path, services[0].base_url, planted.base_url, "--sequences", "0")

        assert ran.returncode == 1
        assert "curl --path-as-is -X POST '$URL/api/users'" in ran.stdout
        assert r'expected  {"id":"<id of name-1>","name":"Zoe\u0308"' in ran.stdout
        assert r'answered  {"id":"<id of name-1>","name":"Zo\xeb"' in ran.stdout
        assert_empty(services[0], planted)


def test_who_interrupts_it_finds_nothing_left_behind(services: tuple[Served, Served], tmp_path: Path) -> None:
    urls = [served.base_url for served in services]
    before = services[1].output.count('"method":"POST"')
    command = [str(PARITY), *urls, "--sequences", "30"]
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        wait_until(lambda: services[1].output.count('"method":"POST"') > before + 5)
        process.send_signal(signal.SIGINT)

    assert process.returncode == 1
    assert_empty(*services)


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("http://127.0.0.1:1", "http://127.0.0.1:1 does not answer"),
        ("ftp://127.0.0.1", "is not a URL such as"),
        ("{url}/prod", "/api/health is answered with status 404"),
    ],
)
def test_a_url_without_the_service_is_reported_before_anything_is_written(
    url: str, message: str, services: tuple[Served, Served], tmp_path: Path
) -> None:
    ran = run_program(PARITY, tmp_path, services[0].base_url, url.format(url=services[1].base_url))

    assert ran.returncode == 1
    assert message in ran.stderr
    assert "Traceback" not in ran.stderr
    assert "This writes" not in ran.stdout


def test_without_its_extra_the_command_says_what_to_install(tmp_path: Path) -> None:
    (tmp_path / "hypothesis.py").write_text("raise ModuleNotFoundError('No module named hypothesis')")

    ran = run_program(PARITY, tmp_path, "http://a", "http://b", PYTHONPATH=str(tmp_path))

    assert ran.returncode == 1
    assert "pip install 'shapeshift[parity]'" in ran.stderr


def test_services_with_authentication_are_compared_with_a_token_that_is_not_shown(tmp_path: Path) -> None:
    directories = [tmp_path / name for name in ("one", "other")]
    for directory in directories:
        directory.mkdir()
    environ = {"STORE": "memory", "CURSOR_SECRET": "x" * 16} | {name.upper(): value for name, value in SETTINGS.items()}
    script = tmp_path / "token.py"
    script.write_text(f"print({token()!r})")
    with serving(directories[0], **environ) as one, serving(directories[1], **environ) as other:
        urls = [one.base_url, other.base_url]
        ran = run_program(PARITY, tmp_path, *urls, "--sequences", "1", "--token-command", f"{sys.executable} {script}")
        without = run_program(PARITY, tmp_path, *urls, "--sequences", "0")

        assert ran.returncode == 0, ran.stdout + ran.stderr
        assert "201" in one.output
        assert token() not in ran.stdout + ran.stderr + one.output
        assert without.returncode == 0
        with one.client() as client:
            assert client.get("/api/users", headers={"Authorization": f"Bearer {token()}"}).json() == []


@pytest.mark.parametrize("command", ["false", "no-such-program", "true", "'"])
def test_a_command_that_prints_no_token_is_an_error(command: str, tmp_path: Path) -> None:
    ran = run_program(PARITY, tmp_path, "http://a", "http://b", "--token-command", command)

    assert ran.returncode == 1
    assert "--token-command" in ran.stderr
    assert "Traceback" not in ran.stderr
