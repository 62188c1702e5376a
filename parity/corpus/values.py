"""What a call is made of: paths, queries, headers and bodies, fit and unfit."""

import json
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import quote

from hypothesis import strategies as st

from parity.calls import Headers
from parity.corpus.examples import unique_fields, unique_text
from parity.corpus.headers import HEADERS, HOSTS, KEYS, MEDIA_TYPES, REQUEST_IDS, TAGS
from parity.corpus.operations import Operation, owners
from parity.corpus.schemas import Values, fitting
from parity.corpus.texts import BODIES, PATHS, QUERIES, SEGMENTS, TEXTS, UNFIT_TEXTS

ADDRESSES: Final = ("ada", "ADA", "zoë", "zoe\u0308", "straße", "STRASSE", "a+b", "\u0130", "i\u0307")
ORDER_IDS: Final = ("a", "A", "b", "B", "a-", "a_", "0", "Z9")


@dataclass
class Known:
    """The labels of the calls that may have created something, by its collection, and of those that listed."""

    created: dict[str, list[str]] = field(default_factory=dict)
    listed: list[str] = field(default_factory=list)

    def remember(self, label: str, operation: Operation) -> None:
        """A call has been made."""
        if operation.method == "POST":
            self.created.setdefault(operation.path, []).append(label)
        if operation.query_parameters:
            self.listed.append(label)


def mostly(usual: Values, odd: Values, one_in: int) -> Values:
    """Once in so many times an odd value."""
    return st.integers(1, one_in).flatmap(lambda drawn: odd if drawn == 1 else usual)


def paths(operation: Operation, known: Known) -> Values:
    """The operation's own path with ids in it; sometimes one that is spelled oddly or leads nowhere."""
    path = st.just(operation.path)
    for name, schema in operation.path_parameters.items():
        made_up = fitting(schema).map(lambda text: quote(text, safe=""))
        value = mostly(_ids(name, known), made_up | st.sampled_from(SEGMENTS), one_in=5)
        path = st.builds(str.replace, path, st.just(f"{{{name}}}"), value)
    return mostly(path, st.sampled_from(PATHS), one_in=25)


def queries(operation: Operation, known: Known) -> st.SearchStrategy[str]:
    """Parameters that fit, follow a Link, lead back, are altered or repeated, or are no parameters at all."""
    if not operation.query_parameters:
        return mostly(st.just(""), st.sampled_from(QUERIES), one_in=10)
    limits = mostly(st.integers(1, 3), fitting(operation.query_parameters["limit"]), one_in=6)
    parts = {
        "limit": limits.map(lambda limit: f"limit={limit}"),
        "cursor": _cursors(known),
        **{name: _owners(name, known) for name in operation.query_parameters if name in owners()},
    }
    unknown = [name for name in operation.query_parameters if name not in parts]
    if unknown:
        raise ValueError(f"There is no strategy for the parameters {unknown} of {operation}.")
    usual = st.lists(st.sampled_from([*operation.query_parameters]), max_size=3).flatmap(
        lambda names: st.tuples(*(parts[name] for name in names)).map("&".join)
    )
    follow = st.sampled_from(known.listed).map(lambda label: f"<<next:{label}>>") if known.listed else usual
    return mostly(usual | follow, st.sampled_from(QUERIES), one_in=5)


def headers(operation: Operation, known: Known) -> st.SearchStrategy[Headers]:
    """A media type where there is a body, mostly that of JSON, keys and conditions, and what else callers send."""
    media_types = mostly(st.just(MEDIA_TYPES[0]), st.sampled_from(MEDIA_TYPES), one_in=10)
    typed = media_types.map(lambda value: (("content-type", value),)) if operation.fields else st.just(())
    besides = st.one_of(
        st.sampled_from(HEADERS),
        st.sampled_from(REQUEST_IDS).map(lambda value: ("x-request-id", value)),
        st.sampled_from(HOSTS).map(lambda value: ("host", value)),
    )
    others = mostly(st.just([]), st.lists(besides, min_size=1, max_size=3), one_in=6)
    return st.tuples(typed, _declared(operation, known), others).map(lambda drawn: (*drawn[0], *drawn[1], *drawn[2]))


