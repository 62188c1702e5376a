"""Prints the document: `python -m service.http.openapi > docs/openapi.json`."""

import sys

import msgspec

from service import __version__
from service.domain.entities import ENTITIES
from service.http.openapi.document import openapi_document

document = msgspec.json.format(openapi_document(ENTITIES, __version__), indent=2)
sys.stdout.buffer.write(document + b"\n")
