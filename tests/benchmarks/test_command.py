"""`make bench`, as the person who runs it meets it."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks import wrk
from benchmarks.environments import environment
from benchmarks.processes import run, serving
from benchmarks.programs import python
from benchmarks.ratios import at_least, at_most, compare
from benchmarks.report import write
from benchmarks.wrk import BenchError

ROOT = Path(__file__).parents[2]

needs_wrk = pytest.mark.skipif(not wrk.found() and "CI" not in os.environ, reason="wrk is not installed")


def bench(*arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "benchmarks", *arguments]
    return subprocess.run(
        command, cwd=ROOT, env={"PATH": os.environ["PATH"], **environ}, capture_output=True, text=True, check=False
    )


def test_without_its_tools_it_measures_nothing_and_says_what_to_install() -> None:
    ran = bench("--quick", PATH="/nowhere")

    assert ran.returncode == 1
    assert "apt-get install wrk" in ran.stderr
    assert "Traceback" not in ran.stderr


@needs_wrk
def test_one_measure_is_shown_with_its_goals_and_not_written(tmp_path: Path) -> None:
    ran = bench("--quick", "--only", "container_cost", "--docs", str(tmp_path), COLUMNS="200")

    assert ran.returncode == 0, ran.stderr
    assert "container cost, request" in ran.stdout
    assert "of 2 goals are met." in ran.stdout
    assert [*tmp_path.iterdir()] == []


def test_a_picture_is_drawn_of_what_was_written(tmp_path: Path) -> None:
    rows = [
        compare("cold", {"ours": [7.0, 9.0], "theirs": [10.0, 10.0]}, "ours", "theirs", at_most(0.95), "ms"),
        compare("load", {"ours": [1.0], "theirs": [2.0]}, "ours", "theirs", at_least(1.5), "requests/s"),
        compare("warm", {"ours": [1.0, 2.0], "theirs": [1.0, 1.0]}, "ours", "theirs", at_most(1.3), "µs"),
    ]
    write(tmp_path, rows, [], "a page")
    data, picture = tmp_path / "benchmarks.json", tmp_path / "benchmarks.png"

    code = f"from benchmarks.chart import draw; draw({str(data)!r}, {str(picture)!r})"
    run(python(code, environment("chart")), tmp_path, {"MPLCONFIGDIR": str(tmp_path)})

    assert picture.read_bytes().startswith(b"\x89PNG")
    assert [each["met"] for each in json.loads(data.read_text())] == [True, False, None]


@needs_wrk
def test_answers_that_are_no_successes_are_no_measurement(tmp_path: Path) -> None:
    with serving("ours", tmp_path, {"STORE": "memory"}) as server:
        assert wrk.create_users(server.base_url, seconds=1).per_second > 0
        with pytest.raises(BenchError, match="successes"):
            wrk.get(server.base_url, "/api/users/nobody", seconds=1)
    with pytest.raises(BenchError, match="wrk failed"):
        wrk.get(server.base_url, "/api/health/live", seconds=1)


def test_the_makefile_runs_it() -> None:
    make = shutil.which("make")
    assert make
    said = subprocess.run([make, "-n", "bench", "BENCH=quick"], cwd=ROOT, capture_output=True, text=True, check=True)

    assert ".venv/bin/python -m benchmarks --quick\n" in said.stdout
