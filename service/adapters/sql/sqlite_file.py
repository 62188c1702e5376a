"""Whether an open SQLite file is still the one that everybody else finds at its path, and written by SQLite only."""

import logging
import os
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NoReturn
from urllib.parse import quote

from service.adapters.sql.sqlite_index import Identity, WalIndex, identity_of
from service.domain.errors import StoreUnavailable

logger = logging.getLogger("shapeshift.sqlite")

CHECK_SECONDS: Final = 0.25


class FileLost(Exception):
    """The database file is not what it was when it was opened; the text says what an operator must do."""


@dataclass
class OpenFiles:
    """What one connection has open beside the database file, and when that was last checked."""

    wal: Path
    wal_identity: Identity | None
    index: WalIndex
    checked_at: float = float("-inf")


class DatabaseFile:
    """Notices that an open database file was deleted, replaced, truncated or overwritten.

    SQLite itself goes on with the file that it has open, and what it writes there nobody will find. So this is final:
    from then on every method raises `StoreUnavailable`, until the process is started again. Methods block, for system
    calls, and may be called from any thread.
    """

    def __init__(self, path: str) -> None:
        self.path = Path(path).absolute()
        self._lock = threading.Lock()
        self._lost: FileLost | None = None
        self._identity: Identity | None = None
        self._seen: tuple[object, object] = (None, None)

    def uri(self, mode: str) -> str:
        """The file as SQLite's URI (https://sqlite.org/uri.html): mode `rwc` creates it, `rw` does not."""
        return f"file:{quote(str(self.path))}?mode={mode}"

    def find(self) -> None:
        """Call this before a connection is opened. Raises `FileNotFoundError` where there is no file yet."""
        with self._lock:
            self._identity = self._identity or identity_of(self.path)
            if self._identity is None:
                raise FileNotFoundError(
                    f"There is no file {self.path}: check `database_url`; run `shapeshift migrate`."
                )
        self.check_path()

    def opened(self) -> OpenFiles:
        """Call this when a connection has been opened and has read: the files that belong to it."""
        self.check_path()
        real = self.path.resolve()
        wal = Path(f"{real}-wal")
        return OpenFiles(wal, identity_of(wal), WalIndex(Path(f"{real}-shm")))

    def check_path(self) -> None:
        """Check that the path leads to the file that was opened. Costs one system call."""
        self._check_known()
        found = identity_of(self.path)
        if found != self._identity:
            self.lose("was replaced by another file" if found else "was deleted")

    def check_if_due(self, files: OpenFiles) -> None:
        """Check everything that can be seen from outside, unless that was done a moment ago."""
        self._check_known()
        now = time.monotonic()
        if now - files.checked_at < CHECK_SECONDS:
            return
        self.check_path()
        if identity_of(files.wal) != files.wal_identity or not files.index.is_there():
            self.lose("was separated from its -wal or -shm file")
        with self._lock:
            intact = self._is_intact(files.index)
        if not intact:
            self.lose("was truncated, overwritten or changed by something other than SQLite")
        files.checked_at = now

    def check_writable(self) -> None:
        """Raise `PermissionError` if this process may not write to the file. Opening it does not show that."""
        if not os.access(self.path, os.W_OK):
            raise PermissionError(f"{self.path} is read-only: let this process write to it and to its directory.")

    def lose(self, what: str) -> NoReturn:
        """From now on the file is lost. `what` says in words what happened to it."""
        with self._lock:
            if self._lost is None:
                self._lost = FileLost(
                    f"The database file {self.path} {what}. It is not used any more, because writes would be lost. "
                    "Stop every process that uses it; put the right file in place, with the -wal file that belongs to "
                    "it or none; run `shapeshift migrate`; then start again."
                )
                logger.error("%s", self._lost)
        raise StoreUnavailable from self._lost

    def _check_known(self) -> None:
        if self._lost:
            raise StoreUnavailable from self._lost

    def _is_intact(self, index: WalIndex) -> bool:
        """Whether only checkpoints changed the file: in WAL mode, SQLite writes to it at no other time."""
        before = index.checkpoints()
        found = self.path.stat()
        after = index.checkpoints()
        if not found.st_size:
            return False
        if after is None or before != after:
            return True  # a checkpoint is under way, or was
        content = found.st_mtime_ns, found.st_size
        if after == self._seen[0]:
            return content == self._seen[1]
        self._seen = after, content
        return True
