"""What SQLite notes about checkpoints in the WAL index, the file that ends in -shm."""

import os
import threading
from pathlib import Path
from typing import Final

Identity = tuple[int, int]
"""What identifies a file among all that exist at the same time: its device and its inode."""

_INDEX_BYTES: Final = 132

# Closing a file releases all locks that this process has on it, those of SQLite as well
# (https://sqlite.org/howtocorrupt.html, 2.2). So what was opened once is closed only when the file is gone.
_opened: dict[Identity, int] = {}
_lock = threading.Lock()


def stat_at(path: Path) -> os.stat_result | None:
    """What the system knows of the file that the path leads to, or None where there is no file."""
    try:
        return path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return None


def identity_of(found: os.stat_result) -> Identity:
    """The identity of a file."""
    return found.st_dev, found.st_ino


def identity_at(path: Path) -> Identity | None:
    """The identity of the file that the path leads to, or None where there is no file."""
    found = stat_at(path)
    return found and identity_of(found)


class WalIndex:
    """The WAL index of an open connection (https://sqlite.org/walformat.html, 2)."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._identity, self._descriptor = _open(path)

    def is_there(self) -> bool:
        """Whether its path still leads to it."""
        return identity_at(self._path) == self._identity

    def checkpoints(self) -> object:
        """What has been checkpointed so far, to be compared; None while a checkpoint is, or may be, under way.

        It is the WAL's salt, and how many of its frames are in the database file; under way is a checkpoint while
        SQLite attempts more than that.
        """
        index = os.pread(self._descriptor, _INDEX_BYTES, 0)
        salt, done, attempted = index[32:40], index[96:100], index[128:132]
        return (self._identity, salt, done) if done == attempted else None


def _open(path: Path) -> tuple[Identity, int]:
    with _lock:
        for identity, descriptor in [*_opened.items()]:
            if not os.fstat(descriptor).st_nlink:
                os.close(_opened.pop(identity))
        known = identity_at(path)
        if known in _opened:
            return known, _opened[known]
        descriptor = os.open(path, os.O_RDONLY)
        identity = identity_of(os.fstat(descriptor))
        _opened[identity] = descriptor
        return identity, descriptor
