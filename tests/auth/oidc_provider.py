"""npm's oidc-provider (OpenID Certified) on loopback: its package is installed once, below `var`, from its lock."""

import hashlib
import json
import os
import shutil
import socket
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import httpx
import pytest

from tests.auth.tokens import AUDIENCE, EVERYTHING
from tests.runtimes.processes import wait_until

_SOURCES: Final = Path(__file__).with_name("identity_provider")
_VAR: Final = Path(__file__).parents[2] / "var"
NODE: Final = shutil.which("node")


def skip_without_node() -> None:
    """Skip a test that needs Node.js where that is not installed; in continuous integration it fails instead."""
    if not (NODE and shutil.which("npm")) and "CI" not in os.environ:
        pytest.skip("the identity provider needs Node.js: apt-get install nodejs npm")


def free_port() -> int:
    """A port on which nothing listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


@contextmanager
def identity_provider(clients: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """The provider with these clients, until the end of the block; its issuer."""
    skip_without_node()
    directory, port = _installed(), free_port()
    settings = json.dumps({"audience": AUDIENCE, "scopes": EVERYTHING, "clients": clients})
    log = directory / f"provider-{port}.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [NODE or "node", "provider.mjs", str(port), settings],
            cwd=directory,
            env={"PATH": os.environ["PATH"], "NODE_ENV": "test"},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    issuer = f"http://127.0.0.1:{port}"

    def answers() -> bool:
        assert process.poll() is None, log.read_text()
        try:
            return httpx.get(f"{issuer}/jwks", trust_env=False, verify=False).status_code == 200
        except httpx.TransportError:
            return False

    try:
        wait_until(answers, log.read_text)
        yield issuer
    finally:
        process.terminate()
        process.wait()
        log.unlink()


def _installed() -> Path:
    """The folder that has the provider and its packages. Another version of them gets another folder."""
    files = sorted(each for each in _SOURCES.iterdir() if each.is_file())
    version = hashlib.sha256(b"".join(each.read_bytes() for each in files)).hexdigest()[:12]
    folder = _VAR / f"oidc-provider-{version}"
    if folder.is_dir():
        return folder
    draft = folder.with_suffix(f".{os.getpid()}")
    shutil.copytree(_SOURCES, draft)
    npm = ["npm", "ci", "--silent", "--no-audit", "--no-fund", "--ignore-scripts"]
    done = subprocess.run(npm, cwd=draft, capture_output=True, text=True, check=False)
    if done.returncode:
        shutil.rmtree(draft)
        message = f"npm cannot install oidc-provider: {done.stderr.strip() or done.stdout.strip()}"
        pytest.fail(message) if "CI" in os.environ else pytest.skip(message)
    try:
        draft.rename(folder)  # another process may have been faster
    except OSError:
        shutil.rmtree(draft)
    return folder
