"""Of any combination of mistakes, each is reported once, with where it was looked for, and nothing else is."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as run_with
from hypothesis import strategies as st

from containers.aws_lambda import LambdaContainer
from containers.eks import EksContainer
from containers.settings import ConfigurationError, Settings
from service.application.ports import table_setting
from service.domain.entities import ENTITIES

TABLES = [*map(table_setting, ENTITIES)]
GOOD = "a-secret-that-is-long-enough"
BAD = {
    "store": ("redis", "dynamo\u200bdb"),
    **dict.fromkeys(TABLES, ("use\u200brs", "or\x00ders")),
    "database_url": ("mysql://h/d", "postgresql://h\u2060/d"),
    "cursor_secret": ("too-short", "\ufeff too-short\n", f"{GOOD}\u00ad{GOOD}"),
    "cursor_secret_previous": ("too-short",),
    "auth": ("oauth", "OIDC"),
    "services": ("payments", "users,", "users,,orders"),
    "workers_io": ("0", "many", "1.5"),
    "drain_seconds": ("-1", "nan", "inf", "soon"),
    "shutdown_seconds": ("601",),
    "trusted_hops": ("11", "-1"),
    "log_level": ("LOUD",),
}
FINE = {
    "store": ("memory", "sqlite", "postgresql", "dynamodb", "\ufeffdynamodb\r\n"),
    **dict.fromkeys(TABLES, ("users",)),
    "database_url": ("sqlite:///x.db", "postgresql://h/d"),
    "cursor_secret": (GOOD,),
    "cursor_secret_previous": (GOOD,),
    "auth": ("none",),
    "services": ("users", "users\u200d", "orders", "orders, users"),
    "workers_io": ("4",),
    "drain_seconds": ("1",),
    "shutdown_seconds": ("30",),
    "trusted_hops": ("2",),
    "log_level": ("debug",),
}
ENVIRONMENTS = st.fixed_dictionaries({}, optional={key: st.sampled_from((*FINE[key], *BAD[key])) for key in BAD})


def expected(given_values: dict[str, str]) -> Iterator[str]:
    """The settings that are wrong, by a second account of the rules."""
    bad = {key for key, value in given_values.items() if value in BAD[key]}
    store = given_values.get("store", "dynamodb").strip("\ufeff\r\n")
    services = given_values.get("services", ",".join(ENTITIES)).strip("\u200d")
    missing = {"cursor_secret"} - given_values.keys()
    if store == "dynamodb" and "services" not in bad:
        needed = {"users": TABLES[:1], "orders": TABLES[:2], "orders, users": TABLES[:2]}.get(services, TABLES)
        missing |= {*needed} - given_values.keys()
    url = given_values.get("database_url")
    if store in {"sqlite", "postgresql"}:
        missing |= {"database_url"} if url is None or not url.startswith(f"{store}:") else set()
    elif url == "mysql://h/d":
        bad -= {"database_url"}  # only the stores that have an address judge it
    return (key for key in Settings.model_fields if key in bad | missing)


def test_every_setting_takes_part() -> None:
    assert set(BAD) == set(FINE)
    assert set(BAD) <= set(Settings.model_fields)


@pytest.mark.timeout(60)
@pytest.mark.parametrize("container_class", [LambdaContainer, EksContainer])
@run_with(max_examples=300, derandomize=True, deadline=None)
@given(given_values=ENVIRONMENTS)
def test_exactly_the_mistakes_are_reported_each_once(container_class: Any, given_values: dict[str, str]) -> None:
    container = container_class(environ={key.upper(): value for key, value in given_values.items()})

    problems = []
    try:
        container.settings()
    except ConfigurationError as error:
        problems = list(error.problems)

    assert [problem.key for problem in problems] == [*expected(given_values)]
    for problem in problems:
        assert f"environment variable {problem.key.upper()}" in problem.places
        assert not any(value in str(problem) for value in BAD["cursor_secret"])


def test_all_files_that_cannot_be_read_are_reported_at_once(tmp_path: Path) -> None:
    (tmp_path / "store").mkdir()
    (tmp_path / "users_table").write_bytes("users".encode("utf-16"))
    (tmp_path / "orders_table").write_bytes(b"orders\xff")
    (tmp_path / "cursor_secret").write_bytes(b"s\0e\0c\0r\0e\0t\0")
    container: Any = EksContainer(environ={"CONFIG_DIR": str(tmp_path), "LOG_LEVEL": "LOUD"})

    with pytest.raises(ConfigurationError) as error:
        container.settings()

    found = {problem.key: problem for problem in error.value.problems}
    assert [*found] == ["store", "users_table", "orders_table", "cursor_secret", "log_level"]
    assert "Is a directory" in found["store"].message
    assert "UTF-16" in found["users_table"].message
    assert found["orders_table"].message == "cannot be read: it is not text in UTF-8"
    assert found["cursor_secret"].message == "contains an invisible character (U+0000) at position 2"
    assert all(found[key].places == (f"file {tmp_path / key}",) for key in [*found][:4])
