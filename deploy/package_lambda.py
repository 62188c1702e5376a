"""Write the ZIP of a Lambda function: `python -m deploy.package_lambda OUT.zip [--architecture arm64|x86_64]`.

The same sources and lock give the same bytes on every machine.
"""

import argparse
import shutil
import sys
import tempfile
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from deploy.errors import DeployError
from deploy.tools import ToolFailed, Tools

ROOT = Path(__file__).parents[1]
PYTHON = "3.13"
TASK_ROOT = "/var/task"
ARCHITECTURES = {"arm64": "aarch64", "x86_64": "x86_64"}
# The C libraries that wheels are built for, up to that of Amazon Linux 2023.
_GLIBC = ("2_17", "2_28", "2_34")
_FIXED_TIME = (1980, 1, 1, 0, 0, 0)


def package(out: Path, architecture: str = "arm64", *, python: str | None = None, tools: Tools | None = None) -> None:
    """Write the ZIP. `python` is an interpreter of the function's version; it is searched for if it is not given.

    Raises `DeployError` if there is no such interpreter, or if pip fails.
    """
    tools = tools or Tools()
    python = python or find_python(tools)
    with tempfile.TemporaryDirectory() as directory:
        task = Path(directory, "task")
        _install(task, architecture, tools)
        for name in ("service", "containers"):
            shutil.copytree(ROOT / name, task / name, ignore=shutil.ignore_patterns("__pycache__"))
        tools.run(python, "-I", str(ROOT / "deploy" / "slim.py"), str(task), TASK_ROOT)
        tools.run(python, "-I", str(ROOT / "deploy" / "bytecode.py"), str(task))
        shutil.rmtree(task / "bin", ignore_errors=True)
        _zip(task, out)


def find_python(tools: Tools) -> str:
    """Return the path of an interpreter of the function's version. Raises `DeployError` if there is none."""
    # pyenv hides the versions that its user did not choose.
    command = ("env", f"PYENV_VERSION={PYTHON}", f"python{PYTHON}", "-c", "import sys; print(sys.executable)")
    try:
        return sys.executable if sys.version.startswith(f"{PYTHON}.") else tools.run(*command).splitlines()[-1]
    except ToolFailed as error:
        raise DeployError(
            f"Python {PYTHON} is needed: it is the version of the function.", "Install it, or name it."
        ) from error


def wheels_for(architecture: str) -> tuple[str, ...]:
    """Return the options with which pip installs the lock for Linux on that architecture, from wheels only."""
    machine = ARCHITECTURES[architecture]
    platforms = (f"manylinux2014_{machine}", *(f"manylinux_{glibc}_{machine}" for glibc in _GLIBC))
    return (
        *("--quiet", "--disable-pip-version-check", "--require-hashes", "--no-deps", "--only-binary", ":all:"),
        *("--implementation", "cp", "--python-version", PYTHON),
        *(option for each in platforms for option in ("--platform", each)),
    )


def _install(task: Path, architecture: str, tools: Tools) -> None:
    pip = (sys.executable, "-m", "pip", "install", "--no-compile", "--target", str(task))
    tools.run(*pip, *wheels_for(architecture), "--requirement", str(ROOT / "requirements" / "lambda.txt"))


def _zip(task: Path, out: Path) -> None:
    with ZipFile(out, "w", ZIP_DEFLATED, compresslevel=9) as archive:
        files = {path.relative_to(task).as_posix(): path for path in task.rglob("*") if path.is_file()}
        for name, path in sorted(files.items()):
            entry = ZipInfo(name, _FIXED_TIME)
            entry.external_attr = 0o100644 << 16
            entry.create_system = 3  # Unix, on every machine
            archive.writestr(entry, path.read_bytes(), ZIP_DEFLATED, 9)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="python -m deploy.package_lambda", description="Make the ZIP of the function."
    )
    parser.add_argument("out", type=Path, metavar="OUT.zip")
    parser.add_argument("--architecture", choices=ARCHITECTURES, default="arm64")
    parser.add_argument("--python", help=f"an interpreter of Python {PYTHON}; default: found on the PATH")
    arguments = parser.parse_args()
    try:
        package(arguments.out, arguments.architecture, python=arguments.python)
    except DeployError as error:
        sys.exit(f"package_lambda: {error}")
    sys.stdout.write(f"{arguments.out}: {arguments.out.stat().st_size / 1e6:.1f} MB, {arguments.architecture}\n")


if __name__ == "__main__":
    main()
