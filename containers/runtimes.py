"""From `RUNTIME` to a container: the only table of runtimes."""

from collections.abc import Mapping
from importlib import import_module
from typing import Any, Final

from dependency_injector.containers import DynamicContainer, is_container

RUNTIMES: Final = {
    "local": "containers.local:LocalContainer",
}


class UnknownRuntime(Exception):
    """`RUNTIME` names nothing that could be a container."""


def container_for(environ: Mapping[str, str]) -> DynamicContainer:
    """The container of the runtime that the environment names, given that environment; no other is imported.

    `RUNTIME` is a name of the table or the path of a container, `package.module:Container`; the default is `local`.
    Raises `UnknownRuntime`.
    """
    runtime = environ.get("RUNTIME", "").strip() or "local"
    container_class = _import(runtime, RUNTIMES.get(runtime, runtime))
    container: DynamicContainer = container_class(environ=environ)
    return container


def _import(runtime: str, path: str) -> Any:
    module_name, colon, class_name = path.partition(":")
    if not colon:
        known = ", ".join(RUNTIMES)
        raise UnknownRuntime(f"RUNTIME={runtime} is not known. Use one of {known}, or package.module:Container.")
    try:
        found = getattr(import_module(module_name), class_name)
    except (ImportError, AttributeError) as error:
        raise UnknownRuntime(f"RUNTIME={runtime} cannot be imported: {error}.") from error
    if not is_container(found):
        raise UnknownRuntime(f"RUNTIME={runtime} is not a dependency_injector container.")
    return found
