"""Hypothesis strategies for values that fit a JSON Schema: as much of it as our OpenAPI document uses."""

from collections.abc import Mapping
from typing import Any, Final

from hypothesis import strategies as st

Json = Mapping[str, Any]
Values = st.SearchStrategy[Any]

_CHARACTERS: Final = st.characters(codec="utf-8")


def resolved_schema(document: Json, schema: Json) -> Json:
    """The schema itself, where it may be a reference."""
    while "$ref" in schema:
        found: Any = document
        for part in schema["$ref"].removeprefix("#/").split("/"):
            found = found[part]
        schema = found
    return schema


def fitting(schema: Json) -> Values:
    """Values that fit a schema which refers to no other. Raises ValueError for a kind that is not known here."""
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    if schema["type"] == "integer":
        return st.integers(schema["minimum"], schema["maximum"])
    if schema["type"] == "string":
        return _texts(schema)
    raise ValueError(f"There is no strategy for {dict(schema)}.")


def _texts(schema: Json) -> Values:
    least, most = schema.get("minLength", 0), schema.get("maxLength")
    if "pattern" in schema:
        # In Python `$` also stands before a line's end.
        pattern = schema["pattern"].removesuffix("$") + r"\Z"
        texts = st.from_regex(pattern, alphabet=_CHARACTERS).map(lambda text: text[:most])
        return texts.filter(lambda text: len(text) >= least)
    return st.text(_CHARACTERS, min_size=least, max_size=most)
