"""A world: one entrance to one runtime over one store, fresh and empty, in which time and ids are foreseeable."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from itertools import accumulate, count, cycle
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Self

from dependency_injector.providers import Object

from containers.entrypoints.events import HttpEvent
from containers.runtimes import container_for
from loopback.platforms import PLATFORMS
from parity.cells import SERVER, Cell
from parity.entrances import Server, invoking
from parity.logs import access_log
from parity.playing import Entrance
from parity.stores import FRESH, Servers

_STEPS = (0, 1, 0, 7, 3, 0, 0, 250)
"""Milliseconds from one look at the clock to the next; where it is none, there is a tie."""

Prepare = Callable[[Cell, Any], None]


def _clock() -> Callable[[], datetime]:
    noon = datetime(2026, 1, 31, 12, tzinfo=UTC)
    moments = accumulate(cycle(_STEPS), lambda moment, step: moment + timedelta(milliseconds=step), initial=noon)
    return lambda: next(moments)


def _new_id() -> Callable[[], str]:
    numbers = count(1)
    return lambda: f"01980000-0000-7000-8000-{next(numbers):012x}"


class Worlds(ExitStack):
    """Opens worlds, one after the other; what they can share is opened once. Leave it by a `with` block."""

    def __init__(
        self,
        servers: Servers,
        directory: Path,
        *,
        http_event: type[HttpEvent] = HttpEvent,
        prepare: Prepare = lambda _cell, _container: None,
    ) -> None:
        """Files are kept in a directory of the caller's.

        To see what would be found, `prepare` may change the container of a cell, and `http_event` how events are read.
        """
        super().__init__()
        self._servers = servers
        self._directory = directory
        self._http_event = http_event
        self._prepare = prepare

    def __enter__(self) -> Self:
        super().__enter__()
        self._log = self.enter_context(access_log())
        self._server = Server(self._log)
        self.callback(self._server.close)
        return self

    @contextmanager
    def open(self, cell: Cell, trusted_hops: int = 1) -> Iterator[Entrance]:
        """A new world, until the block ends."""
        with TemporaryDirectory(dir=self._directory) as name, ExitStack() as open_here:
            directory = Path(name)
            of_store = open_here.enter_context(FRESH[cell.store](self._servers, directory))
            settings = {
                "store": cell.store,
                "cursor_secret": "parity",
                "trusted_hops": str(trusted_hops),
                **of_store,
            }
            container: Any = container_for(PLATFORMS[cell.runtime](directory, self._servers.aws, settings))
            container.clock.override(Object(_clock()))
            container.new_id.override(Object(_new_id()))
            self._prepare(cell, container)
            container.migrate()
            yield open_here.enter_context(self._entered(cell, container.app()))

    def _entered(self, cell: Cell, app: Any) -> AbstractContextManager[Entrance]:
        if cell.entrance == SERVER:
            return self._server.serving(app)
        return invoking(app, cell.entrance, self._http_event, self._log)
