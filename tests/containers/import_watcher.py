"""Run as a process: starts a runtime, and prints which modules that loaded, each with the module that asked for it.

    python import_watcher.py '{"locked": [...], "sources": [...], "entry_point": "...", "serves": true}'

Nothing is found but Python's own modules, the sources, and the distributions that are locked: what else is installed
where this runs, such as test tools that libraries look for, is not there.
"""

import inspect
import json
import sys
from collections.abc import Iterable, Sequence
from importlib import import_module
from importlib.machinery import ModuleSpec
from importlib.metadata import Distribution, DistributionFinder, MetadataPathFinder, packages_distributions
from types import ModuleType


class Watcher:
    """Stands in for all of Python's finders of modules, hides what is not locked, and notes who asks."""

    def __init__(self, locked: set[str]) -> None:
        provided = packages_distributions().items()
        self.importers: dict[str, str] = {}
        self._locked = locked
        self._hidden = {package for package, by in provided if not locked.intersection(map(_canonical, by))}
        self._finders = [*sys.meta_path]

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Find a module as Python does, unless it is hidden."""
        if name.partition(".")[0] in self._hidden:
            return None
        self.importers.setdefault(name, _importer(name))
        found = (finder.find_spec(name, path, target) for finder in self._finders)
        return next((spec for spec in found if spec is not None), None)

    def find_distributions(self, context: DistributionFinder.Context) -> Iterable[Distribution]:
        """Find the metadata of what is installed, unless it is hidden."""
        return [
            each for each in MetadataPathFinder.find_distributions(context) if _canonical(each.name) in self._locked
        ]


def _canonical(distribution: str) -> str:
    return distribution.lower().replace("_", "-").replace(".", "-")


def _importer(name: str) -> str:
    """The module that wants that one: whose code runs, or which is being loaded where that is not Python code."""
    frame = inspect.currentframe()
    while frame := frame and frame.f_back:
        module: str = frame.f_globals.get("__name__", "")
        if module == __name__:
            continue
        if "importlib" not in module:
            return module
        loading: str = frame.f_locals["name"] if frame.f_code.co_name == "_find_and_load" else name
        if loading != name and not loading.startswith(f"{name}."):
            return loading
    return "__main__"


def main() -> None:
    """Start the runtime that the environment names, up to its first request."""
    told = json.loads(sys.argv[1])
    sys.path[:0] = told["sources"]
    watcher = Watcher(set(told["locked"]))
    before = set(sys.modules)
    sys.meta_path[:] = [watcher]
    import_module(told["entry_point"])
    if told["serves"]:  # a function is started by the import of its handler
        import_module("containers.entrypoints.asgi").create_app()
    loaded = sys.modules.keys() - before
    json.dump({name: by for name, by in watcher.importers.items() if name in loaded}, sys.stdout)


if __name__ == "__main__":
    main()
