"""What dependency injection costs: the same application out of a container and put together by hand."""

import json
import subprocess
import sys
from collections.abc import Iterator

from benchmarks.bench import Bench
from benchmarks.ratios import Row, at_most, compare

ROUNDS, QUICK_ROUNDS = 51, 15
GOALS = {
    "build": at_most(1.5),
    "request": at_most(1.05),  # no difference beyond noise
}


def measure(bench: Bench) -> Iterator[Row]:
    """Building the application, and a request to it in process."""
    with bench.steps("container cost", 1):
        rounds = str(bench.pick(ROUNDS, QUICK_ROUNDS))
        command = [sys.executable, "-m", "benchmarks.container_cost", rounds]
        ran = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=True)
    for what, seconds in json.loads(ran.stderr).items():
        microseconds = {subject: [each * 1e6 for each in rounds] for subject, rounds in seconds.items()}
        yield compare(f"container cost, {what}", microseconds, "ours", "by hand", GOALS[what], "µs")
