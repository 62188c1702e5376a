"""The images of the service and of the function: named by a hash of their sources, built, and pushed."""

import hashlib
import platform
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from deploy.tools import Tools

ROOT: Final = Path(__file__).parents[1]
DOCKERFILES: Final[Mapping[str, str]] = {"service": "Dockerfile", "lambda": "Dockerfile.lambda"}
SOURCES: Final[Mapping[str, Sequence[str]]] = {
    "service": (
        *("requirements/service.txt", "requirements/build.txt", "deploy/slim.py"),
        *("pyproject.toml", "README.md", "LICENSE", "service", "containers", "parity"),
    ),
    "lambda": ("requirements/lambda.txt", "deploy/slim.py", "deploy/bytecode.py", "service", "containers"),
}
REVISION_LABEL: Final = "org.opencontainers.image.revision"
_PLATFORMS: Final[Mapping[str, str]] = {"arm64": "linux/arm64", "x86_64": "linux/amd64"}
_HOSTS: Final[Mapping[str, str]] = {"aarch64": "arm64", "arm64": "arm64"}
_DIGITS: Final = 16


def host_architecture() -> str:
    """Return the architecture of this machine."""
    return _HOSTS.get(platform.machine().lower(), "x86_64")


def image_tag(kind: str, architecture: str, root: Path = ROOT) -> str:
    """Return the tag of the image of these sources: a hash of all of them, and the architecture.

    The same sources have the same tag on every machine, and other sources have another one. Of the base image, only the
    name counts: to use a patch that was published under that name, an image is built again, with a suffix to its tag.
    """
    digest = hashlib.sha256()
    for path in _files(kind, root):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(root).as_posix()} {len(content)}\n".encode() + content)
    return f"{digest.hexdigest()[:_DIGITS]}-{architecture}"


def build(kind: str, uri: str, architecture: str, tools: Tools, *, again: bool = False) -> None:
    """Build the image for one architecture, and push it to a registry that docker is logged in to.

    `kind` is `service` or `lambda`. The base image is the current one; `again` uses no layers of earlier builds, which
    may have older packages. Raises `ToolFailed`.
    """
    tools.run(
        # Lambda accepts no image index, which attestations create; the format of podman has no health checks.
        *("env", "BUILDX_NO_DEFAULT_ATTESTATIONS=1", "BUILDAH_FORMAT=docker"),
        *("docker", "build", "--pull", *(("--no-cache",) if again else ())),
        *("--platform", _PLATFORMS[architecture], "--tag", uri),
        *("--label", f"{REVISION_LABEL}={uri.rpartition(':')[2]}", "--file", str(ROOT / DOCKERFILES[kind]), str(ROOT)),
    )
    tools.run("docker", "push", uri)


def _files(kind: str, root: Path) -> Iterator[Path]:
    for source in (DOCKERFILES[kind], *SOURCES[kind]):
        path = root / source
        if path.is_dir():
            yield from sorted(each for each in path.rglob("*") if each.is_file() and "__pycache__" not in each.parts)
        else:
            yield path
