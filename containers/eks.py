"""Amazon EKS: files that Kubernetes mounts, which environment variables override; data in DynamoDB."""

import os
from collections.abc import Mapping
from pathlib import Path

from containers.runtime import ANY_ADDRESS, runtime_container
from service.adapters.config.environment import EnvironmentConfig
from service.adapters.config.layered import LayeredConfig
from service.adapters.config.mounted_files import MountedFilesConfig
from service.application.ports import ConfigPort


def _config(environ: Mapping[str, str]) -> ConfigPort:
    """`CONFIG_DIR` may name several directories, as PATH does: one for a ConfigMap and one for a Secret, say."""
    variables = EnvironmentConfig(environ)
    named = (variables.get("config_dir") or "/etc/shapeshift").split(os.pathsep)
    directories = [Path(each.strip()) for each in named if each.strip()]
    return LayeredConfig(variables, *(MountedFilesConfig(each) for each in directories))


EksContainer = runtime_container("eks", ANY_ADDRESS, _config)
