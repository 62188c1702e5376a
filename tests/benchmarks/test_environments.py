"""Each program's environment holds what its lock says, made as the images are made."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from benchmarks import environments, programs
from benchmarks.environments import environment, find_interpreter
from benchmarks.recipes import RECIPES, REPOSITORY, Recipe
from deploy.bytecode import LOADED_BEFORE

PIN = r"^([a-z0-9._-]+)==(\S+)"
FRAMEWORKS = {"fastapi", "starlette", "litestar", "mangum", "uvicorn", "aws_lambda_powertools", "awslambdaric"}
HOLDS = {
    "ours_lambda": {"litestar", "mangum"},
    "ours_server": {"litestar", "uvicorn"},
    "fastapi_lambda": {"fastapi", "starlette", "mangum"},
    "fastapi_slim": {"fastapi", "starlette", "mangum"},
    "fastapi_server": {"fastapi", "starlette", "mangum", "uvicorn"},
    "powertools": {"aws_lambda_powertools"},
    "bare": {"mangum", "uvicorn"},
    "runtime_client": {"awslambdaric"},
    "chart": set(),
}

# Of the runtime client there are wheels for Linux only.
NAMES = [
    pytest.param(name, marks=pytest.mark.skipif(name == "runtime_client" and sys.platform != "linux", reason="Linux"))
    for name in RECIPES
]


def locked(lock: Path) -> set[str]:
    pins = [Requirement(line.rstrip(" \\")) for line in lock.read_text().splitlines() if re.match(r"[a-z]", line)]
    return {f"{each.name}{each.specifier}" for each in pins if each.marker is None or each.marker.evaluate()}


def installed(directory: Path) -> set[str]:
    metadata = [each.read_text() for each in directory.glob("*.dist-info/METADATA")]
    fields = [dict(re.findall(r"^(Name|Version): (.*)$", text, re.MULTILINE)) for text in metadata]
    return {f"{re.sub(r'[-_.]+', '-', each['Name']).lower()}=={each['Version']}" for each in fields}


@pytest.mark.parametrize("name", NAMES)
def test_it_holds_what_its_lock_says_and_nothing_else(name: str) -> None:
    assert installed(environment(name).directory) == locked(RECIPES[name].lock)


@pytest.mark.parametrize("name", RECIPES)
def test_what_all_have_is_of_the_same_version_and_every_lock_has_hashes_and_no_host(name: str) -> None:
    text = RECIPES[name].lock.read_text()
    pins = dict(re.findall(PIN, text, re.MULTILINE))
    tested = dict(re.findall(PIN, (REPOSITORY / "requirements" / "dev.txt").read_text(), re.MULTILINE))

    assert {package: tested[package] for package in pins.keys() & tested.keys()}.items() <= pins.items()
    assert text.count("--hash=sha256:") >= len(pins) > 0
    assert not re.search(r"https?:|--(extra-)?index-url|--find-links", text)


@pytest.mark.parametrize("name", NAMES)
def test_a_program_finds_its_own_framework_and_no_other(name: str) -> None:
    code = (
        "from importlib.util import find_spec\n"
        f"print(*sorted(name for name in {FRAMEWORKS | {'pip', 'pytest'}} if find_spec(name)))"
    )

    found = subprocess.run(
        programs.python(code, environment(name)), env={}, capture_output=True, text=True, check=True
    ).stdout

    assert set(found.split()) == HOLDS[name]


@pytest.mark.parametrize("name", ["ours_lambda", "ours_server", "fastapi_server", "powertools", "bare"])
def test_only_the_sources_that_run_in_it_are_there(name: str) -> None:
    ours = name.startswith("ours")
    directory = environment(name).directory

    assert {each for each in ("service", "containers", "benchmarks") if (directory / each).exists()} == (
        {"service", "containers"} if ours else {"benchmarks"}
    )
    assert ours or {each.name for each in (directory / "benchmarks").glob("[!_]*")} == {"peers"}


@pytest.mark.parametrize("name", NAMES)
def test_all_of_it_is_compiled_and_never_compared_with_its_source(name: str) -> None:
    directory = environment(name).directory
    compiled = [*directory.rglob("*.pyc")]

    sources = LOADED_BEFORE if name == "ours_lambda" else [*directory.rglob("*.py")]

    assert {each.read_bytes()[4] for each in compiled} == {1}
    assert len(compiled) == len(sources)
    assert (directory / "modules.bytecode").exists() == (name == "ours_lambda")


def make(monkeypatch: pytest.MonkeyPatch, root: Path, *sources: str) -> Path:
    """A small environment of that root, with those sources."""
    recipe = Recipe(REPOSITORY / "requirements" / "build.txt", sources)
    monkeypatch.setattr(environments, "RECIPES", {"small": recipe})
    return environment("small", root).directory


def test_what_was_built_is_found_again_and_what_changed_is_built_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = make(monkeypatch, tmp_path)
    (first / "mark").touch()

    assert (make(monkeypatch, tmp_path) / "mark").exists()

    other = make(monkeypatch, tmp_path, "service/__init__.py")

    assert other != first
    assert (other / "service" / "__init__.py").exists()
    assert not first.exists()


def test_what_was_interrupted_leaves_nothing_that_could_be_taken_for_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(environments, "_finish", interrupt)
        with pytest.raises(KeyboardInterrupt):
            make(monkeypatch, tmp_path)

    assert [*tmp_path.iterdir()] == []


def test_the_interpreter_says_whether_it_is_lambdas() -> None:
    interpreter = find_interpreter()

    printed = subprocess.run([interpreter.path, "--version"], capture_output=True, text=True, check=True).stdout
    assert printed == f"Python {interpreter.version}\n"
    assert interpreter.is_lambdas == interpreter.version.startswith("3.13.")
