"""What people and programs are shown of a run."""

import json
from pathlib import Path

from benchmarks.costs import Cost
from benchmarks.ratios import Row, at_least, at_most, compare
from benchmarks.report import markdown, summary, write

ROWS: list[Row] = [
    compare("cold", {"ours": [7.0, 9.0], "fastapi_boto3": [10.0, 10.0]}, "ours", "fastapi_boto3", at_most(0.95), "ms"),
    compare("load", {"ours": [1.0], "fastapi_memory": [2.0]}, "ours", "fastapi_memory", at_least(1.5), "requests/s"),
]
COSTS = [Cost("ecs", "dynamodb", "GET", 0.4567, 12.345, 32, 2100.4, 69.04)]


def page() -> str:
    return markdown(ROWS, COSTS, 600, "usual", {"Python": "3.13.0"})


def test_the_data_has_a_name_a_ratio_a_goal_and_whether_it_is_met(tmp_path: Path) -> None:
    write(tmp_path, ROWS, COSTS, page())

    cold, throughput = json.loads((tmp_path / "benchmarks.json").read_text())
    assert (cold["name"], cold["ratio"], cold["at"], cold["goal"], cold["met"]) == ("cold", 0.8, "most", 0.95, True)
    assert (throughput["ratio"], throughput["at"], throughput["goal"], throughput["met"]) == (0.5, "least", 1.5, False)
    assert (cold["low"], cold["high"], cold["rounds"]) == (0.75, 0.85, 2)


def test_a_ratio_without_a_goal_is_shown_on_the_page_and_is_no_part_of_the_data(tmp_path: Path) -> None:
    told = compare("cold", {"ours": [3.0], "powertools": [2.0]}, "ours", "powertools", None, "ms")
    rows = [*ROWS, told]

    text = markdown(rows, [], 600, "usual", {})
    write(tmp_path, rows, [], text)

    assert "| cold | Powertools + boto3 | 1.50 | one round |  |  |" in text
    assert "1 of 2 goals are met." in text
    assert len(json.loads((tmp_path / "benchmarks.json").read_text())) == 2


def test_what_is_not_met_is_named() -> None:
    assert summary(ROWS) == "1 of 2 goals are met. Not met: load over FastAPI."
    assert summary(ROWS[:1]) == "1 of 1 goals are met."


def test_a_goal_within_the_spread_is_not_decided(tmp_path: Path) -> None:
    """It would flip between runs."""
    samples = {"ours": [9.0, 9.4, 9.6, 10.0], "powertools": [10.0] * 4}
    rows = [*ROWS, compare("cold", samples, "ours", "powertools", at_most(0.95), "ms")]

    write(tmp_path, rows, [], "a page")

    assert json.loads((tmp_path / "benchmarks.json").read_text())[2]["met"] is None
    assert (
        summary(rows) == "1 of 3 goals are met. Not met: load over FastAPI. Not decided: cold over Powertools + boto3."
    )
    assert "| cold | Powertools + boto3 | 0.950 | 0.930 to 0.970 | at most 0.95 | not decided |" in markdown(
        rows, [], 600, "usual", {}
    )


def test_what_a_request_costs_is_data_of_its_own(tmp_path: Path) -> None:
    write(tmp_path, ROWS, COSTS, page())

    assert json.loads((tmp_path / "costs.json").read_text()) == [
        {
            "runtime": "ecs",
            "store": "dynamodb",
            "request": "GET",
            "processor_ms": 0.457,
            "answer_ms": 12.3,
            "concurrency": 32,
            "per_second": 2100,
            "memory_mb": 69.0,
        }
    ]
    assert "| ecs | dynamodb | GET | 0.457 | 12.3 | 32 | 2100 | 69.0 |" in page()


def test_the_page_says_what_it_is_not_and_shows_every_row_with_its_spread() -> None:
    text = page()

    assert "It is not a\nmeasurement on AWS" in text
    assert "| cold | FastAPI + Mangum + boto3 | 0.800 | 0.750 to 0.850 | at most 0.95 | ✓ |" in text
    assert "| load | FastAPI | 0.500 | one round | at least 1.5 | ✗ |" in text
    assert "Python 3.13.0" in text
