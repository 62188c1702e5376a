"""Run in the one environment that has matplotlib: draws docs/benchmarks.png.

Each ratio is drawn as how many times better than its goal it is, so that all are better to the right.
"""

import json
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib import pyplot as plt

COLORS = {True: "#1b7f5c", False: "#b3372f", None: "#8a6d1f"}
"""By whether a goal is met; None where that is not decided."""


def better(value: float, row: dict[str, Any]) -> float:
    """How many times better than the row's goal a ratio is: 1 just meets it."""
    goal: float = row["goal"]
    return value / goal if row["at"] == "least" else goal / value


def draw(data: str, out: str) -> None:
    """Write the picture of the rows in that file."""
    rows: list[dict[str, Any]] = json.loads(Path(data).read_text())
    mpl.use("Agg")
    figure, axes = plt.subplots(figsize=(10, 0.3 * len(rows) + 1.4), layout="constrained")
    for at, row in enumerate(rows):
        ratio, low, high = (better(row[key], row) for key in ("ratio", "low", "high"))
        color = COLORS[row["met"]]
        axes.plot([low, high], [at, at], color=color, linewidth=3, alpha=0.4, solid_capstyle="round")
        axes.plot(ratio, at, "o", color=color)
        axes.annotate(
            f"{row['ratio']:.2f}, at {row['at']} {row['goal']:g}",
            (1.01, at),
            xycoords=("axes fraction", "data"),
            va="center",
        )
    axes.axvline(1, color="#555", linewidth=1)
    axes.set_xscale("log", base=2)
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:g} times")
    axes.set_yticks(range(len(rows)), [f"{row['name']}, over {row['beside']}" for row in rows])
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.grid(axis="x", alpha=0.3)
    axes.set_xlabel("better than its goal (at the line: just met)")
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    figure.savefig(out, dpi=110)
