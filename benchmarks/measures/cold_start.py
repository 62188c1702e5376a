"""A function's cold start: from the start of its process to the answer to its first request, over DynamoDB."""

import json
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from benchmarks.bench import Bench
from benchmarks.events import create_user
from benchmarks.ratios import Row, at_most, compare
from benchmarks.subjects import FUNCTIONS
from benchmarks.wrk import BenchError
from loopback.aws import dynamodb_stub
from loopback.lambda_emulator import function

SUBJECTS = ("ours", "fastapi_boto3", "fastapi_slim", "powertools", "bare_handler")
MILLISECONDS = 5
ROUNDS, QUICK_ROUNDS = 19, 7
GOALS = {"fastapi_boto3": at_most(0.70), "powertools": at_most(0.95)}


def measure(bench: Bench) -> Iterator[Row]:
    """In AWS's emulator and with AWS's runtime client: each as its image lays it out, compiled, and alone."""
    event = create_user("http_api")
    with dynamodb_stub(MILLISECONDS) as aws:
        environ = aws | {"USERS_TABLE": "users"}
        probes = {each: partial(start, each, bench.place(each), environ, event) for each in SUBJECTS}
        for probe in probes.values():
            probe()  # what the system's cache of files does for the second is no merit of the second
        times = bench.alternate("cold start", probes, bench.pick(ROUNDS, QUICK_ROUNDS))
    for over in SUBJECTS[1:]:
        yield compare("cold start, first POST over DynamoDB", times, "ours", over, GOALS.get(over), "ms")


def start(subject: str, directory: Path, environ: dict[str, str], event: Any) -> float:
    """Return the milliseconds to the answer. The emulator starts a function's process when the first event arrives."""
    content = json.dumps(event).encode()
    with function(directory, FUNCTIONS[subject].command(), **{**FUNCTIONS[subject].environ, **environ}) as started:
        began = time.perf_counter()
        try:
            with urlopen(Request(started.url, content), timeout=30) as response:  # noqa: S310  # on loopback
                answer = response.read()
        except HTTPError as error:
            answer = error.read()
        milliseconds = (time.perf_counter() - began) * 1000
        if b'"statusCode": 201' not in answer:
            raise BenchError(f"{subject} answered {answer!r}; its log:\n{started.log.read_text()}")
    return milliseconds
