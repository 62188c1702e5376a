"""Each program's environment holds what its lock says, made as the images are made."""

import re
import subprocess
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from benchmarks import environments, programs
from benchmarks.environments import environment, find_interpreter
from benchmarks.recipes import RECIPES, Recipe

FRAMEWORKS = {"fastapi", "starlette", "litestar", "mangum", "uvicorn", "aws_lambda_powertools", "awslambdaric"}
HOLDS = {
    "ours_lambda": {"litestar", "mangum"},
    "ours_server": {"litestar", "uvicorn"},
    "fastapi_lambda": {"fastapi", "starlette", "mangum"},
    "fastapi_server": {"fastapi", "starlette", "mangum", "uvicorn"},
    "powertools": {"aws_lambda_powertools"},
    "bare": {"mangum", "uvicorn"},
    "runtime_client": {"awslambdaric"},
    "chart": set(),
}


def locked(lock: Path) -> set[str]:
    pins = [Requirement(line.rstrip(" \\")) for line in lock.read_text().splitlines() if re.match(r"[a-z]", line)]
    return {f"{each.name}{each.specifier}" for each in pins if each.marker is None or each.marker.evaluate()}


def installed(directory: Path) -> set[str]:
    metadata = [each.read_text() for each in directory.glob("*.dist-info/METADATA")]
    fields = [dict(re.findall(r"^(Name|Version): (.*)$", text, re.MULTILINE)) for text in metadata]
    return {f"{re.sub(r'[-_.]+', '-', each['Name']).lower()}=={each['Version']}" for each in fields}


@pytest.mark.parametrize("name", RECIPES)
def test_it_holds_what_its_lock_says_and_nothing_else(name: str) -> None:
    assert installed(environment(name).directory) == locked(RECIPES[name].lock)


@pytest.mark.parametrize("name", RECIPES)
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


@pytest.mark.parametrize("name", RECIPES)
def test_all_of_it_is_compiled_and_never_compared_with_its_source(name: str) -> None:
    directory = environment(name).directory
    compiled = [*directory.rglob("*.pyc")]

    assert {each.read_bytes()[4] for each in compiled} == {1}
    assert len(compiled) == len([*directory.rglob("*.py")])


def test_what_was_built_is_found_again_and_what_changed_is_built_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = environment("runtime_client", tmp_path)
    (first.directory / "mark").touch()
    again = environment("runtime_client", tmp_path)
    grown = Recipe(RECIPES["runtime_client"].lock, ("benchmarks/__init__.py",))
    monkeypatch.setattr(environments, "RECIPES", {"runtime_client": grown})
    other = environment("runtime_client", tmp_path)

    assert again == first
    assert other.directory != first.directory
    assert (other.directory / "benchmarks" / "__init__.py").exists()
    assert not first.directory.exists()


def test_what_was_interrupted_leaves_nothing_that_could_be_taken_for_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(environments, "_slim", interrupt)
        with pytest.raises(KeyboardInterrupt):
            environment("runtime_client", tmp_path)

    assert [*tmp_path.iterdir()] == []
    assert installed(environment("runtime_client", tmp_path).directory) == locked(RECIPES["runtime_client"].lock)


def test_the_interpreter_says_whether_it_is_lambdas() -> None:
    interpreter = find_interpreter()

    printed = subprocess.run([interpreter.path, "--version"], capture_output=True, text=True, check=True).stdout
    assert printed == f"Python {interpreter.version}\n"
    assert interpreter.is_lambdas == interpreter.version.startswith("3.13.")
