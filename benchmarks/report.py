"""The rows as docs/benchmarks.json, docs/benchmarks.md and in the terminal."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from rich.table import Table

from benchmarks.costs import Cost
from benchmarks.ratios import Row

ROOT: Final = Path(__file__).parents[1]
HEADER: Final = ("what", "beside", "ratio", "half of the rounds", "goal", "met")
COSTS_HEADER: Final = (
    *("runtime", "store", "request", "processor ms", "ms until the answer", "requests at once", "requests/s", "MB"),
)

_TITLES: Final[Mapping[str, str]] = {
    "fastapi_boto3": "FastAPI + Mangum + boto3",
    "fastapi_slim": "the same, made as slim as ours",
    "fastapi_memory": "FastAPI",
    "fastapi_sqlalchemy": "FastAPI + SQLAlchemy's ORM",
    "powertools": "Powertools + boto3",
    "bare_asgi": "bare ASGI",
    "bare_handler": "a bare handler with boto3",
}


_MARKS: Final = {True: "✓", False: "✗", None: "not decided"}


def cells(row: Row) -> tuple[str, ...]:
    """A row as it is shown, under `HEADER`."""
    spread = f"{row.low:#.3g} to {row.high:#.3g}" if row.rounds > 1 else "one round"
    goal, met = (str(row.goal), _MARKS[row.met]) if row.goal else ("", "")
    return row.name, title(row.over), f"{row.ratio:#.3g}", spread, goal, met


def terminal(rows: Sequence[Row]) -> Table:
    """The table for the terminal."""
    table = Table(*HEADER, title="ours, beside others", title_justify="left")
    for row in rows:
        table.add_row(*cells(row), style="red" if row.met is False else None)
    return table


def terminal_costs(costs: Sequence[Cost]) -> Table:
    """The table of what requests cost."""
    table = Table(*COSTS_HEADER, title="what a request costs", title_justify="left")
    for each in costs:
        table.add_row(each.runtime, each.store, *map(str, each.figures()))
    return table


def summary(rows: Sequence[Row]) -> str:
    """How many goals are met, and which are not, or not decided."""
    goals = [row for row in rows if row.goal]
    sentences = [f"{sum(row.met is True for row in goals)} of {len(goals)} goals are met."]
    for what, met in (("Not met", False), ("Not decided", None)):
        named = "; ".join(f"{row.name} over {title(row.over)}" for row in goals if row.met is met)
        sentences += [f"{what}: {named}."] if named else []
    return " ".join(sentences)


def markdown(rows: Sequence[Row], costs: Sequence[Cost], seconds: float, size: str, versions: Mapping[str, str]) -> str:
    """The page docs/benchmarks.md."""
    return _PAGE.format(
        summary=summary(rows),
        table=_table(HEADER, map(cells, rows)),
        medians=_table(("what", "medians", "unit"), [(row.name, _medians(row), row.unit) for row in _once(rows)]),
        costs=_table(COSTS_HEADER, [(each.runtime, each.store, *map(str, each.figures())) for each in costs]),
        size=size,
        minutes=f"{seconds / 60:.0f}",
        versions=", ".join(f"{name} {number}" for name, number in versions.items()),
    )


def write(docs: Path, rows: Sequence[Row], costs: Sequence[Cost], page: str) -> None:
    """Write the page and the data; the picture is drawn from the rows."""
    data = [{**row.as_json(), "beside": title(row.over)} for row in rows if row.goal]
    (docs / "benchmarks.json").write_text(json.dumps(data, indent=2) + "\n")
    (docs / "costs.json").write_text(json.dumps([each.as_json() for each in costs], indent=2) + "\n")
    (docs / "benchmarks.md").write_text(page)


def title(subject: str) -> str:
    """What a subject is called for people."""
    return _TITLES.get(subject, subject)


def _table(header: Sequence[str], rows: "Sequence[Sequence[str]] | map[tuple[str, ...]]") -> str:
    return "\n".join(f"| {' | '.join(each)} |" for each in (header, ["---"] * len(header), *rows))


def _medians(row: Row) -> str:
    return ", ".join(f"{title(subject)} {value:.4g}" for subject, value in row.medians.items())


def _once(rows: Sequence[Row]) -> list[Row]:
    """One row of those that come from the same measurements."""
    return list({(row.name, *row.medians.items()): row for row in rows}.values())


_PAGE: Final = """\
# Benchmarks

{summary}

Each figure is a ratio: ours over what a user would choose instead, measured side by side in one run, in turns. It is
the median of the ratios of all rounds, with the two values between which half of the rounds lie. **It is not a
measurement on AWS**, and milliseconds depend on the machine; ratios depend on the code. `make bench` writes this page.

{table}

![Each ratio beside its goal](benchmarks.png)

## What is measured

The others are written as their users would write them ([benchmarks/peers](../benchmarks/peers)); they do the same work
with the same validation and give the same answers, which a test holds them to, and each request writes one line to the
access log. Each subject runs in an environment of its own, made from a lock and compiled; ours is laid out as our
images lay it out ([deploy/slim.py](../deploy/slim.py)).

- **Cold start**: AWS's emulator and runtime client; from the start of the process to the answer to `POST /api/users`
  over DynamoDB, which a stub on loopback answers after 5 ms. FastAPI is as large as pip installs it, and then with the
  same taken out of boto3 as we take out.
- **Warm invocation**: processor time of the handler in process, over memory. Behind an ALB bare ASGI and FastAPI have
  Mangum's own reader of its events, which takes longer than ours ([ADR 9](adr/0009-our-own-reading-of-events.md)).
- **Throughput, p99**: uvicorn with one worker, wrk with 32 connections, over memory; then over a real PostgreSQL; then
  over the stub of DynamoDB, beside as many bare threads that do nothing but call boto3, as it is and then configured as
  ours is: with a fixed user agent, and without checks of what is sent.
- **Growth**: one user, and a page from the middle of the list, among a thousand to a million users, over those among a
  thousand; then 256 connections, over the rate at the peak, which is that of 16, 64 or 256.
- **Memory**: resident size when it has started, and after requests of which one in ten reads a user, one creates one,
  and the others are refused.
- **Container cost**: the application out of its container, over the same one put together by hand; in the development
  environment.

Where the middle half of the rounds lies on both sides of a goal, the goal is not decided (`met` is null in
[benchmarks.json](benchmarks.json)): another run could say something else. The goals of p99, of the growth of memory and
of building the container are our own. Where there is no goal, the ratio is only sentences.

## The medians

{medians}

## What a request costs

For a calculation of what each compute costs, also in [costs.json](costs.json): medians over the same stub of DynamoDB,
which answers after 5 ms, and over SQLite on a laptop. Processor time is what the service's process used, with its
server; of a function, without AWS's runtime client. A function has one request at a time. Servers have one worker, and
so many requests at once that the requests a second are about what one core serves. Memory is resident, after this load.

{costs}

## The run

A {size} run, {minutes} minutes. {versions}.
"""
