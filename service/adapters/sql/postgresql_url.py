"""The address of a PostgreSQL database, as `database_url` gives it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import starmap, zip_longest
from typing import Any, Final
from urllib.parse import parse_qsl, unquote

from service.adapters.sql.postgresql_options import driver_arguments, may_be_shown, problems_of_options

_URL: Final = re.compile(
    r"postgres(?:ql)?(?:\+asyncpg)?://"
    r"(?:(?P<user>[^@/?:]*)(?::(?P<password>[^@/?]*))?@)?"
    r"(?P<hosts>[^@/?]*)"
    r"(?:/(?P<database>[^/?]*))?"
    r"(?:\?(?P<options>.*))?"
)
_IN_WORDS: Final = "must be postgresql://user:password@host:port/database (special characters as %XX)"
_PARTS: Final = {"user", "password", "dbname", "database"}  # which may be options as well
_SOCKET: Final = re.compile(r"(?P<name>/.+)(?P<port>)")
_HOST: Final = re.compile(r"(?P<name>\[[\da-fA-F:.]+(?:%\w+)?\]|[^\[\]:/\s]+)(?::(?P<port>.*))?")
_DEFAULT_PORT: Final = "5432"
_HIGHEST_PORT: Final = 65535


@dataclass(frozen=True, slots=True)
class PostgresqlAddress:
    """What a URL says. Its arguments are in no `repr`: one of them is a password."""

    arguments: Mapping[str, Any] = field(repr=False)
    """Keyword arguments of `asyncpg.connect`."""
    cached_statements: int | None = None
    """How many prepared statements a connection keeps, where the URL says so."""

    @property
    def behind_pooler(self) -> bool:
        """Whether each transaction may get another session of the server, so that no session keeps anything."""
        return self.cached_statements == 0


def problems_of_url(url: str) -> list[str]:
    """Every mistake in a URL, in words that contain no value of it. Reads the certificate files that it names."""
    return _read(url)[1]


def read_address(url: str) -> PostgresqlAddress:
    """What a URL says. Raises `ValueError`, which lists its mistakes."""
    arguments, problems = _read(url)
    if problems:
        raise ValueError("\n".join(problems))
    cached = arguments.pop("prepared_statement_cache_size", None)
    if arguments.get("statement_cache_size") == 0:
        cached = 0
    return PostgresqlAddress(arguments, cached)


def _read(url: str) -> tuple[dict[str, Any], list[str]]:
    """The arguments, and the mistakes; where there are mistakes, the arguments are of no use."""
    parts = _URL.fullmatch(url)
    if parts is None:
        return {}, [_IN_WORDS]
    arguments: dict[str, Any] = {name: unquote(parts[name]) for name in ("user", "password", "database") if parts[name]}
    hosts = [unquote(each) for each in parts["hosts"].split(",")] if parts["hosts"] else []
    pairs = parse_qsl(parts["options"] or "", keep_blank_values=True)
    options = dict(pairs)
    for name in _PARTS & options.keys():
        arguments[name.replace("dbname", "database")] = options.pop(name)
    if options.pop("host", None):  # libpq separates several by commas, SQLAlchemy repeats the option
        hosts = [each for name, value in pairs if name == "host" for each in value.split(",")]
    ports = options.pop("port", "")
    servers, problems = _servers(hosts, ports.split(",") if ports else [])
    if not all(starmap(may_be_shown, options.items())):
        problems.append(f"{_IN_WORDS}: it has an unknown option, not shown since it may be part of a password")
        options = dict(filter(lambda option: may_be_shown(*option), options.items()))
    problems += problems_of_options(options)
    if not arguments.get("database") and "service" not in options:
        problems.append(f"{_IN_WORDS}: it names no database")
    return {**arguments, **servers, **(driver_arguments(options) if not problems else {})}, problems


def _servers(hosts: Sequence[str], ports: Sequence[str]) -> tuple[dict[str, list[Any]], list[str]]:
    """The arguments `host` and `port`, with one entry for each server; none where no server is named."""
    problems: list[str] = []
    names: list[str] = []
    own_ports: list[str] = []
    for each in hosts:
        found = _SOCKET.fullmatch(each) or _HOST.fullmatch(each)
        if found and _can_be_looked_up(found["name"]):
            names.append(found["name"].strip("[]"))
            own_ports.append(found["port"] or "")
    if len(names) < len(hosts):
        problems.append(f"{_IN_WORDS}: a host's name cannot be used")
    if ports and len(ports) not in (1, max(1, len(hosts))):
        problems.append("the option port must be one number, or as many as there are hosts")
    if not all(map(_is_port, filter(None, [*ports, *own_ports]))) or "" in ports:
        problems.append(f"{_IN_WORDS}: a port is a number from 1 to {_HIGHEST_PORT}")
    if problems:
        return {}, problems
    servers: dict[str, list[Any]] = {"host": names} if names else {}
    if ports or any(own_ports):  # else the driver has its default
        shared = ports if len(ports) == len(names) else [ports[0] if ports else _DEFAULT_PORT] * max(1, len(names))
        servers["port"] = [int(own or other) for own, other in zip_longest(own_ports, shared)]
    return servers, problems


def _is_port(text: str) -> bool:
    return text.isascii() and text.isdigit() and 1 <= int(text[:6]) <= _HIGHEST_PORT


def _can_be_looked_up(host: str) -> bool:
    try:
        return host.startswith("/") or bool(host.encode("idna"))
    except UnicodeError:  # an empty label, or one of more than 63 characters
        return False
