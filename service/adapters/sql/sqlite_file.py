"""Whether an open SQLite file is still the one that everybody else finds at its path, and written by SQLite only."""

import logging
import os
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NoReturn
from urllib.parse import quote

from service.adapters.sql.sqlite_index import Identity, WalIndex, identity_at, identity_of, stat_at
from service.application.ports import StoreTrouble
from service.domain.errors import StoreUnavailable

logger = logging.getLogger("shapeshift.sqlite")

CHECK_SECONDS: Final = 0.25


class FileLost(StoreTrouble):
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

    def remember(self) -> None:
        """From now on, the file that is at the path is the one to be used, if there is one."""
        if self._identity is None:
            self._identity = identity_at(self.path)

    def find(self) -> None:
        """Call this before a connection is opened. Raises `FileNotFoundError` where there is no file yet."""
        self._check_known()
        self.remember()
        if self._identity is None:
            raise FileNotFoundError(f"There is no {self.path}: check `database_url`, or run `shapeshift migrate`.")
        self._check_identity(identity_at(self.path))

    def opened(self) -> OpenFiles:
        """Call this when a connection has been opened and has read: the files that belong to it."""
        self._check_identity(identity_at(self.path))
        real = self.path.resolve()
        wal = Path(f"{real}-wal")
        return OpenFiles(wal, identity_at(wal), WalIndex(Path(f"{real}-shm")))

    def check(self, files: OpenFiles) -> None:
        """Check that the file is at its path, and that only checkpoints have changed it.

        SQLite writes to a file in WAL mode at no other time.
        """
        self._check_known()
        with self._lock:
            before = files.index.checkpoints()
            found = stat_at(self.path)
            after = files.index.checkpoints()
            trouble = self._trouble(found, after if before == after else None)
        if trouble:
            self.lose(trouble)

    def check_if_due(self, files: OpenFiles) -> None:
        """Check the file and its companions, unless that was done a moment ago."""
        self._check_known()
        now = time.monotonic()
        if now - files.checked_at < CHECK_SECONDS:
            return
        self.check(files)
        if identity_at(files.wal) != files.wal_identity or not files.index.is_there():
            self.lose("was separated from its -wal or -shm file")
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

    def _check_identity(self, found: Identity | None) -> None:
        if found != self._identity:
            self.lose("was replaced by another file" if found else "was deleted")

    def _trouble(self, found: os.stat_result | None, checkpoints: object) -> str:
        """What has happened to the file, in words. Without `checkpoints`, SQLite itself may be changing its content."""
        if found is None:
            return "was deleted"
        if identity_of(found) != self._identity:
            return "was replaced by another file"
        if not found.st_size:
            return "was truncated"
        content = found.st_mtime_ns, found.st_size
        if checkpoints is not None and checkpoints != self._seen[0]:
            self._seen = checkpoints, content
        if checkpoints is not None and content != self._seen[1]:
            return "was truncated, overwritten or changed by something other than SQLite"
        return ""
