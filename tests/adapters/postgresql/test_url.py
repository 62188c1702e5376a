"""What `database_url` may say of a PostgreSQL server, and which mistakes are named before anything is served."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from containers.settings import ConfigurationError
from service.adapters.sql.postgresql_url import problems_of_url, read_address
from tests.adapters.postgresql.shop import a_container


@pytest.mark.parametrize(
    ("option", "told"),
    [
        ("prepared_statement_cache_size=many", "the option prepared_statement_cache_size must be a whole number"),
        ("statement_cache_size=-1", "the option statement_cache_size must be a whole number"),
        ("connect_timeout=soon", "the option connect_timeout must be a number of seconds"),
        ("command_timeout=0", "the option command_timeout must be a number of seconds above 0"),
        ("sslmode=on", "the option sslmode must be one of disable, allow, prefer, require, verify-ca, verify-full"),
        ("ssl=true", "the option ssl must be one of disable"),
        ("ssl_min_protocol_version=1.2", "the option ssl_min_protocol_version must be one of TLSv1"),
        ("target_session_attrs=master", "the option target_session_attrs must be one of any, primary"),
        (
            "channel_binding=require",
            "the option channel_binding must be disable or prefer: the driver, asyncpg, has no",
        ),
        ("gssencmode=require", "the option gssencmode must be disable or prefer"),
        ("sslrootcert=/nowhere/ca.pem", "the option sslrootcert names a file that cannot be used: No such file"),
        ("sslcert=/nowhere/me.pem", "the options sslcert and sslkey name files that cannot be used: No such file"),
        ("application_name=", "the option application_name has no value"),
        ("sslmod=require", "the option sslmod is not known"),
        ("hunter2=1", "it has an unknown option, not shown since it may be part of a password"),
        ("port=%C2%B2", "a port is a number from 1 to 65535"),  # a superscript two
        ("port=%D9%A3", "a port is a number from 1 to 65535"),  # an Arabic three
        pytest.param(f"port={'9' * 5000}", "a port is a number from 1 to 65535", id="a long port"),
        ("port=655350", "a port is a number from 1 to 65535"),
        ("port=70000", "a port is a number from 1 to 65535"),
        ("host=a,b&port=1,", "a port is a number from 1 to 65535"),
        ("port=1,2", "the option port must be one number, or as many as there are hosts"),
        ("port=1,2,3", "the option port must be one number, or as many as there are hosts"),
        ("host=a..b", "a host's name cannot be used"),
        ("host=a%20b", "a host's name cannot be used"),
        ("host=[::1", "a host's name cannot be used"),
    ],
)
def test_each_mistake_in_an_option_is_one_message_that_names_it(option: str, told: str) -> None:
    (problem,) = problems_of_url(f"postgresql://db.example/shop?{option}")

    assert told in problem


def test_what_is_no_address_is_one_mistake() -> None:
    words = "must be postgresql://user:password@host:port/database (special characters as %XX)"
    assert problems_of_url("mysql://ada:hunter2@db.example/shop") == [words]
    assert problems_of_url("postgresql://db.example") == [f"{words}: it names no database"]


@pytest.mark.parametrize(
    "url", ["postgresql://db.example:70000/shop", "postgresql://a:1,b:x/shop", "postgresql://h:0/d"]
)
def test_a_port_is_a_number(url: str) -> None:
    (problem,) = problems_of_url(url)

    assert "a port is a number from 1 to 65535" in problem


def test_all_mistakes_are_reported_at_once_before_the_application_is_made_and_no_value_is() -> None:
    url = "postgresql://ada:hunter2@db.example:hunter2/shop?sslmode=hunter2&timeout=hunter2&foo=hunter2&hunter2=1"

    with pytest.raises(ConfigurationError) as error:
        a_container(url).settings()

    told = str(error.value)
    for each in ("port", "sslmode", "timeout", "foo", "database_url"):
        assert each in told
    assert "hunter2" not in told
    assert "hunter2" not in repr(read_address("postgresql://ada:hunter2@db.example/shop?sslpassword=hunter2"))


def test_a_file_that_is_no_certificate_is_named(tmp_path: Path) -> None:
    file = tmp_path / "ca.pem"
    file.write_text("hello")

    (problem,) = problems_of_url(f"postgresql://db.example/shop?sslmode=verify-full&sslrootcert={file}")

    assert problem == "the option sslrootcert names a file that cannot be used: not in PEM format, or locked"


@pytest.mark.parametrize(
    ("url", "arguments"),
    [
        ("postgres://ada:l%2Fve@[::1]/shop", {"user": "ada", "password": "l/ve", "host": ["::1"], "database": "shop"}),
        ("postgresql://a:1,b/shop", {"host": ["a", "b"], "port": [1, 5432], "database": "shop"}),
        ("postgresql:///shop?host=a:1&host=b:2", {"host": ["a", "b"], "port": [1, 2], "database": "shop"}),
        ("postgresql:///shop?host=a,b&port=7", {"host": ["a", "b"], "port": [7, 7], "database": "shop"}),
        ("postgresql:///shop?host=a,b&port=7,8", {"host": ["a", "b"], "port": [7, 8], "database": "shop"}),
        ("postgresql:///shop?port=7", {"port": [7], "database": "shop"}),
        ("postgresql://a:1/shop?port=7", {"host": ["a"], "port": [1], "database": "shop"}),
        (f"postgresql:///shop?host=/run/{'x' * 64}", {"host": [f"/run/{'x' * 64}"], "database": "shop"}),
        ("postgresql://%2Frun%2Fpg/shop", {"host": ["/run/pg"], "database": "shop"}),
        ("postgresql://h?dbname=shop&user=ada", {"host": ["h"], "database": "shop", "user": "ada"}),
        ("postgresql:///?service=shop", {"dsn": "postgresql://?service=shop"}),
        ("postgresql://h/shop?ssl=require&gssencmode=disable", {"host": ["h"], "database": "shop"} | {"dsn": "postgresql://?sslmode=require"}),
    ],
)  # fmt: skip
def test_the_driver_gets_what_the_url_says(url: str, arguments: dict[str, Any]) -> None:
    assert read_address(url).arguments == arguments


@pytest.mark.parametrize(
    ("options", "cached", "behind_pooler"),
    [
        ("", None, False),
        ("?prepared_statement_cache_size=5", 5, False),
        ("?prepared_statement_cache_size=1", 1, False),
        ("?prepared_statement_cache_size=0", 0, True),
        ("?statement_cache_size=0", 0, True),
        ("?statement_cache_size=1", None, False),
        ("?statement_cache_size=0&prepared_statement_cache_size=9", 0, True),
    ],
)
def test_without_prepared_statements_the_server_is_behind_a_pooler(
    options: str,
    cached: int | None,
    behind_pooler: bool,  # noqa: FBT001  # pytest passes it
) -> None:
    address = read_address(f"postgresql://h/shop{options}")

    assert (address.cached_statements, address.behind_pooler) == (cached, behind_pooler)
    assert "prepared_statement_cache_size" not in address.arguments


def test_an_address_with_mistakes_is_refused_with_all_of_them() -> None:
    with pytest.raises(ValueError, match=r"\A.*a port is a number.*\n.*option sslmode.*\n.*names no database\Z"):
        read_address("postgresql://h:0?sslmode=on")


def test_options_of_libpq_and_of_the_driver_reach_the_server(url: str) -> None:
    options = (
        "sslmode=prefer&channel_binding=prefer&target_session_attrs=any&connect_timeout=5&command_timeout=5"
        "&prepared_statement_cache_size=5&application_name=the%20shop&statement_timeout=900&options=-c%20work_mem%3D77kB"
    )
    database = a_container(f"{url}&{options}").store().database()
    shown = text(
        "SELECT current_setting('application_name'), current_setting('statement_timeout'), current_setting('work_mem')"
    )

    async def story() -> None:
        assert tuple(await database.read(lambda c: c.execute(shown).one())) == ("the shop", "900ms", "77kB")
        await database.close()

    asyncio.run(story())
