"""Each committed lock has exactly what is asked for, with a hash for each file, and names no registry."""

import re
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
EXTRAS: dict[str, list[str]] = PROJECT["optional-dependencies"]
RENEW = "the lock is out of date: run `make lock`"


def lines_of(file: str) -> Iterator[str]:
    for line in (ROOT / file).read_text().splitlines():
        if line.strip() and not line.startswith("#"):
            yield line


def with_extras(extras: Iterable[str]) -> Iterator[Requirement]:
    """The requirements of the extras, and of the extras that they name."""
    for extra in extras:
        for requirement in map(Requirement, EXTRAS[extra]):
            if requirement.name == PROJECT["name"]:
                yield from with_extras(requirement.extras)
            else:
                yield requirement


def of_project(*extras: str) -> list[Requirement]:
    return [*map(Requirement, PROJECT["dependencies"]), *with_extras(extras)]


def of_file(file: str) -> list[Requirement]:
    return [Requirement(line) for line in lines_of(file)]


ASKED_FOR = {
    "requirements/dev.txt": [*of_project(*EXTRAS), *of_file("requirements/dev.in")],
    "requirements/service.txt": of_project("server", "dynamodb", "postgresql", "sqlite", "auth"),
    "requirements/lambda.txt": of_project("lambda", "postgresql", "auth"),
    **{
        str(file.with_suffix(".txt").relative_to(ROOT)): of_file(str(file.relative_to(ROOT)))
        for folder in ("requirements", "benchmarks/requirements")
        for file in sorted((ROOT / folder).glob("*.in"))
        if file.name != "dev.in"
    },
}


def pins(lock: str) -> dict[str, str]:
    """The version of each package."""
    return dict(re.findall(r"^([a-z0-9._-]+)==([^\s;]+)", (ROOT / lock).read_text(), re.MULTILINE))


def asked_for_directly(lock: str) -> set[str]:
    """The packages that the lock itself says are asked for by the project or by a file of requirements."""
    found, package = set(), ""
    for line in (ROOT / lock).read_text().splitlines():
        package = line.partition("==")[0] if re.match("[a-z0-9]", line) else package
        if re.search(r"(# via |#   )(-r |shapeshift \(pyproject)", line):
            found.add(package)
    return found


@pytest.mark.parametrize("lock", ASKED_FOR)
def test_a_lock_has_every_requirement_in_a_version_that_fits(lock: str) -> None:
    versions = pins(lock)
    unmet = [
        str(each) for each in ASKED_FOR[lock] if versions.get(canonicalize_name(each.name), "0") not in each.specifier
    ]

    assert versions
    assert not unmet, f"{RENEW} ({lock} lacks {unmet})"


@pytest.mark.parametrize("lock", ASKED_FOR)
def test_a_lock_has_nothing_that_is_no_longer_asked_for(lock: str) -> None:
    surplus = asked_for_directly(lock) - {canonicalize_name(each.name) for each in ASKED_FOR[lock]}

    assert asked_for_directly(lock)
    assert not surplus, f"{RENEW} ({lock} has {sorted(surplus)})"


@pytest.mark.parametrize("lock", ASKED_FOR)
def test_a_lock_has_a_hash_for_each_file_and_names_no_registry(lock: str) -> None:
    packages = [line for line in lines_of(lock) if not line.startswith(" ")]

    assert packages
    assert all(line.endswith("\\") for line in packages)  # and hashes follow
    assert not re.search(r"https?:|--(extra-)?index-url|--find-links", (ROOT / lock).read_text())


@pytest.mark.parametrize("lock", ["service", "lambda", "build"])
def test_the_versions_in_an_image_are_those_that_are_tested(lock: str) -> None:
    tested, shipped = pins("requirements/dev.txt"), pins(f"requirements/{lock}.txt")

    assert {name: tested.get(name) for name in shipped} == shipped, RENEW


def test_a_function_has_no_server() -> None:
    assert not {"uvicorn", "httptools", "awslambdaric"} & set(pins("requirements/lambda.txt"))
