"""Run while a function is built, after slim.py: moves the bytecode of all its modules into one file.

    python bytecode.py DIRECTORY

`containers/entrypoints/bytecode.py` reads it, and says why. What Python loads before that keeps files of its own.
"""

import importlib.util
import marshal
import sys
from collections.abc import Mapping
from pathlib import Path

NAME = "modules.bytecode"
HEAD_BYTES = 12
PYC_HEAD_BYTES = 16
_WITHOUT_REFERENCES = 2  # a version of marshal's format that depends on nothing but the values
LOADED_BEFORE = (
    "containers/__init__.py",
    "containers/entrypoints/__init__.py",
    "containers/entrypoints/aws_lambda.py",
    "containers/entrypoints/bytecode.py",
)


def bundle(directory: Path) -> None:
    """Write the file, and remove the files that are in it."""
    modules = sorted(path.relative_to(directory) for path in directory.rglob("*.py"))
    compiled = {module: Path(importlib.util.cache_from_source(str(directory / module))) for module in modules}
    codes = {
        module: pyc.read_bytes()[PYC_HEAD_BYTES:]
        for module, pyc in compiled.items()
        if pyc.exists() and module.as_posix() not in LOADED_BEFORE
    }
    index = marshal.dumps(_index(codes), _WITHOUT_REFERENCES)
    head = importlib.util.MAGIC_NUMBER + len(index).to_bytes(HEAD_BYTES - 4, "little")
    (directory / NAME).write_bytes(b"".join((head, index, *codes.values())))
    for module in codes:
        compiled[module].unlink()
    for cache in directory.rglob("__pycache__"):
        if not any(cache.iterdir()):
            cache.rmdir()


def _index(codes: Mapping[Path, bytes]) -> dict[str, tuple[str, bool, int, int]]:
    """By name: path, whether it is a package, and where its code is, from the end of the index on."""
    index, offset = {}, 0
    for module, code in codes.items():
        is_package = module.name == "__init__.py"
        parts = module.parent.parts if is_package else module.with_suffix("").parts
        index[".".join(parts)] = (module.as_posix(), is_package, offset, len(code))
        offset += len(code)
    return index


if __name__ == "__main__":
    bundle(Path(sys.argv[1]))
