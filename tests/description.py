"""The committed description of the API, for tests of what each path or page has in common."""

import json
import re
from pathlib import Path
from typing import Any, Final

FILE: Final = Path(__file__).parents[1] / "docs" / "openapi.json"
DESCRIPTION: Final[dict[str, Any]] = json.loads(FILE.read_text())

ALLOWED_METHODS: Final = {
    re.sub(r"\{\w+\}", "any", path): ", ".join(sorted({"HEAD", *(method.upper() for method in item)} - {"PARAMETERS"}))
    for path, item in DESCRIPTION["paths"].items()
}
"""The value of `Allow` for each path, with `any` in the place of an id."""

PAGES: Final = [
    path for path, item in DESCRIPTION["paths"].items() if "text/html" in item["get"]["responses"]["200"]["content"]
]
"""The paths of the web pages."""
