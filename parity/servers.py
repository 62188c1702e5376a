"""The servers that runtimes and stores need beside the service: one of each for a whole run."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from loopback.aws import in_environment, ministack
from loopback.postgresql import postgresql
from parity.cells import Cell
from parity.stores import Servers


@contextmanager
def servers_for(cells: Sequence[Cell], directory: Path) -> Iterator[Servers]:
    """Those that the cells need, on loopback, with their files in that directory."""
    stores, runtimes = {cell.store for cell in cells}, {cell.runtime for cell in cells}
    with ExitStack() as running:
        aws: dict[str, str] = {}
        if "dynamodb" in stores or "ecs" in runtimes:
            aws = running.enter_context(ministack(directory, "dynamodb,ssm"))
            running.enter_context(in_environment(aws))
        url = ""
        if "postgresql" in stores:
            url = running.enter_context(postgresql()).create_database()
        yield Servers(aws, url)
