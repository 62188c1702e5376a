"""The images of the service and of the function: named after what goes into them, built and pushed when absent."""

import base64
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, Literal

from deploy.tools import Tools

Kind = Literal["service", "lambda"]
Architecture = Literal["arm64", "x86_64"]

ROOT: Final = Path(__file__).parents[1]
DOCKERFILES: Final[Mapping[Kind, str]] = {"service": "Dockerfile", "lambda": "Dockerfile.lambda"}
SOURCES: Final[Mapping[Kind, Sequence[str]]] = {
    "service": (
        *("requirements/service.txt", "requirements/build.txt", "deploy/slim.py"),
        *("pyproject.toml", "README.md", "LICENSE", "service", "containers"),
    ),
    "lambda": ("requirements/lambda.txt", "deploy/slim.py", "service", "containers"),
}
_PLATFORMS: Final[Mapping[Architecture, str]] = {"arm64": "linux/arm64", "x86_64": "linux/amd64"}
_TAG_LENGTH = 16


def tag(kind: Kind, architecture: Architecture, root: Path = ROOT) -> str:
    """The tag of the image that these sources make: a hash of all that goes in, and the architecture.

    The same sources have the same tag on every machine, other sources another one; so a tag never moves. The base
    image is in it by name only: to take up its security patches, change `PYTHON_IMAGE` to a newer one.
    """
    digest = hashlib.sha256()
    for path in _files(kind, root):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(root).as_posix()} {len(content)}\n".encode() + content)
    return f"{digest.hexdigest()[:_TAG_LENGTH]}-{architecture}"


def ensure(kind: Kind, repository: str, architecture: Architecture, *, ecr: Any, tools: Tools) -> str:
    """The URI of the image in that ECR repository, where it is built and pushed unless its tag is there already.

    `repository` is the URI that the registry stack puts out, `ecr` a boto3 client. Docker is needed only if something
    has to be built. Raises `ToolFailed`, and botocore's errors as they are.
    """
    name = tag(kind, architecture)
    uri = f"{repository}:{name}"
    if not _is_there(repository, name, ecr):
        build(kind, uri, architecture, tools=tools)
        push(uri, ecr=ecr, tools=tools)
    return uri


def build(kind: Kind, uri: str, architecture: Architecture, *, tools: Tools) -> None:
    """Build the image on this machine, under that name. Raises `ToolFailed`."""
    tools.run(
        # Lambda takes no index of several manifests, and only Docker's format has health checks (podman).
        *("env", "BUILDX_NO_DEFAULT_ATTESTATIONS=1", "BUILDAH_FORMAT=docker"),
        *(tools.find("docker"), "build", "--platform", _PLATFORMS[architecture]),
        *("--build-arg", f"REVISION={uri.rpartition(':')[2]}", "--tag", uri),
        *("--file", str(ROOT / DOCKERFILES[kind]), str(ROOT)),
    )


def push(uri: str, *, ecr: Any, tools: Tools) -> None:
    """Push an image of this machine to ECR. Raises `ToolFailed`."""
    token = ecr.get_authorization_token()["authorizationData"][0]["authorizationToken"]
    user, _, password = base64.b64decode(token).decode().partition(":")
    tools.run("docker", "login", "--username", user, "--password-stdin", uri.partition("/")[0], stdin=password)
    tools.run("docker", "push", uri)


def _is_there(repository: str, name: str, ecr: Any) -> bool:
    try:
        ecr.describe_images(repositoryName=repository.partition("/")[2], imageIds=[{"imageTag": name}])
    except ecr.exceptions.ImageNotFoundException:
        return False
    return True


def _files(kind: Kind, root: Path) -> Iterator[Path]:
    for source in (DOCKERFILES[kind], *SOURCES[kind]):
        path = root / source
        yield from (
            sorted(each for each in path.rglob("*") if each.is_file() and "__pycache__" not in each.parts)
            if path.is_dir()
            else [path]
        )
