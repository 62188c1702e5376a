"""Each program's environment: a directory with what its lock says and its own sources, as the images lay them out.

Ours and theirs are installed, slimmed and compiled in the same way. A directory is named by a hash of all that went
into it, so that what was built once is found again, and what changed is built anew.
"""

import hashlib
import re
import shutil
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from deploy.errors import DeployError
from deploy.package_lambda import PYTHON, find_python
from deploy.tools import Tools

REPOSITORY: Final = Path(__file__).parents[1]
ROOT: Final = REPOSITORY / "var" / "benchmarks"
"""Where environments are, unless a caller says otherwise."""

_LOCKS: Final = REPOSITORY / "benchmarks" / "requirements"
_SLIM: Final = REPOSITORY / "deploy" / "slim.py"
_OURS: Final = ("service", "containers")
_PEERS: Final = ("benchmarks/__init__.py", "benchmarks/peers")
_HASH_LENGTH: Final = 16


@dataclass(frozen=True, slots=True)
class Recipe:
    """What an environment is made of: a lock of requirements, and files and folders of this repository."""

    lock: Path
    sources: tuple[str, ...] = ()

    @property
    def locked(self) -> dict[str, str]:
        """The version of each package."""
        return dict(re.findall(r"^([\w.-]+)==([^ ;]+)", self.lock.read_text(), re.MULTILINE))

    def files(self) -> Iterator[Path]:
        """Every file of the sources, relative to the repository, in a fixed order."""
        for source in self.sources:
            path = REPOSITORY / source
            found = sorted(path.rglob("*")) if path.is_dir() else [path]
            for each in found:
                if each.is_file() and "__pycache__" not in each.parts:
                    yield each.relative_to(REPOSITORY)


RECIPES: Final[Mapping[str, Recipe]] = {
    "ours_lambda": Recipe(REPOSITORY / "requirements" / "lambda.txt", _OURS),
    "ours_server": Recipe(REPOSITORY / "requirements" / "service.txt", _OURS),
    "fastapi_lambda": Recipe(_LOCKS / "fastapi_lambda.txt", _PEERS),
    "fastapi_server": Recipe(_LOCKS / "fastapi_server.txt", _PEERS),
    "powertools": Recipe(_LOCKS / "powertools.txt", _PEERS),
    "bare": Recipe(_LOCKS / "bare.txt", _PEERS),
    "runtime_client": Recipe(_LOCKS / "runtime_client.txt"),
    "chart": Recipe(_LOCKS / "chart.txt", ("benchmarks/__init__.py", "benchmarks/chart.py")),
}
"""The only table of environments. The last two are what Lambda's base image has beside a function, and what draws."""


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
    directory = root.resolve() / f"{name}-{_digest(recipe, interpreter)}"
    if not directory.exists():
        root.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(prefix=f".{name}-", dir=root) as temporary:
            made = _made(recipe, interpreter, Path(temporary, "environment"), directory)
            if not directory.exists():  # nobody else was faster
                made.rename(directory)
        for other in root.glob(f"{name}-*"):
            if other.name != directory.name:
                shutil.rmtree(other, ignore_errors=True)
    return Environment(name, directory, interpreter)


def _made(recipe: Recipe, interpreter: Interpreter, directory: Path, destination: Path) -> Path:
    python_version = interpreter.version.rpartition(".")[0]
    Tools().run(
        *(sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-compile"),
        *("--require-hashes", "--no-deps", "--only-binary", ":all:"),
        *("--implementation", "cp", "--python-version", python_version),
        *("--target", str(directory), "--requirement", str(recipe.lock)),
    )
    for file in recipe.files():
        (directory / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(REPOSITORY / file, directory / file)
    Tools().run(interpreter.path, "-I", str(_SLIM), str(directory), str(destination))
    return directory


def _digest(recipe: Recipe, interpreter: Interpreter) -> str:
    digest = hashlib.sha256(f"{interpreter.path} {interpreter.version}".encode())
    for path in (recipe.lock, _SLIM, Path(__file__), *(REPOSITORY / file for file in recipe.files())):
        content = path.read_bytes()
        digest.update(f"\n{path.relative_to(REPOSITORY)} {len(content)}\n".encode() + content)
    return digest.hexdigest()[:_HASH_LENGTH]
