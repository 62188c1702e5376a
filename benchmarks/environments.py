"""Each program's environment: a directory with what its lock says and its own sources, as the images lay them out.

Ours and theirs are installed and compiled in the same way, and ours is made slim, as its images are. A directory is
named by a hash of all that went into it, so that what has not changed is used again.
"""

import hashlib
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from benchmarks.recipes import RECIPES, REPOSITORY, Recipe
from deploy.errors import DeployError
from deploy.package_lambda import PYTHON, find_python
from deploy.tools import Tools

ROOT: Final = REPOSITORY / "var" / "benchmarks"
"""Where environments are, unless a caller says otherwise."""

_SLIM: Final = REPOSITORY / "deploy" / "slim.py"
_BUNDLE: Final = REPOSITORY / "deploy" / "bytecode.py"
_HASH_LENGTH: Final = 16


@dataclass(frozen=True, slots=True)
class Interpreter:
    """The Python that runs every program alike."""

    path: str
    version: str

    @property
    def is_lambdas(self) -> bool:
        """Whether it is of the version that the images and Lambda run."""
        return self.version.startswith(f"{PYTHON}.")


@dataclass(frozen=True, slots=True)
class Environment:
    """Installed packages and sources, and the interpreter that they were compiled for."""

    name: str
    directory: Path
    interpreter: Interpreter


@cache
def find_interpreter() -> Interpreter:
    """Python of the images' version where there is one, else that which runs this."""
    try:
        path = find_python(Tools())
    except DeployError:
        path = sys.executable
    code = "import platform; print(platform.python_version())"
    return Interpreter(path, Tools().run(path, "-I", "-S", "-c", code).strip())


def environment(name: str, root: Path = ROOT) -> Environment:
    """The environment of that name, built below `root` unless it is there already.

    It can be interrupted: a directory gets its name when it is whole. Raises `ToolFailed` where pip cannot install.
    """
    recipe, interpreter = RECIPES[name], find_interpreter()
    directory = root.resolve() / f"{name}-{_digest(interpreter, recipe.lock, *recipe.files())}"
    # Apart, for sources change more often than locks.
    packages = root.resolve() / f"packages.{name}-{_digest(interpreter, recipe.lock)}"
    if not directory.exists():
        root.mkdir(parents=True, exist_ok=True)
        if not packages.exists():
            with _new(packages) as unfinished:
                _install(recipe.lock, interpreter, unfinished)
                _finish(recipe, interpreter, unfinished, packages)
        with _new(directory) as unfinished:
            for file in recipe.files():
                copy = unfinished / file.relative_to(REPOSITORY)
                copy.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(file, copy)
            _finish(recipe, interpreter, unfinished, directory)
            shutil.copytree(packages, unfinished, copy_function=os.link, dirs_exist_ok=True)
            if recipe.bundled:
                Tools().run(interpreter.path, "-I", str(_BUNDLE), str(unfinished))
    return Environment(name, directory, interpreter)


@contextmanager
def _new(directory: Path) -> Iterator[Path]:
    """An empty directory that becomes this one when the block ends, and of whose former versions none is left."""
    family = directory.name.rpartition("-")[0]
    with TemporaryDirectory(prefix=f".{family}-", dir=directory.parent) as temporary:
        unfinished = Path(temporary, "unfinished")
        unfinished.mkdir()
        yield unfinished
        if not directory.exists():  # nobody else was faster
            unfinished.rename(directory)
    for other in directory.parent.glob(f"{family}-*"):
        if other.name != directory.name:
            shutil.rmtree(other, ignore_errors=True)


def _install(lock: Path, interpreter: Interpreter, directory: Path) -> None:
    Tools().run(
        *(sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-compile"),
        *("--require-hashes", "--no-deps", "--only-binary", ":all:"),
        *("--implementation", "cp", "--python-version", interpreter.version.rpartition(".")[0]),
        *("--target", str(directory), "--requirement", str(lock)),
    )


def _finish(recipe: Recipe, interpreter: Interpreter, directory: Path, destination: Path) -> None:
    """Compile what is in the directory; Python never compares it with its source."""
    if recipe.slim:
        Tools().run(interpreter.path, "-I", str(_SLIM), str(directory), str(destination))
        return
    places = ("-s", str(directory), "-p", str(destination))
    options = ("-q", "-r", "50", "--invalidation-mode", "unchecked-hash", *places)
    Tools().run(interpreter.path, "-I", "-m", "compileall", *options, str(directory))


def _digest(interpreter: Interpreter, *files: Path) -> str:
    """Of everything that an environment depends on."""
    digest = hashlib.sha256(f"{interpreter.path} {interpreter.version}".encode())
    for path in (_SLIM, _BUNDLE, Path(__file__), *files):
        content = path.read_bytes()
        digest.update(f"\n{path.relative_to(REPOSITORY)} {len(content)}\n".encode() + content)
    return digest.hexdigest()[:_HASH_LENGTH]
