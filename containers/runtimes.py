"""From `RUNTIME` to a container: the only table of runtimes."""

from collections.abc import Mapping
from importlib import import_module
from typing import Any, Final

from dependency_injector.containers import DynamicContainer, is_container

from service.adapters.config.environment import EnvironmentConfig

RUNTIMES: Final = {
    "local": "containers.local:LocalContainer",
    "lambda": "containers.aws_lambda:LambdaContainer",
    "ecs": "containers.ecs:EcsContainer",
    "eks": "containers.eks:EksContainer",
}

# What a supported platform sets by itself, the most specific first: a pod may run anywhere, a function on Lambda only.
_RECOGNISED_BY: Final = {
    "AWS_LAMBDA_FUNCTION_NAME": "lambda",
    "ECS_CONTAINER_METADATA_URI_V4": "ecs",
    "KUBERNETES_SERVICE_HOST": "eks",
}

# What other platforms set by themselves, as their documentation says.
_UNSUPPORTED: Final = {
    "K_SERVICE": "Google Cloud Run",
    "CLOUD_RUN_JOB": "Google Cloud Run",
    "CLOUD_RUN_WORKER_POOL": "Google Cloud Run",
    "GAE_SERVICE": "Google App Engine",
    "FUNCTIONS_WORKER_RUNTIME": "Azure Functions",
    "CONTAINER_APP_NAME": "Azure Container Apps",
    "CONTAINER_APP_JOB_NAME": "Azure Container Apps",
    "WEBSITE_INSTANCE_ID": "Azure App Service",
    "DYNO": "Heroku",
    "FLY_APP_NAME": "Fly.io",
    "NOMAD_ALLOC_ID": "Nomad",
    "RAILWAY_PROJECT_ID": "Railway",
    "RENDER_SERVICE_ID": "Render",
    "KOYEB_APP_NAME": "Koyeb",
    "VCAP_APPLICATION": "Cloud Foundry",
    "VERCEL": "Vercel",
    "FC_FUNCTION_NAME": "Alibaba Cloud Function Compute",
    "TENCENTCLOUD_RUNENV": "Tencent Cloud SCF",
    "__OW_ACTION_NAME": "Apache OpenWhisk",
}

# The service's image sets this: RUNTIME is required there, since it would not keep a laptop's data.
_IMAGE: Final = "SHAPESHIFT_IMAGE"


class UnknownRuntime(Exception):
    """`RUNTIME` names nothing that could be a container, or is needed and not set."""


def container_for(environ: Mapping[str, str], *, default: str | None = None) -> DynamicContainer:
    """The container of the runtime that the environment names, given that environment; no other is imported.

    `RUNTIME` is a name of the table or the path of a container, `package.module:Container`. Without it, it is the
    caller's default, if it has one; else the platform is recognised by its own variables, and without any this is a
    laptop. Raises `SettingUnusable`, and `UnknownRuntime`, also where a laptop would be a wrong guess: in the service's
    image, and on a platform that is not supported.
    """
    runtime = EnvironmentConfig(environ).get("runtime") or default or _recognised(environ)
    container_class = _import(runtime, RUNTIMES.get(runtime, runtime))
    container: DynamicContainer = container_class(environ=environ)
    return container


def _recognised(environ: Mapping[str, str]) -> str:
    for variable, platform in _UNSUPPORTED.items():
        if environ.get(variable):
            raise _unset(f"{variable} is set, as on {platform}, which is not one of the supported platforms")
    for variable, runtime in _RECOGNISED_BY.items():
        if environ.get(variable):
            return runtime
    if environ.get(_IMAGE):
        raise _unset("this image runs on no platform that is recognised")
    return "local"


def _unset(reason: str) -> UnknownRuntime:
    return UnknownRuntime(
        f"RUNTIME is not set, and {reason}. Set RUNTIME to one of {', '.join(RUNTIMES)}, or package.module:Container "
        "(local keeps data in a file below var/, unless STORE names another store)."
    )


def _import(runtime: str, path: str) -> Any:
    module_name, _, class_name = path.partition(":")
    if not (module_name and class_name):
        known = ", ".join(RUNTIMES)
        raise UnknownRuntime(f"RUNTIME={runtime} is not known. Use one of {known}, or package.module:Container.")
    try:
        found = getattr(import_module(module_name), class_name)
    except Exception as error:  # another project's module may raise anything
        raise UnknownRuntime(f"RUNTIME={runtime} cannot be imported: {type(error).__name__}: {error}.") from error
    if not is_container(found):
        raise UnknownRuntime(f"RUNTIME={runtime} is not a dependency_injector container.")
    return found
