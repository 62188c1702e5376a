"""Imported first in every process: loads the libraries that all of them need, without what is never used here.

No library is changed. `dependency_injector` imports PyYAML, and `structlog` greenlet, where they can be found; here
they cannot. Litestar imports PyYAML to write its own OpenAPI document as YAML, and `pdb` to stop at exceptions; both
are switched off in `create_app`, and it gets an empty module for each. Later imports find the real modules. ADR 16 has
what that saves.
"""

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import ModuleType


@contextmanager
def _found_as(modules: Mapping[str, ModuleType | None]) -> Iterator[None]:
    """Imports in the block find these modules; None stands for one that cannot be imported.

    Source: docs.python.org/3/reference/import.html, "The module cache".
    """
    found = {name: sys.modules[name] for name in modules if name in sys.modules}
    sys.modules.update(modules)  # type: ignore[arg-type]  # typeshed does not know of None
    try:
        yield
    finally:
        for name in modules:
            del sys.modules[name]
        sys.modules.update(found)


with _found_as({"yaml": None, "greenlet": None}):
    import dependency_injector.containers  # noqa: F401  # to be loaded
    import structlog  # noqa: F401  # to be loaded
with _found_as({name: ModuleType(name, "An empty module, for Litestar alone.") for name in ("yaml", "pdb")}):
    import litestar  # noqa: F401  # to be loaded
