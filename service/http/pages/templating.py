"""Jinja, and so imported only when the first page is asked for."""

from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from service import NAME
from service.domain.moments import rfc3339
from service.http.pages.assets import href


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["asset"] = href
    environment.globals["project"] = NAME
    environment.filters["rfc3339"] = rfc3339
    environment.filters["moment"] = _for_people
    return environment


def _for_people(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%d %b %Y, %H:%M} UTC"


def render(template: str, context: dict[str, Any]) -> bytes:
    """The template filled in, every value escaped."""
    return _environment().get_template(template).render(context).encode("utf-8", "replace")
