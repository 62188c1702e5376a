"""What people and programs are shown of a run."""

import json
from pathlib import Path

from benchmarks.ratios import Row, at_least, at_most, compare
from benchmarks.report import markdown, summary, write

ROWS: list[Row] = [
    compare("cold", {"ours": [7.0, 9.0], "fastapi_boto3": [10.0, 10.0]}, "ours", "fastapi_boto3", at_most(0.95), "ms"),
    compare("load", {"ours": [1.0], "fastapi_memory": [2.0]}, "ours", "fastapi_memory", at_least(1.5), "requests/s"),
]


def page() -> str:
    return markdown(ROWS, 600, "usual", {"Python": "3.13.0"})


def test_the_data_has_a_name_a_ratio_a_goal_and_whether_it_is_met(tmp_path: Path) -> None:
    write(tmp_path, ROWS, page())

    cold, throughput = json.loads((tmp_path / "benchmarks.json").read_text())
    assert (cold["name"], cold["ratio"], cold["at"], cold["goal"], cold["met"]) == ("cold", 0.8, "most", 0.95, True)
    assert (throughput["ratio"], throughput["at"], throughput["goal"], throughput["met"]) == (0.5, "least", 1.5, False)
    assert (cold["low"], cold["high"], cold["rounds"]) == (0.75, 0.85, 2)


def test_a_ratio_without_a_goal_is_shown_on_the_page_and_is_no_part_of_the_data(tmp_path: Path) -> None:
    told = compare("cold", {"ours": [3.0], "powertools": [2.0]}, "ours", "powertools", None, "ms")
    rows = [*ROWS, told]

    text = markdown(rows, 600, "usual", {})
    write(tmp_path, rows, text)

    assert "| cold | Powertools + boto3 | 1.50 | one round |  |  |" in text
    assert "1 of 2 goals are met." in text
    assert len(json.loads((tmp_path / "benchmarks.json").read_text())) == 2


def test_what_is_not_met_is_named() -> None:
    assert summary(ROWS) == "1 of 2 goals are met. Not met: load over FastAPI."
    assert summary(ROWS[:1]) == "1 of 1 goals are met."


def test_the_page_says_what_it_is_not_and_shows_every_row_with_its_spread() -> None:
    text = page()

    assert "It is not a\nmeasurement on AWS" in text
    assert "| cold | FastAPI + Mangum + boto3 | 0.800 | 0.750 to 0.850 | at most 0.95 | ✓ |" in text
    assert "| load | FastAPI | 0.500 | one round | at least 1.5 | ✗ |" in text
    assert "Python 3.13.0" in text
