"""Run while an image or the ZIP is built: takes out of installed packages what nothing runs, and compiles the rest.

    python slim.py DIRECTORY [DIRECTORY WHERE IT WILL BE]

It is half of their size: C sources, debug symbols, hundreds of AWS services and the manuals of all, pip's own notes.
Bytecode is written so that Python never compares it with its source: a container could not write it anew, and would
compile at every start.
"""

import compileall
import gzip
import json
import py_compile
import shutil
import sys
from pathlib import Path
from struct import unpack_from
from typing import Any

UNUSED = (
    *("*.c", "*.cpp", "*.h", "*.pyx", "*.pxd", "*.pyi", "*.a"),
    *("__pycache__", "bin/activate*", "bin/Activate*"),
    *("ensurepip", "idlelib", "lib2to3", "pydoc_data", "sqlalchemy/testing", "tkinter", "turtledemo"),
    *("*.dist-info/RECORD", "*.dist-info/REQUESTED", "*.dist-info/INSTALLER", "*.dist-info/direct_url.json"),
)
# What the adapters call, and what credentials may come from; each with what its hosts are called.
AWS_SERVICES = {
    "dynamodb": "dynamodb",
    "signin": "signin",
    "ssm": "ssm",
    "sso": "portal.sso",
    "sso-oidc": "oidc",
    "sts": "sts",
}


def slim(directory: Path, destination: Path) -> None:
    """Make the packages in that directory ready to run, below `destination`."""
    unused = [path for pattern in UNUSED for path in directory.rglob(pattern)]
    unused += [each for each in directory.rglob("botocore/data/*/") if each.is_dir() and each.name not in AWS_SERVICES]
    for path in unused:
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
    for endpoints in directory.rglob("botocore/data/endpoints.json"):
        endpoints.write_text(json.dumps(without_other_services(json.loads(endpoints.read_text()))))
    for model in directory.rglob("botocore/data/*/*/*.json.gz"):
        model.with_suffix("").write_text(
            json.dumps(without_documentation(json.loads(gzip.decompress(model.read_bytes()))))
        )
        model.unlink()
    for library in directory.rglob("*.so*"):
        if not library.is_symlink():
            library.write_bytes(stripped(library.read_bytes()))
    compileall.compile_dir(
        directory,
        maxlevels=50,
        quiet=1,
        stripdir=directory,
        prependdir=destination,
        invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH,
    )


def without_other_services(endpoints: dict[str, Any]) -> dict[str, Any]:
    """Where AWS's services are in each region: a client reads all of it when it is made, for four hundred of them."""
    called = AWS_SERVICES.values()
    partitions = [
        {**partition, "services": {name: each for name, each in partition["services"].items() if name in called}}
        for partition in endpoints["partitions"]
    ]
    return {**endpoints, "partitions": partitions}


def without_documentation(model: Any) -> Any:
    """A description of an AWS service without its text for people, which is most of it and is read with the rest."""
    if isinstance(model, dict):
        return {
            name: without_documentation(each)
            for name, each in model.items()
            if not (name == "documentation" and isinstance(each, str))
        }
    return [without_documentation(each) for each in model] if isinstance(model, list) else model


def stripped(library: bytes) -> bytes:
    """A shared library without symbols for debuggers: the loader reads segments, and those come before them."""
    if library[:6] != b"\x7fELF\x02\x01":
        return library
    table = unpack_from("<Q", library, 0x20)[0]
    size, count = unpack_from("<HH", library, 0x36)
    segments = [unpack_from("<Q16xQ", library, table + 8 + index * size) for index in range(count)]
    end = max(table + size * count, *(offset + length for offset, length in segments))
    without_sections = bytearray(library[:end])
    without_sections[0x28:0x30] = bytes(8)
    without_sections[0x3A:0x40] = bytes(6)
    return bytes(without_sections)


if __name__ == "__main__":
    slim(Path(sys.argv[1]), Path(sys.argv[-1]))
