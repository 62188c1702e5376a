"""The two images: which one this checkout makes, and making it."""

from deploy.errors import DeployError
from deploy.tools import Tools


def image_tag(kind: str) -> str:
    """A name for what this checkout would build; the same content has the same name."""
    return f"{kind}-not-built"


def build(kind: str, uri: str, architecture: str, tools: Tools) -> None:
    """Build the image for this architecture, and push it."""
    raise DeployError(f"The {kind} image cannot be built yet ({uri}, {architecture}, {tools}).")
