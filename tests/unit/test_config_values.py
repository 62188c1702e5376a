"""What counts as the value of a setting, the same wherever it comes from."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from service.adapters.config.environment import EnvironmentConfig
from service.adapters.config.kept_secret import KeptSecret
from service.adapters.config.layered import LayeredConfig
from service.adapters.config.mounted_files import MountedFilesConfig
from service.adapters.config.parameter_store import ParameterStoreConfig
from service.adapters.config.source import ConfigSource
from service.adapters.config.values import clean_value
from service.application.ports import ConfigPort, ConfigUnavailable, SettingUnusable

SECRET = "a secret, with a space"
IGNORED_AT_THE_ENDS = (
    *("\ufeff", "\ufeff\ufeff", " ", "\t", "\n", "\r\n", "\v", "\f", "\x1f", "\x85"),
    *("\xa0", "\u2003", "\u2028", "\u3000", "\u200b", "\u200e", "\u2060", "\xad", "\u180e", "\U000e0020", " \ufeff\n"),
)
REFUSED_INSIDE = (
    *("\x00", "\x07", "\x1b", "\t", "\n", "\x7f", "\x80", "\xa0", "\xad", "\u034f", "\u115f", "\u180e", "\u200b"),
    *("\u200d", "\u202e", "\u2028", "\u2060", "\u2800", "\u3000", "\u3164", "\ufe0f", "\ufeff", "\uffa0", "\U000e0041"),
)
# The first and the last of each run (DerivedCoreProperties.txt, Default_Ignorable_Code_Point), and the empty pattern of
# Braille.
LOOK_EMPTY = (
    *(("\u034f", "\u034f"), ("\u115f", "\u1160"), ("\u17b4", "\u17b5"), ("\u180b", "\u180f"), ("\u2800", "\u2800")),
    *(("\u3164", "\u3164"), ("\ufe00", "\ufe0f"), ("\uffa0", "\uffa0"), ("\U000e0100", "\U000e01ef")),
)
REFUSED_AT_THE_ENDS = ("\x00", "\x1b", "\u3164", "\ufe0f", "\u2800")


def in_the_environment(_directory: Path, text: str) -> ConfigPort:
    return EnvironmentConfig({"KEY": text})


def in_a_mounted_file(directory: Path, text: str) -> ConfigPort:
    (directory / "key").write_bytes(text.encode())
    return MountedFilesConfig(directory)


def in_a_kept_file(directory: Path, text: str) -> ConfigPort:
    (directory / "key").write_bytes(text.encode())
    return KeptSecret("key", directory / "key")


def in_systems_manager(_directory: Path, text: str) -> ConfigPort:
    class Ssm:
        """A client with one parameter, which a real one could not be given with each of these characters."""

        def get_paginator(self, _operation: str) -> "Ssm":
            return self

        def paginate(self, **_: Any) -> list[dict[str, Any]]:
            return [{"Parameters": [{"Name": "/shop/key", "Value": text}]}]

        def close(self) -> None:
            """Nothing is open."""

    return ParameterStoreConfig(Ssm, "/shop")


def in_a_source_of_ones_own(_directory: Path, text: str) -> ConfigPort:
    class Own(ConfigSource):
        def place(self, key: str) -> str:
            return f"vault entry {key}"

        def read(self, key: str) -> str | None:  # noqa: ARG002  # it has one answer
            return text

    return Own()


Source = Callable[[Path, str], ConfigPort]
each_source = pytest.mark.parametrize(
    "source",
    [in_the_environment, in_a_mounted_file, in_a_kept_file, in_systems_manager, in_a_source_of_ones_own],
)


@each_source
def test_what_cannot_belong_to_a_value_is_ignored_at_its_ends(source: Source, tmp_path: Path) -> None:
    for ignored in IGNORED_AT_THE_ENDS:
        config = source(tmp_path, f"{ignored}{SECRET}{ignored}")

        assert config.get("key") == SECRET, repr(ignored)
        assert config.origin("key") == config.places("key")[0]


@each_source
def test_an_invisible_character_is_refused_with_its_place_and_without_the_value(source: Source, tmp_path: Path) -> None:
    cases = [(SECRET[:4] + refused + SECRET[4:], refused, 5) for refused in REFUSED_INSIDE]
    cases += [(refused + SECRET, refused, 1) for refused in REFUSED_AT_THE_ENDS]
    cases += [(SECRET + refused, refused, len(SECRET) + 1) for refused in REFUSED_AT_THE_ENDS]
    for text, refused, position in cases:
        config = source(tmp_path, text)

        with pytest.raises(SettingUnusable) as error:
            config.get("key")

        told = f"contains an invisible character (U+{ord(refused):04X}) at position {position}"
        assert error.value.reason == told
        assert str(error.value) == f"The {config.places('key')[0]} {told}."
        assert SECRET[5:] not in str(error.value)


@pytest.mark.parametrize("source", [in_the_environment, in_a_mounted_file, in_systems_manager])
def test_a_value_of_nothing_that_can_be_seen_is_not_set(source: Source, tmp_path: Path) -> None:
    config = source(tmp_path, "\ufeff \r\n")

    assert config.get("key") is config.origin("key") is None
    assert LayeredConfig(config, EnvironmentConfig({"KEY": SECRET})).get("key") == SECRET


def test_what_can_be_seen_stays_as_it_is() -> None:
    for value in ("naïve pässwörd", "密码 ключ كلمة", "a\u0301", "🔑", "sqlite:///x.db", "\\u200b"):
        assert clean_value(value) == value


def test_every_character_that_looks_empty_is_refused_and_its_neighbours_are_not() -> None:
    for first, last in LOOK_EMPTY:
        for refused in {first, last}:
            with pytest.raises(ValueError, match=rf"\(U\+{ord(refused):04X}\) at position 2$"):
                clean_value(f"a{refused}b")
        for kept in (f"a{chr(ord(first) - 1)}b", f"a{chr(ord(last) + 1)}b"):
            if kept.isprintable():  # what no version of Unicode has assigned yet is refused in any case
                assert clean_value(kept) == kept


def test_a_variable_that_is_not_utf8_is_refused() -> None:
    with pytest.raises(SettingUnusable, match="KEY cannot be read: it is not text in UTF-8, from position 3 on"):
        EnvironmentConfig({"KEY": b"ab\xff".decode("utf-8", "surrogateescape")}).get("key")


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be", "utf-16-le", "utf-32"])
def test_a_file_in_another_encoding_is_refused(encoding: str, tmp_path: Path) -> None:
    (tmp_path / "key").write_bytes(f"\ufeff{SECRET}".encode(encoding))

    with pytest.raises(SettingUnusable, match=r"UTF-16|UTF-8|invisible") as error:
        MountedFilesConfig(tmp_path).get("key")

    assert "secret" not in str(error.value)


@pytest.mark.parametrize(
    ("content", "advice"),
    [
        ("\ufeffx".encode("utf-16-le"), ". It begins as UTF-16 does; save it as UTF-8"),
        ("\ufeffx".encode("utf-16-be"), ". It begins as UTF-16 does; save it as UTF-8"),
        ("é".encode("latin-1"), ""),
    ],
    ids=["little-endian", "big-endian", "Latin-1"],
)
def test_only_what_begins_as_utf16_is_said_to_be_so(content: bytes, advice: str) -> None:
    with pytest.raises(ValueError, match=r"UTF-8") as error:
        clean_value(content)

    assert str(error.value) == f"cannot be read: it is not text in UTF-8{advice}"


def test_a_directory_that_is_none_is_one_problem_of_the_whole_place(tmp_path: Path) -> None:
    (tmp_path / "file").touch(mode=0o755)

    with pytest.raises(ConfigUnavailable, match=r"The directory .*/file cannot be read: Not a directory\.") as error:
        MountedFilesConfig(tmp_path / "file").get("key")

    assert not isinstance(error.value, SettingUnusable)


def test_a_directory_that_may_not_be_entered_is_one_problem_of_the_whole_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.access", lambda *_: False)  # the superuser, who runs tests, may enter each
    (tmp_path / "key").mkdir()

    with pytest.raises(ConfigUnavailable, match=r"^The directory .* cannot be read: ") as error:
        MountedFilesConfig(tmp_path).get("key")

    assert not isinstance(error.value, SettingUnusable)


def test_a_kept_secret_is_long_enough_with_the_least_number_of_characters(tmp_path: Path) -> None:
    path = tmp_path / "secret"
    path.write_text("exactly-16-chars\n")

    assert KeptSecret("key", path, least_characters=16).get("key") == "exactly-16-chars"
    path.write_text("x")
    assert KeptSecret("key", path).get("key") == "x"


@pytest.mark.parametrize("kept", ["", "\n", "short", "\ufeffshort\n\n\n\n\n\n\n\n\n\n\n\n"])
def test_a_kept_secret_that_is_too_short_is_refused_with_what_to_do(kept: str, tmp_path: Path) -> None:
    path = tmp_path / "secret"
    path.write_text(kept)

    with pytest.raises(SettingUnusable) as error:
        KeptSecret("key", path, least_characters=16).get("key")

    assert error.value.reason == "has fewer than 16 characters; delete it, and a new secret is generated"
    assert "short" not in str(error.value)
    path.unlink()
    assert len(KeptSecret("key", path, least_characters=16).get("key") or "") >= 43  # 32 bytes in base 64
