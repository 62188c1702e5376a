"""From `RUNTIME` to a container: the only table of runtimes."""

from collections.abc import Mapping
from importlib import import_module
from typing import Any, Final

from dependency_injector.containers import DynamicContainer, is_container

RUNTIMES: Final = {
    "local": "containers.local:LocalContainer",
    "lambda": "containers.aws_lambda:LambdaContainer",
    "ecs": "containers.ecs:EcsContainer",
    "eks": "containers.eks:EksContainer",
}

# What a platform sets by itself, the most particular first: a pod may run anywhere, a function only on Lambda.
_RECOGNISED_BY: Final = {
    "AWS_LAMBDA_FUNCTION_NAME": "lambda",
    "ECS_CONTAINER_METADATA_URI_V4": "ecs",
    "KUBERNETES_SERVICE_HOST": "eks",
}


class UnknownRuntime(Exception):
    """`RUNTIME` names nothing that could be a container."""


def container_for(environ: Mapping[str, str]) -> DynamicContainer:
    """The container of the runtime that the environment names, given that environment; no other is imported.

    `RUNTIME` is a name of the table or the path of a container, `package.module:Container`. Without it the platform is
    recognised by its own variables; where there are none this is a laptop. Raises `UnknownRuntime`.
    """
    runtime = environ.get("RUNTIME", "").strip() or _recognised(environ)
    container_class = _import(runtime, RUNTIMES.get(runtime, runtime))
    container: DynamicContainer = container_class(environ=environ)
    return container


def _recognised(environ: Mapping[str, str]) -> str:
    return next((runtime for variable, runtime in _RECOGNISED_BY.items() if environ.get(variable)), "local")


def _import(runtime: str, path: str) -> Any:
    module_name, _, class_name = path.partition(":")
    if not (module_name and class_name):
        known = ", ".join(RUNTIMES)
        raise UnknownRuntime(f"RUNTIME={runtime} is not known. Use one of {known}, or package.module:Container.")
    try:
        found = getattr(import_module(module_name), class_name)
    except Exception as error:  # somebody else's module may raise anything
        raise UnknownRuntime(f"RUNTIME={runtime} cannot be imported: {type(error).__name__}: {error}.") from error
    if not is_container(found):
        raise UnknownRuntime(f"RUNTIME={runtime} is not a dependency_injector container.")
    return found
