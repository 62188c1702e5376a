"""Where servers keep files that are deleted when they stop."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

_IN_MEMORY: Final = Path("/dev/shm")  # the directories in it have names that nobody can foresee
_ENOUGH_BYTES: Final = 2 << 30


@contextmanager
def scratch_directory(prefix: str) -> Iterator[Path]:
    """A directory in memory where Linux has room for it, else on the disk.

    A disk that others keep busy makes a database slow, and deleting its thousands of files slower still.
    """
    in_memory = _IN_MEMORY.is_dir() and shutil.disk_usage(_IN_MEMORY).free >= _ENOUGH_BYTES
    place = _IN_MEMORY if in_memory else None
    with TemporaryDirectory(prefix=prefix, dir=place, ignore_cleanup_errors=True) as directory:
        yield Path(directory)
