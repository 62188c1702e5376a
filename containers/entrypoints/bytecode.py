"""Finds modules in one file that has the bytecode of all of them, which `deploy/bytecode.py` writes for a function.

To find each module in directories and to open a file for it is a sixteenth of a cold start. Only where the bytecode
comes from is different: modules keep their paths, so that tracebacks show lines and data beside modules is found.
"""

import importlib.util
import marshal
import os
import sys
from collections.abc import Mapping, Sequence
from importlib.machinery import ModuleSpec, SourceFileLoader
from pathlib import Path
from types import CodeType, ModuleType
from typing import Final, NamedTuple

NAME: Final = "modules.bytecode"
"""The file, beside the packages. It begins with the magic number of the Python that can read it, and the length of
its index: by a module's name, its path, whether it is a package, and where its code is."""

HEAD_BYTES: Final = 12


class Place(NamedTuple):
    """Where a module is, below the directory, and where its code is, after the index."""

    path: str
    is_package: bool
    offset: int
    size: int


class _Loader(SourceFileLoader):
    def __init__(self, name: str, path: str, file: int, offset: int, size: int) -> None:
        super().__init__(name, path)
        self._code = file, size, offset

    def get_code(self, fullname: str) -> CodeType:  # noqa: ARG002  # the module of this loader
        code: CodeType = marshal.loads(os.pread(*self._code))  # noqa: S302  # our own
        return code


class BytecodeFinder:
    """A finder for `sys.meta_path`. What is not in the file is left to the other finders."""

    def __init__(self, directory: Path, file: int, size: int) -> None:
        self._directory = str(directory)
        self._file = file
        self._index: Mapping[str, tuple[str, bool, int, int]] = marshal.loads(os.pread(file, size, HEAD_BYTES))  # noqa: S302  # our own
        self._begin = HEAD_BYTES + size

    def find_spec(
        self,
        name: str,
        path: Sequence[str] | None = None,  # noqa: ARG002  # Python's signature
        target: ModuleType | None = None,  # noqa: ARG002
    ) -> ModuleSpec | None:
        """The module's specification, unless the file does not have it."""
        found = self._index.get(name)
        if found is None:
            return None
        place = Place(*found)
        location = f"{self._directory}/{place.path}"
        return importlib.util.spec_from_file_location(
            name,
            location,
            loader=_Loader(name, location, self._file, self._begin + place.offset, place.size),
            submodule_search_locations=[location.rpartition("/")[0]] if place.is_package else None,
        )


def use_bytecode(directory: Path = Path(__file__).parents[2]) -> None:
    """Find modules in the directory's file of bytecode first, if there is one that this Python can read."""
    try:
        file = os.open(directory / NAME, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    head = os.pread(file, HEAD_BYTES, 0)
    if head[:4] != importlib.util.MAGIC_NUMBER:
        os.close(file)
        return
    sys.meta_path.insert(0, BytecodeFinder(directory, file, int.from_bytes(head[4:], "little")))
