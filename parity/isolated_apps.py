"""An isolated app: one entrance to one runtime over one new, empty store, with predictable time and ids."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Self
from zlib import crc32

from dependency_injector.providers import Object

from containers.entrypoints.events import HttpEvent
from containers.runtimes import container_for
from loopback.platforms import PLATFORMS
from parity.calls import Answer, Call
from parity.cells import SERVER, Cell
from parity.entrances import Server, invoking
from parity.logs import access_log
from parity.playing import Entrance
from parity.stores import FRESH, SHARED, Servers

STEPS = (0, 0, 0, 0, 1, 3, 7, 250)
"""Milliseconds that may pass before a call. Where none pass, what is created has the same time as before."""

Prepare = Callable[[Cell, Any], None]


class Clock:
    """Advances before each call, by an amount that depends on its label: fewer calls never come further apart."""

    def __init__(self) -> None:
        self._now = datetime(2026, 1, 31, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self._now

    def advance(self, label: str) -> None:
        """Let the time before that call pass."""
        self._now += timedelta(milliseconds=STEPS[crc32(label.encode()) % len(STEPS)])


class IsolatedApp:
    """An entrance, and the clock of what is behind it."""

    def __init__(self, entrance: Entrance, clock: Clock) -> None:
        self._entrance = entrance
        self._clock = clock

    def answer(self, call: Call) -> Answer:
        """What is answered to the call, after the time before it has passed."""
        self._clock.advance(call.label)
        return self._entrance.answer(call)


def _new_id() -> Callable[[], str]:
    numbers = count(1)
    return lambda: f"01980000-0000-7000-8000-{next(numbers):012x}"


class IsolatedApps(ExitStack):
    """Opens apps, one after the other; what they can share is opened once. Use it in a `with` block."""

    def __init__(
        self,
        servers: Servers,
        directory: Path,
        *,
        http_event: type[HttpEvent] = HttpEvent,
        prepare: Prepare = lambda _cell, _container: None,
    ) -> None:
        """Files are kept in a directory of the caller's, best in memory: what is compared is not a disk.

        To see what would be found, `prepare` may change the container of a cell, and `http_event` how events are read.
        """
        super().__init__()
        self._servers = servers
        self._directory = directory
        self._http_event = http_event
        self._prepare = prepare
        self._shared: dict[tuple[str, str], Any] = {}

    def __enter__(self) -> Self:
        super().__enter__()
        self._log = self.enter_context(access_log())
        self._server = Server(self._log)
        self.callback(self._server.close)
        return self

    @contextmanager
    def open(self, cell: Cell, trusted_hops: int = 1, **further: str) -> Iterator[IsolatedApp]:
        """Return a new app, until the block ends."""
        with TemporaryDirectory(dir=self._directory) as name, ExitStack() as open_here:
            directory = Path(name)
            of_store = open_here.enter_context(FRESH[cell.store](self._servers, directory))
            settings = {
                "store": cell.store,
                "cursor_secret": "secret-of-parity",
                "trusted_hops": str(trusted_hops),
                **of_store,
                **further,
            }
            container: Any = container_for(PLATFORMS[cell.runtime](directory, self._servers.aws, settings))
            container.clock.override(Object(clock := Clock()))
            container.new_id.override(Object(_new_id()))
            self._share(cell, container)
            self._prepare(cell, container)
            container.migrate()
            yield IsolatedApp(open_here.enter_context(self._entered(cell, container.app())), clock)

    def _share(self, cell: Cell, container: Any) -> None:
        if cell.store in SHARED:
            provider, key = SHARED[cell.store](container), (cell.runtime, cell.store)
            if key not in self._shared:
                self._shared[key] = provider()
            provider.override(Object(self._shared[key]))

    def _entered(self, cell: Cell, app: Any) -> AbstractContextManager[Entrance]:
        if cell.entrance == SERVER:
            return self._server.serving(app)
        return invoking(app, cell.entrance, self._http_event, self._log)
