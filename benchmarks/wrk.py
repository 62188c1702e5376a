"""Requests by wrk, which costs less than what it measures."""

import json
import shutil
import subprocess
from dataclasses import dataclass
from itertools import count
from pathlib import Path

SCRIPT = Path(__file__).with_name("wrk.lua")
CONNECTIONS = 32

Result = dict[str, int]

_words = count()


class BenchError(Exception):
    """The measurement is not possible or not valid; the text says what to do about it."""


@dataclass(frozen=True, slots=True)
class Load:
    """What came of a while of requests."""

    requests: int
    per_second: float
    median_ms: float
    p99_ms: float


def get(base_url: str, path: str, *, seconds: float, connections: int = CONNECTIONS) -> Load:
    """Get one path again and again. Raises `BenchError` if an answer is not a success."""
    return _load(_run(base_url, seconds, connections, "GET", path))


def create_users(base_url: str, *, seconds: float, connections: int = CONNECTIONS, with_keys: bool = False) -> Load:
    """Create one user after the other, each with an address of their own, and a key of its own. Raises as `get`."""
    return _load(_run(base_url, seconds, connections, "KEYED" if with_keys else "CREATE", f"{next(_words)}"))


def mixed(base_url: str, path: str, *, seconds: float) -> int:
    """Of ten requests one gets that path, one creates a user, and the others send what is invalid; how many in all."""
    result = _run(base_url, seconds, CONNECTIONS, "MIXED", path, f"{next(_words)}")
    if not 0 < result["refused"] < result["requests"]:
        raise BenchError(f"{base_url} {path}: none or all of the requests were refused: {result}")
    return int(result["requests"])


def found() -> bool:
    """Whether wrk is installed."""
    return shutil.which("wrk") is not None


def version() -> str:
    """Its own."""
    result = subprocess.run(["wrk", "--version"], capture_output=True, text=True, check=False).stdout
    return result.split()[1]


def _load(result: Result) -> Load:
    if result["refused"]:
        raise BenchError(f"Not all of the answers are successes: {result}")
    requests = result["requests"]
    return Load(requests, requests / result["microseconds"] * 1e6, result["median"] / 1000, result["p99"] / 1000)


def _run(base_url: str, seconds: float, connections: int, *words: str) -> Result:
    options = ("--threads", "1", "--connections", str(connections), "--duration", f"{seconds:g}s", "--latency")
    command = ["wrk", *options, "--timeout", "10s", "--script", str(SCRIPT), base_url, "--", *words]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    if ran.returncode:
        raise BenchError(f"wrk failed on {base_url} {' '.join(words)}:\n{ran.stdout}{ran.stderr}")
    result: Result = json.loads(ran.stdout.splitlines()[-1])
    if result["broken"] or not result["requests"]:
        raise BenchError(f"{base_url} {' '.join(words)}: requests were not answered: {result}")
    return result
