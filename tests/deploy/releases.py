"""Releases of the function that are bad in one way, as ZIPs."""

import zipfile
from pathlib import Path
from typing import Final

HANDLER: Final = "containers/entrypoints/aws_lambda.py"

# What is added to the handler's module. Readiness stays as it is: a unit that is not ready never gets the route.
_BAD: Final = """

_good_handler = handler

def handler(event, context):
    if event.get("path", event.get("rawPath", "")).startswith("/api/health"):
        return _good_handler(event, context)
    {change}
"""
CHANGES: Final = {
    "answers 500": 'return {"statusCode": 500, "multiValueHeaders": {}, "body": ""}',
    "answers slowly": "__import__('time').sleep(0.7); return _good_handler(event, context)",
    "answers differently": """answer = _good_handler(event, context)
    answer["body"] = answer["body"].replace("There is no", "Somehow, no")
    return answer""",
    "answers as it did": "return _good_handler(event, context)",
}


def release(code: str, path: Path, change: str) -> str:
    """Write a ZIP with the code of another one, and a change to its handler; return its path."""
    with zipfile.ZipFile(code) as good, zipfile.ZipFile(path, "w") as archive:
        for name in good.namelist():
            content = good.read(name).decode()
            archive.writestr(name, content + _BAD.format(change=CHANGES[change]) if name == HANDLER else content)
    return str(path)
