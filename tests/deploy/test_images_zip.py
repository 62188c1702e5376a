"""The function's ZIP, and the function that runs from it alone."""

import hashlib
import platform
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path
from zipfile import ZipFile

import pytest

from deploy.bytecode import LOADED_BEFORE
from deploy.errors import DeployError
from deploy.package_lambda import PYTHON, find_python
from deploy.tools import Tools
from loopback.lambda_emulator import ARCHITECTURES, emulator
from parity.corpus.building import ask
from parity.events import SOURCES
from tests.deploy.engine import missing
from tests.runtimes.emulator import function

ROOT = Path(__file__).parents[2]
LARGEST, LARGEST_UNPACKED = 30_000_000, 250_000_000
# The runtime of AWS: no packages but the function's and its own.
RUNTIME = (
    "import sys; sys.path[:0] = {paths}; from awslambdaric.__main__ import main; main(['awslambdaric', sys.argv[1]])"
)


@pytest.fixture(scope="module")
def python() -> str:
    try:
        return find_python(Tools())
    except DeployError as error:
        missing(str(error))


def package(out: Path, architecture: str, python: str) -> Path:
    """Made by the command, in the directory where the ZIP is to be."""
    command = [
        sys.executable,
        "-m",
        "deploy.package_lambda",
        out.name,
        "--architecture",
        architecture,
        "--python",
        python,
    ]
    subprocess.run(command, cwd=out.parent, env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT)}, check=True)
    return out


@pytest.fixture(scope="module")
def archive(python: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    architecture = ARCHITECTURES[platform.machine()]
    return package(tmp_path_factory.mktemp("zip") / "function.zip", architecture, python)


def test_it_is_the_same_byte_for_byte_wherever_it_is_made(archive: Path, python: str, tmp_path: Path) -> None:
    other = package(tmp_path / "other.zip", ARCHITECTURES[platform.machine()], python)

    assert hashlib.sha256(other.read_bytes()).digest() == hashlib.sha256(archive.read_bytes()).digest()


def test_it_is_small_and_every_entry_has_a_fixed_time_and_mode(archive: Path) -> None:
    with ZipFile(archive) as zipped:
        entries = zipped.infolist()

    assert archive.stat().st_size < LARGEST
    assert sum(entry.file_size for entry in entries) < LARGEST_UNPACKED
    assert [entry.filename for entry in entries] == sorted(entry.filename for entry in entries)
    assert {(entry.date_time, entry.external_attr >> 16) for entry in entries} == {((1980, 1, 1, 0, 0, 0), 0o100644)}


def test_all_of_it_is_compiled_and_in_one_file_but_what_finds_that_file(archive: Path) -> None:
    with ZipFile(archive) as zipped:
        names = zipped.namelist()
        heads = [zipped.read(name)[:5] for name in names if name.endswith(".pyc")]
        magic_number = zipped.read("modules.bytecode")[:4]

    never_compared_with_its_source = b"\1"
    assert heads == [magic_number + never_compared_with_its_source] * len(LOADED_BEFORE)


def test_it_holds_nothing_that_a_function_does_not_need(archive: Path) -> None:
    with ZipFile(archive) as zipped:
        tops = {name.partition("/")[0] for name in zipped.namelist()}

    assert {"service", "containers", "mangum", "boto3", "asyncpg"} <= tops
    assert not {"bin", "tests", "deploy", "uvicorn", "pip", "faker", "pygments", "awslambdaric"} & tops


def test_the_function_runs_from_it_alone(archive: Path, python: str, tmp_path: Path) -> None:
    if emulator() is None:
        missing("the Lambda emulator is a Linux program")
    task, client = tmp_path / "task", tmp_path / "runtime"
    with ZipFile(archive) as zipped:
        zipped.extractall(task)
    _install_runtime_client(client)
    code = RUNTIME.format(paths=[str(task), str(client)])

    with function(tmp_path, runtime=(python, "-I", "-S", "-c", code), STORE="memory", CURSOR_SECRET="x" * 16) as shop:
        answer = shop.invoke(SOURCES["alb"].event(ask("health", "GET", "/api/health")))

    assert answer["statusCode"] == 200
    assert '"runtime":"lambda"' in answer["body"]


def _install_runtime_client(directory: Path) -> None:
    command = (sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--target", directory)
    target = ("--python-version", PYTHON, "--only-binary", ":all:")
    subprocess.run([*command, *target, f"awslambdaric=={version('awslambdaric')}"], check=True)


def test_without_the_functions_python_it_says_what_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setattr(sys, "version", "3.11.0")

    with pytest.raises(DeployError, match=f"Python {PYTHON} is needed"):
        find_python(Tools())
