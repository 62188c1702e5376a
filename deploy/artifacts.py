"""The image or ZIP that a unit runs: chosen, built if necessary, and uploaded to where AWS reads it."""

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from botocore.exceptions import ClientError

from deploy import images
from deploy.aws import Aws
from deploy.environment import Environment
from deploy.errors import code
from deploy.kubernetes import Kubernetes
from deploy.options import Options
from deploy.state import DeployedState
from deploy.tools import Tools
from deploy.units import Unit

_NO_IMAGE: Final = {"RepositoryNotFoundException", "ImageNotFoundException"}


@dataclass(frozen=True, slots=True)
class Artifact:
    """An image or a ZIP."""

    parameters: Mapping[str, str]
    """The parameters of the unit's template that name it, and its architecture."""
    build: str | None = None
    """The kind of image to build from this checkout, unless the registry has it already."""
    upload: Path | None = None
    """A ZIP to upload, unless the bucket has it already."""

    @property
    def needs_registry(self) -> bool:
        """Whether it is stored in the stack `registry`."""
        return self.build is not None or self.upload is not None


@dataclass(slots=True)
class Artifacts:
    """The images and ZIPs of an environment."""

    aws: Aws
    environment: Environment
    options: Options
    kubernetes: Kubernetes
    tools: Tools

    def choose(self, unit: Unit, state: DeployedState, architecture: str) -> Artifact:
        """Return what the options name; else what is deployed from another registry; else this checkout's image."""
        artifact = self._existing(unit, state) or self._built(unit.image, state, architecture)
        return replace(artifact, parameters={**artifact.parameters, "Architecture": architecture})

    def are_built(self, unit: Unit, state: DeployedState) -> bool:
        """Whether the unit runs an image of this checkout."""
        return self._existing(unit, state) is None

    def exists(self, artifact: Artifact) -> bool:
        """Whether AWS has it already. A tag, once pushed, never means another image."""
        if artifact.build:
            return self._has_image(self._repository(artifact.build), artifact.parameters["ImageUri"].rpartition(":")[2])
        if artifact.upload:
            return self._has_code(artifact.parameters["CodeBucket"], artifact.parameters["CodeKey"])
        return True

    def is_available(self, unit: Unit, artifact: Artifact) -> bool:
        """Whether AWS still has what a unit ran. What is in a registry of others is believed to be there."""
        uri, key = artifact.parameters.get("ImageUri", ""), artifact.parameters.get("CodeKey", "")
        if f"/{self._repository(unit.image)}:" in uri:
            return self.exists(replace(artifact, build=unit.image))
        return not key or self._has_code(artifact.parameters["CodeBucket"], key)

    def provide(self, artifact: Artifact) -> None:
        """Build and push it, or upload it, unless AWS has it. Raises `ToolFailed`."""
        if self.exists(artifact):
            return
        if artifact.build:
            uri = artifact.parameters["ImageUri"]
            self._log_in(uri.partition("/")[0])
            again = bool(self.options.build_again)
            images.build(artifact.build, uri, artifact.parameters["Architecture"], self.tools, again=again)
        if artifact.upload:
            bucket, key = artifact.parameters["CodeBucket"], artifact.parameters["CodeKey"]
            self.aws.client("s3").upload_file(str(artifact.upload), bucket, key)

    def _has_image(self, repository: str, tag: str) -> bool:
        try:
            found = self.aws.client("ecr").describe_images(repositoryName=repository, imageIds=[{"imageTag": tag}])
        except ClientError as error:
            if code(error) in _NO_IMAGE:
                return False
            raise
        return bool(found["imageDetails"])

    def _has_code(self, bucket: str, key: str) -> bool:
        found = self.aws.client("s3").list_objects_v2(Bucket=bucket, Prefix=key) if bucket else {}
        return bool(found.get("KeyCount"))

    def _log_in(self, registry: str) -> None:
        [response] = self.aws.client("ecr").get_authorization_token()["authorizationData"]
        user, _, password = base64.b64decode(response["authorizationToken"]).decode().partition(":")
        self.tools.run("docker", "login", "--username", user, "--password-stdin", registry, stdin=password)

    def _existing(self, unit: Unit, state: DeployedState) -> Artifact | None:
        if unit.compute == "lambda" and self.options.lambda_zip:
            return self._zip(self.options.lambda_zip, state)
        given = self.options.lambda_image if unit.image == "lambda" else self.options.service_image
        return _image(given) if given else self._external(unit, state)

    def _zip(self, path: Path, state: DeployedState) -> Artifact:
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        bucket = state.outputs().get("CodeBucket", "")
        return Artifact({"ImageUri": "", "CodeBucket": bucket, "CodeKey": f"lambda-{digest[:32]}.zip"}, upload=path)

    def _external(self, unit: Unit, state: DeployedState) -> Artifact | None:
        """Return what this unit, or else another one of this kind, runs from outside this environment's registry."""
        same = [each for each in (unit, *state.routed, *state.units) if each.image == unit.image]
        for each in same:
            running = self._running(each, state)
            if running.get("CodeKey"):
                return Artifact(running)
            if (uri := running.get("ImageUri")) and not uri.startswith(self._repository_uri(unit.image, state)):
                return _image(uri)
        return None

    def _running(self, unit: Unit, state: DeployedState) -> Mapping[str, str]:
        stack = state.stacks.get(unit.stack)
        if stack is None:
            return {}
        if unit.compute == "eks":
            return {"ImageUri": self.kubernetes.running(unit)[0]}
        return {key: stack.parameters.get(key, "") for key in ("ImageUri", "CodeBucket", "CodeKey")}

    def _built(self, kind: str, state: DeployedState, architecture: str) -> Artifact:
        uri = f"{self._repository_uri(kind, state)}:{images.image_tag(kind, architecture)}"
        if self.options.build_again:
            uri += f"-{self.options.build_again}"
        else:
            uri = max([uri, *(each for each in self._images(kind, state) if each.startswith(uri))])
        return Artifact(_image(uri).parameters, build=kind)

    def _images(self, kind: str, state: DeployedState) -> list[str]:
        """Return the images of this kind that are deployed."""
        return [self._running(unit, state).get("ImageUri", "") for unit in state.units if unit.image == kind]

    def _repository(self, kind: str) -> str:
        return f"{self.environment.full_name}/{kind}"

    def _repository_uri(self, kind: str, state: DeployedState) -> str:
        """Return where images of this kind are; before the registry exists, a name that no image has."""
        output = f"{kind.capitalize()}RepositoryUri"
        return state.outputs().get(output) or f"future-registry/{self._repository(kind)}"


def _image(uri: str) -> Artifact:
    return Artifact({"ImageUri": uri, "CodeBucket": "", "CodeKey": ""})