def _declared(operation: Operation, known: Known) -> st.SearchStrategy[Headers]:
    """One of the headers that the operation declares, once in four times: a key, or tags of what may be stored."""
    labels = [label for created in known.created.values() for label in created]
    words = {
        "Idempotency-Key": st.integers(1, 3).map(lambda number: f"k{number}-<<token>>"),
        **dict.fromkeys(("If-Match", "If-None-Match"), st.sampled_from([f"<<tag:{label}>>" for label in labels])),
    }
    unknown = [name for name in operation.header_parameters if name not in words]
    if unknown:
        raise ValueError(f"There is no strategy for the headers {unknown} of {operation}.")
    forms = {"Idempotency-Key": mostly(st.just("{}"), st.sampled_from(KEYS), one_in=3)}
    one_of = [
        _header(name, forms.get(name, st.sampled_from(TAGS)), words[name]) for name in operation.header_parameters
    ]
    return mostly(st.just(()), st.one_of(one_of), one_in=4) if one_of else st.just(())


def _header(name: str, forms: Values, words: Values) -> st.SearchStrategy[Headers]:
    return st.tuples(forms, words).map(lambda drawn: ((name.lower(), drawn[0].replace("{}", drawn[1])),))


def bodies(operation: Operation, known: Known) -> st.SearchStrategy[bytes]:
    """An object that fits, one with a field that does not, or no object at all."""
    if not operation.fields:
        return st.just(b"")
    values = {name: _field(name, schema, known) for name, schema in operation.fields.items()}
    required = {name: value for name, value in values.items() if name in operation.required}
    optional = {name: value for name, value in values.items() if name not in operation.required}
    fit = st.fixed_dictionaries(required, optional=optional)
    unfit = st.tuples(fit, st.dictionaries(st.sampled_from([*values, "x"]), st.sampled_from(UNFIT_TEXTS), min_size=1))
    objects = mostly(fit, unfit.map(lambda drawn: drawn[0] | drawn[1]), one_in=5)
    encoded = st.tuples(objects, st.booleans()).map(lambda drawn: _encoded(drawn[0], escaped=drawn[1]))
    return mostly(encoded, st.sampled_from(BODIES), one_in=8)


def _encoded(value: Any, *, escaped: bool) -> bytes:
    return json.dumps(value, ensure_ascii=escaped).encode("utf-8", "surrogatepass")


def _ids(parameter: str, known: Known) -> Values:
    """Ids of what may have been created, more often of the first, which were.

    Where a parameter names nothing that this service makes, that is a mistake.
    """
    labels = known.created.get(owners()[parameter], [])
    return st.sampled_from([f"<<id:{label}>>" for label in (*labels, *labels[:2])] or ["nothing-yet"])


def _owners(name: str, known: Known) -> Values:
    return _ids(name, known).map(lambda owner: f"{name}={owner}")


def _cursors(known: Known) -> Values:
    labels = st.sampled_from(known.listed or ["nothing-yet"])
    forms = st.sampled_from(("{}", "{}", "{}", "A{}", "{}A", "{}%3D", "{}&cursor=x", "x&cursor={}"))
    return st.tuples(labels, forms).map(lambda drawn: "cursor=" + drawn[1].format(f"<<cursor:{drawn[0]}>>"))


def _field(name: str, schema: Any, known: Known) -> Values:
    """Values of a field. What has to be unique is so for the service that is played against."""
    if name == "email":
        usual = st.sampled_from(ADDRESSES).map(lambda address: f"{address}@<<token>>.example")
        return mostly(usual, fitting(schema).map(lambda address: f"{address[:200]}.<<token>>"), one_in=3)
    if name == "id":
        usual = st.sampled_from(ORDER_IDS).map(lambda text: f"{text}-<<token>>")
        return mostly(usual, fitting(schema).map(lambda text: f"{text[:50]}-<<token>>"), one_in=3)
    if name in unique_fields():
        return st.integers(1, 9).map(lambda number: unique_text(unique_fields()[name], number))
    if name in owners():
        return mostly(_ids(name, known), fitting(schema), one_in=8)
    if name in {"name", "product"}:
        return mostly(st.sampled_from(TEXTS), fitting(schema), one_in=3)
    return fitting(schema)
