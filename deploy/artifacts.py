"""Which image or ZIP a unit runs, and getting it to where AWS takes it from."""

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from botocore.exceptions import ClientError

from deploy import images
from deploy.aws import Aws
from deploy.errors import code
from deploy.kubernetes import Kubernetes
from deploy.options import Options
from deploy.picture import Picture, Place
from deploy.tools import Tools
from deploy.units import Unit

_NO_IMAGE: Final = {"RepositoryNotFoundException", "ImageNotFoundException"}


@dataclass(frozen=True, slots=True)
class Artifact:
    """What a unit runs."""

    parameters: Mapping[str, str]
    """What the template is told of it."""
    build: str | None = None
    """The kind of image to build from this checkout, unless it is in the registry already."""
    upload: Path | None = None
    """A ZIP to put into the bucket, unless it is there already."""

    @property
    def needs_registry(self) -> bool:
        """Whether it goes where the registry's stack keeps images and ZIPs."""
        return self.build is not None or self.upload is not None


@dataclass(slots=True)
class Artifacts:
    """The choice of images and ZIPs."""

    aws: Aws
    place: Place
    options: Options
    kubernetes: Kubernetes
    tools: Tools

    def choose(self, unit: Unit, picture: Picture, architecture: str) -> Artifact:
        """What was asked for; else what runs, if it was brought from elsewhere; else what this checkout holds."""
        if unit.compute == "lambda" and self.options.lambda_zip:
            return self._zip(self.options.lambda_zip, picture)
        given = self.options.lambda_image if unit.image == "lambda" else self.options.service_image
        if given:
            return _image(given)
        return self._brought(unit, picture) or self._built(unit.image, picture, architecture)

    def is_there(self, artifact: Artifact) -> bool:
        """Whether nothing is left to do for it. An image's tag, once pushed, never means another image."""
        if artifact.build:
            return self._has_image(self._repository(artifact.build), artifact.parameters["ImageUri"].rpartition(":")[2])
        if artifact.upload:
            return self._has_code(artifact.parameters["CodeBucket"], artifact.parameters["CodeKey"])
        return True

    def bring(self, artifact: Artifact, architecture: str) -> None:
        """Build and push it, or upload it, unless it is there."""
        if self.is_there(artifact):
            return
        if artifact.build:
            uri = artifact.parameters["ImageUri"]
            self._log_in(uri.partition("/")[0])
            images.build(artifact.build, uri, architecture, self.tools)
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
        [told] = self.aws.client("ecr").get_authorization_token()["authorizationData"]
        user, _, password = base64.b64decode(told["authorizationToken"]).decode().partition(":")
        self.tools.run("docker", "login", "--username", user, "--password-stdin", registry, stdin=password)

    def _zip(self, path: Path, picture: Picture) -> Artifact:
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        bucket = picture.outputs().get("CodeBucket", "")
        return Artifact({"ImageUri": "", "CodeBucket": bucket, "CodeKey": f"lambda-{digest[:32]}.zip"}, upload=path)

    def _brought(self, unit: Unit, picture: Picture) -> Artifact | None:
        """What this unit runs, or another that runs such an image, unless it came from this environment's registry."""
        same = [each for each in (unit, *picture.routed, *picture.units) if each.image == unit.image]
        for each in same:
            running = self._running(each, picture)
            if running.get("CodeKey"):
                return Artifact(running)
            if (uri := running.get("ImageUri")) and not uri.startswith(self._repository_uri(unit.image, picture)):
                return _image(uri)
        return None

    def _running(self, unit: Unit, picture: Picture) -> Mapping[str, str]:
        stack = picture.stacks.get(unit.stack)
        if stack is None:
            return {}
        if unit.compute == "eks":
            return {"ImageUri": self.kubernetes.running(unit)[0]}
        return {key: stack.parameters.get(key, "") for key in ("ImageUri", "CodeBucket", "CodeKey")}

    def _built(self, kind: str, picture: Picture, architecture: str) -> Artifact:
        uri = f"{self._repository_uri(kind, picture)}:{images.image_tag(kind, architecture)}"
        return Artifact(_image(uri).parameters, build=kind)

    def _repository(self, kind: str) -> str:
        return f"{self.place.app}-{self.place.environment}/{kind}"

    def _repository_uri(self, kind: str, picture: Picture) -> str:
        """Where images of this kind are; before there is a registry, a name that no image has."""
        output = f"{kind.capitalize()}RepositoryUri"
        return picture.outputs().get(output) or f"registry-to-come/{self._repository(kind)}"


def _image(uri: str) -> Artifact:
    return Artifact({"ImageUri": uri, "CodeBucket": "", "CodeKey": ""})
