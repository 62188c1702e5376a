"""Where settings come from."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from service.adapters.config.environment import EnvironmentConfig
from service.adapters.config.kept_secret import KeptSecret
from service.adapters.config.layered import LayeredConfig


def test_a_key_is_an_environment_variable_in_upper_case() -> None:
    config = EnvironmentConfig({"USERS_TABLE": " users-prod ", "ORDERS_TABLE": "  "})

    assert config.get("users_table") == config.get_table_name("users") == "users-prod"
    assert config.origin("users_table") == "environment variable USERS_TABLE"
    assert config.get("orders_table") is config.origin("orders_table") is None
    assert config.places("orders_table") == ("environment variable ORDERS_TABLE",)


def test_the_first_layer_that_has_a_key_counts() -> None:
    config = LayeredConfig(EnvironmentConfig({"A": "1"}), EnvironmentConfig({"A": "2", "B": "3"}))

    assert (config.get("a"), config.get("b"), config.get("c")) == ("1", "3", None)
    assert config.origin("c") is None
    assert len(config.places("c")) == 2


def test_a_secret_is_made_once_and_kept_where_only_its_owner_reads_it(tmp_path: Path) -> None:
    path = tmp_path / "var" / "secret"

    with ThreadPoolExecutor(16) as threads:
        made = list(threads.map(lambda _: KeptSecret("key", path).get("key"), range(64)))

    assert len(set(made)) == 1
    assert len(made[0] or "") >= 32
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(path.parent.iterdir()) == [path]
    assert KeptSecret("key", path).get("other") is None
