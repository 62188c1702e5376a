"""Where settings come from."""

import secrets
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import boto3
import pytest

from loopback.aws import ministack
from service.adapters.config.environment import EnvironmentConfig
from service.adapters.config.kept_secret import KeptSecret
from service.adapters.config.layered import LayeredConfig
from service.adapters.config.mounted_files import MountedFilesConfig
from service.adapters.config.parameter_store import ParameterStoreConfig
from service.application.ports import ConfigUnavailable


def test_a_key_is_an_environment_variable_in_upper_case() -> None:
    config = EnvironmentConfig({"USERS_TABLE": " users-prod ", "ORDERS_TABLE": "  "})

    assert config.get("users_table") == config.get_table_name("users") == "users-prod"
    assert config.origin("users_table") == "environment variable USERS_TABLE"
    assert config.get("orders_table") is config.origin("orders_table") is None
    assert config.places("orders_table") == ("environment variable ORDERS_TABLE",)


def test_the_first_layer_that_has_a_key_counts() -> None:
    config = LayeredConfig(EnvironmentConfig({"A": "1"}), EnvironmentConfig({"A": "2", "B": "3"}))

    assert (config.get("a"), config.get("b"), config.get("c")) == ("1", "3", None)
    assert (config.origin("a"), config.origin("c")) == ("environment variable A", None)
    assert config.places("c") == ["environment variable C", "environment variable C"]


def test_a_secret_is_made_once_and_kept_where_only_its_owner_reads_it(tmp_path: Path) -> None:
    path = tmp_path / "var" / "deeper" / "secret"

    with ThreadPoolExecutor(16) as threads:
        made = list(threads.map(lambda _: KeptSecret("key", path).get("key"), range(64)))

    assert len(set(made)) == 1
    assert len(made[0] or "") >= 32
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(path.parent.iterdir()) == [path]
    assert KeptSecret("key", path).get("other") is None


def test_of_two_processes_that_make_a_secret_at_once_the_first_wins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "secret"

    def made_too_late(_bytes: int) -> str:
        path.write_text("the first")
        return "the second"

    monkeypatch.setattr(secrets, "token_urlsafe", made_too_late)

    assert KeptSecret("key", path).get("key") == "the first"
    assert list(tmp_path.iterdir()) == [path]


def test_a_kept_secret_says_where_it_is_kept(tmp_path: Path) -> None:
    config = KeptSecret("key", tmp_path / "secret")

    assert config.places("key") == (config.origin("key"),) == (f"file {tmp_path}/secret",)
    assert (config.places("other"), config.origin("other")) == ((), None)


def test_a_secret_that_cannot_be_kept_is_said_to_be_so(tmp_path: Path) -> None:
    (tmp_path / "var").touch()

    with pytest.raises(ConfigUnavailable, match=r"key cannot be kept in .*/var/secret \(.+\): set it, or make"):
        KeptSecret("key", tmp_path / "var" / "secret").get("key")


def test_a_mounted_file_is_read_through_the_link_that_kubernetes_swaps(tmp_path: Path) -> None:
    for version, table in (("..1", "users-old"), ("..2", "users-new")):
        (tmp_path / version).mkdir()
        (tmp_path / version / "users_table").write_text(f"{table}\n")
    (tmp_path / "..data").symlink_to("..1")
    (tmp_path / "users_table").symlink_to("..data/users_table")
    config = MountedFilesConfig(tmp_path)
    assert config.get_table_name("users") == "users-old"

    (tmp_path / "..tmp").symlink_to("..2")
    (tmp_path / "..tmp").rename(tmp_path / "..data")

    assert config.get("users_table") == "users-new"
    assert config.origin("users_table") == f"file {tmp_path}/users_table"
    assert config.get("orders_table") is config.origin("orders_table") is None


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "store").mkdir()
    (tmp_path / "users_table").write_bytes(b"\xff\xfe")
    config = MountedFilesConfig(tmp_path)

    with pytest.raises(ConfigUnavailable, match=r"The file .*/store cannot be read: Is a directory\."):
        config.get("store")
    with pytest.raises(ConfigUnavailable, match=r"users_table cannot be read: it is not text in UTF-8\."):
        config.get("users_table")


def test_parameters_are_read_once_for_all_pages_and_decrypted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with ministack(tmp_path, "ssm") as environ:
        for name, value in environ.items():
            monkeypatch.setenv(name, value)
        ssm = boto3.session.Session().client("ssm")
        for number in range(12):
            ssm.put_parameter(Name=f"/shop/key_{number}", Value=f"value {number}", Type="String")
        ssm.put_parameter(Name="/shop/cursor_secret", Value="hunter2", Type="SecureString")
        ssm.put_parameter(Name="/shopping/key_1", Value="another's", Type="String")
        config = ParameterStoreConfig(lambda: ssm, "/shop/")
        assert [config.get(f"key_{number}") for number in range(12)] == [f"value {number}" for number in range(12)]

    assert config.get("cursor_secret") == "hunter2"  # Systems Manager is gone: nothing is asked twice
    assert config.origin("key_1") == "parameter /shop/key_1"
    assert config.get("missing") is config.origin("missing") is None
    with pytest.raises(ConfigUnavailable, match="The parameters under /other cannot be read: "):
        ParameterStoreConfig(lambda: ssm, "/other").get("key")
    ssm.close()
