"""The images that the Dockerfiles start from: the real ones, or stand-ins where no registry can be reached."""

import fcntl
import hashlib
import importlib.metadata
import platform
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from deploy.images import DOCKERFILES, REVISION_LABEL, ROOT
from deploy.package_lambda import PYTHON, find_python
from deploy.tools import Tools
from loopback.lambda_emulator import emulator
from tests.deploy.engine import Engine, missing

STAND_INS = Path(__file__).with_name("stand_ins")
# What CPython's extension modules are linked to, and what the real image has besides.
LIBRARIES = (
    "ca-certificates,libbz2-1.0,libexpat1,libffi8,liblzma5,libncursesw6,libreadline8,libsqlite3-0,libssl3,libuuid1,"
    "netbase,tzdata,zlib1g"
)
NOT_COPIED = shutil.ignore_patterns("__pycache__", "*.a", "test", "idlelib", "tkinter", "turtledemo", "site-packages")


def python_image(engine: Engine) -> str:
    """What Dockerfile starts from."""
    return _real(engine, "Dockerfile") or _stand_in(engine, "python")


def lambda_python_image(engine: Engine) -> str:
    """What Dockerfile.lambda starts from."""
    return _real(engine, "Dockerfile.lambda") or _stand_in(engine, "lambda")


def build(engine: Engine, kind: str, base: str, revision: str = "tested") -> str:
    """Build an image of this checkout over that base, and return its name, which no other checkout gives to its own."""
    checkout = hashlib.sha256(str(ROOT).encode()).hexdigest()[:12]
    name = f"localhost/shapeshift/{kind}:{revision}-{checkout}"
    arguments = ("--build-arg", f"PYTHON_IMAGE={base}", "--label", f"{REVISION_LABEL}={revision}")
    with _alone():
        dockerfile = str(ROOT / DOCKERFILES[kind])
        engine.run("build", "--network", "host", *arguments, "--tag", name, "--file", dockerfile, str(ROOT))
    return name


@contextmanager
def _alone() -> Iterator[None]:
    """One process at a time builds images: others then find the layers in the cache."""
    with (Path(tempfile.gettempdir()) / "shapeshift-images.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _real(engine: Engine, dockerfile: str) -> str | None:
    [name] = re.findall(r"^ARG PYTHON_IMAGE=(\S+)", (ROOT / dockerfile).read_text(), re.MULTILINE)
    return name if engine.has(name) or engine.attempt("pull", "--quiet", name).returncode == 0 else None


def _stand_in(engine: Engine, kind: str) -> str:
    name = f"localhost/stand-in/{kind}:{PYTHON}-{_recipe()}"
    python = _stand_in(engine, "python") if kind == "lambda" else ""
    with _alone(), tempfile.TemporaryDirectory() as directory:
        if engine.has(name):
            return name
        context = Path(directory)
        options = _runtime(context, python) if python else _debian_and_python(context)
        dockerfile = str(STAND_INS / f"{kind}.Dockerfile")
        engine.run("build", "--network", "host", "--tag", name, "--file", dockerfile, *options, directory)
    return name


def _recipe() -> str:
    """A hash of all that makes a stand-in: one of an older recipe is not used again."""
    digest = hashlib.sha256(importlib.metadata.version("awslambdaric").encode())
    for file in (Path(__file__), *sorted(STAND_INS.iterdir())):
        digest.update(file.read_bytes())
    return digest.hexdigest()[:12]


def _debian_and_python(context: Path) -> tuple[str, ...]:
    if not shutil.which("debootstrap") or platform.freedesktop_os_release().get("VERSION_CODENAME") != "bookworm":
        missing("no registry can be reached, and only Debian 12 with debootstrap can make stand-ins")
    root = context / "debian"
    _run("debootstrap", "--variant=minbase", f"--include={LIBRARIES}", "bookworm", str(root))
    shutil.copy("/etc/ssl/certs/ca-certificates.crt", root / "etc/ssl/certs/")  # whom this machine trusts
    left_out = ("dev", "var/cache/apt", "var/lib/apt/lists", "usr/share/doc", "usr/share/man", "usr/share/locale")
    excluded = [f"--exclude=./{each}/*" for each in left_out]
    _run("tar", "--create", "--file", str(context / "debian.tar"), "--directory", str(root), *excluded, ".")
    shutil.rmtree(root)
    prefix = Path(find_python(Tools())).parents[1]
    packages = f"lib/python{PYTHON}/site-packages"
    shutil.copytree(prefix / "lib", context / "python" / "lib", symlinks=True, ignore=NOT_COPIED)
    for pip in (prefix / packages).glob("pip*"):
        shutil.copytree(pip, context / "python" / packages / pip.name, ignore=shutil.ignore_patterns("__pycache__"))
    (context / "python" / "bin").mkdir()
    shutil.copy(prefix / "bin" / f"python{PYTHON}", context / "python" / "bin")
    return ()


def _runtime(context: Path, python: str) -> tuple[str, ...]:
    binary = emulator()
    assert binary
    shutil.copy(binary, context / "aws-lambda-rie")
    (context / "aws-lambda-rie").chmod(0o755)
    for script in ("bootstrap", "lambda-entrypoint.sh"):
        shutil.copy(STAND_INS / script, context)
    client = importlib.metadata.version("awslambdaric")
    return ("--build-arg", f"PYTHON={python}", "--build-arg", f"RUNTIME_CLIENT={client}")


def _run(*command: str) -> None:
    ran = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, f"{command[0]} failed:\n{ran.stdout[-2000:]}{ran.stderr[-2000:]}"
