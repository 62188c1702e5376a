"""The options that a PostgreSQL URL may have, and which values each of them takes.

They are those of libpq's URIs that asyncpg supports, and asyncpg's own
(https://www.postgresql.org/docs/current/libpq-connect.html, https://magicstack.github.io/asyncpg/current/api/).
No message contains a value: it may be a secret.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final
from urllib.parse import urlencode

_TLS_MODES: Final = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")
_TLS_VERSIONS: Final = ("TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3")
_CHOICES: Final[Mapping[str, tuple[str, ...]]] = {
    "sslmode": _TLS_MODES,
    "ssl": _TLS_MODES,
    "sslnegotiation": ("postgres", "direct"),
    "ssl_min_protocol_version": _TLS_VERSIONS,
    "ssl_max_protocol_version": _TLS_VERSIONS,
    "target_session_attrs": ("any", "primary", "standby", "prefer-standby", "read-write", "read-only"),
    "gsslib": ("gssapi", "sspi"),
}
# What asyncpg never does, though libpq may be asked to insist on it.
_NEVER_DONE: Final[Mapping[str, str]] = {"channel_binding": "channel binding", "gssencmode": "GSSAPI encryption"}
_SECONDS: Final = ("connect_timeout", "timeout", "command_timeout")
_COUNTS: Final = (
    "prepared_statement_cache_size",
    "statement_cache_size",
    "max_cached_statement_lifetime",
    "max_cacheable_statement_size",
)
_TEXTS: Final = ("sslpassword", "passfile", "service", "krbsrvname")
_TLS_FILES: Final = ("sslrootcert", "sslcrl", "sslcert", "sslkey")
# Any other server setting can be given as `options=-c name=value`, or has a dot in its name.
_SERVER_SETTINGS: Final = (
    "application_name",
    "default_transaction_isolation",
    "idle_in_transaction_session_timeout",
    "idle_session_timeout",
    "jit",
    "lock_timeout",
    "options",
    "role",
    "search_path",
    "statement_timeout",
    "timezone",
    "transaction_timeout",
    "work_mem",
)
_FREE: Final = frozenset((*_TEXTS, *_TLS_FILES, *_SERVER_SETTINGS))
_KNOWN: Final = frozenset((*_CHOICES, *_NEVER_DONE, *_SECONDS, *_COUNTS, *_FREE))
_EXTENSION_SETTING: Final = re.compile(r"[a-z_]+\.[a-z_]+")


def may_be_shown(name: str, value: str) -> bool:
    """Whether this is surely an option; anything else may be part of a password that was not written as %XX."""
    return name in _KNOWN or (value != "" and re.fullmatch("[A-Za-z_.]{1,63}", name) is not None)


def problems_of_options(options: Mapping[str, str]) -> Iterator[str]:
    """Every mistake, each naming its option. Reads the certificate files that are named."""
    for name, value in options.items():
        problem = _problem_of(name, value)
        if problem:
            yield f"the option {name} {problem}"
    yield from _problems_of_files(options)


def _problem_of(name: str, value: str) -> str | None:
    rule = None
    if name in _CHOICES:
        rule = None if value in _CHOICES[name] else f"must be one of {', '.join(_CHOICES[name])}"
    elif name in _NEVER_DONE:
        kept = value in ("disable", "prefer")
        rule = None if kept else f"must be disable or prefer: the driver, asyncpg, has no {_NEVER_DONE[name]}"
    elif name in _SECONDS:
        is_duration = re.fullmatch(r"\d{1,6}(\.\d+)?", value, re.ASCII) and float(value) > 0
        rule = None if is_duration else "must be a number of seconds above 0"
    elif name in _COUNTS:
        rule = None if re.fullmatch(r"\d{1,9}", value, re.ASCII) else "must be a whole number, 0 or more"
    elif not value:
        rule = "has no value"
    elif name not in _FREE and not _EXTENSION_SETTING.fullmatch(name):
        rule = "is not known (a server setting can be given as options=-c%20name%3Dvalue)"
    return rule


def _problems_of_files(options: Mapping[str, str]) -> Iterator[str]:
    """Mistakes in the files of certificates and keys, each read as asyncpg will read it."""
    named = {name: options[name] for name in _TLS_FILES if options.get(name)}
    if not named:
        return
    import ssl  # noqa: PLC0415  # most addresses name no files

    def reason(error: OSError) -> str:
        return "not in PEM format, or locked" if isinstance(error, ssl.SSLError) else str(error.strerror)

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    for name in sorted({"sslrootcert", "sslcrl"} & named.keys()):
        try:
            context.load_verify_locations(cafile=named[name])
        except OSError as error:
            yield f"the option {name} names a file that cannot be used: {reason(error)}"
    if "sslcert" in named:
        try:
            context.load_cert_chain(named["sslcert"], named.get("sslkey"), lambda: options.get("sslpassword", ""))
        except OSError as error:
            yield f"the options sslcert and sslkey name files that cannot be used: {reason(error)}"


def driver_arguments(options: Mapping[str, str]) -> dict[str, Any]:
    """Keyword arguments of `asyncpg.connect` for options without problems."""
    arguments: dict[str, Any] = {}
    texts: dict[str, str] = {}
    for name, value in options.items():
        if name in _SECONDS:
            arguments[name.removeprefix("connect_")] = float(value)
        elif name in _COUNTS:
            arguments[name] = int(value)
        elif name not in _NEVER_DONE:
            texts["sslmode" if name == "ssl" else name] = value
    if texts:  # asyncpg knows most of them as parts of a URL only
        arguments["dsn"] = f"postgresql://?{urlencode(texts)}"
    return arguments
