"""Which runtime a process is: what RUNTIME says, else what its platform sets, else a laptop where that is no guess."""

import pytest

from containers.runtimes import RUNTIMES, UnknownRuntime, container_for
from service.application.ports import SettingUnusable

SUPPORTED = {
    "AWS_LAMBDA_FUNCTION_NAME": "lambda",
    "ECS_CONTAINER_METADATA_URI_V4": "ecs",
    "KUBERNETES_SERVICE_HOST": "eks",
}
UNSUPPORTED = {
    "K_SERVICE": "Google Cloud Run",
    "CLOUD_RUN_JOB": "Google Cloud Run",
    "GAE_SERVICE": "Google App Engine",
    "FUNCTIONS_WORKER_RUNTIME": "Azure Functions",
    "CONTAINER_APP_NAME": "Azure Container Apps",
    "WEBSITE_INSTANCE_ID": "Azure App Service",
    "DYNO": "Heroku",
    "FLY_APP_NAME": "Fly.io",
    "NOMAD_ALLOC_ID": "Nomad",
}


def test_every_runtime_of_the_table_is_found_and_local_is_the_default() -> None:
    for name in RUNTIMES:
        assert container_for({"RUNTIME": name}).runtime() == name
    assert container_for({}).runtime() == "local"


def test_a_runtime_may_be_anybodys_container() -> None:
    container = container_for(
        {"RUNTIME": "containers.local:LocalContainer", "STORE": "memory", "CURSOR_SECRET": "x" * 16}
    )

    assert container.app()


@pytest.mark.parametrize(
    ("runtime", "says"),
    [
        ("lambada", "RUNTIME=lambada is not known. Use one of local, "),
        (
            "no.such.module:Container",
            "RUNTIME=no.such.module:Container cannot be imported: ModuleNotFoundError: No module named 'no'.",
        ),
        (
            "containers.local:Nothing",
            "cannot be imported: AttributeError: module 'containers.local' has no attribute 'Nothing'.",
        ),
        ("pathlib:Path", "RUNTIME=pathlib:Path is not a dependency_injector container."),
    ],
)
def test_an_unknown_runtime_is_explained(runtime: str, says: str) -> None:
    with pytest.raises(UnknownRuntime) as unknown:
        container_for({"RUNTIME": runtime})

    assert says in str(unknown.value)


@pytest.mark.parametrize(("variable", "runtime"), SUPPORTED.items())
def test_a_supported_platform_is_recognised_in_the_image_and_elsewhere(variable: str, runtime: str) -> None:
    assert container_for({variable: "x"}).runtime() == runtime
    assert container_for({variable: "x", "SHAPESHIFT_IMAGE": "1", "RUNTIME": " "}).runtime() == runtime


@pytest.mark.parametrize(("variable", "platform"), UNSUPPORTED.items())
def test_a_platform_that_is_not_supported_needs_a_runtime(variable: str, platform: str) -> None:
    for environ in ({variable: "x"}, {variable: "x", "KUBERNETES_SERVICE_HOST": "10.0.0.1"}):
        with pytest.raises(UnknownRuntime) as refused:
            container_for(environ)

        assert f"RUNTIME is not set, and {variable} is set, as on {platform}" in str(refused.value)
        assert "Set RUNTIME to one of local, lambda, ecs, eks, or package.module:Container" in str(refused.value)
    assert container_for({variable: "x", "RUNTIME": "local"}).runtime() == "local"
    assert container_for({variable: ""}).runtime() == "local"


@pytest.mark.parametrize("runtime", [{}, {"RUNTIME": ""}, {"RUNTIME": "\ufeff \n"}])
def test_the_image_needs_a_runtime_where_no_platform_is_recognised(runtime: dict[str, str]) -> None:
    with pytest.raises(UnknownRuntime, match="RUNTIME is not set, and this image runs on no platform"):
        container_for({"SHAPESHIFT_IMAGE": "1", **runtime})

    assert container_for({"SHAPESHIFT_IMAGE": "1", "RUNTIME": "local"}).runtime() == "local"


def test_an_entrance_of_one_runtime_only_needs_no_other_sign() -> None:
    assert container_for({"RUNTIME": ""}, default="lambda").runtime() == "lambda"
    assert container_for({"KUBERNETES_SERVICE_HOST": "10.0.0.1"}, default="lambda").runtime() == "lambda"
    assert container_for({"RUNTIME": "ecs"}, default="lambda").runtime() == "ecs"


def test_a_runtime_is_read_as_any_setting_is() -> None:
    assert container_for({"RUNTIME": "\ufeffeks\r\n"}).runtime() == "eks"
    with pytest.raises(SettingUnusable, match="environment variable RUNTIME contains an invisible character"):
        container_for({"RUNTIME": "e\u200bks"})
