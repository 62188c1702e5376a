"""The README's commands do what it says, and answer what it shows."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from litestar import Litestar

from tests.runtimes.processes import serving

README = (Path(__file__).parents[2] / "README.md").read_text()

# What differs from run to run.
VARIES = {
    r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}": "<uuid>",
    r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z": "<moment>",
    r'"version":"[^"]+"': '"version":"<version>"',
}


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


def steady(text: str) -> list[str]:
    for pattern, name in VARIES.items():
        text = re.sub(pattern, name, text)
    return [line.rstrip() for line in text.strip().splitlines()]


@pytest.mark.skipif(not shutil.which("curl") and "CI" not in os.environ, reason="the tour needs curl")
def test_the_tour_shows_what_really_happens(tmp_path: Path) -> None:
    session = "".join(blocks("console"))
    commands = [line.removeprefix("$ ") for line in session.splitlines() if line.startswith("$ ")]
    shown = "\n".join(line for line in session.splitlines() if not line.startswith("$ "))
    assert len(commands) >= 10

    with serving(tmp_path) as served:
        script = "\n".join(f"{command}\necho" for command in commands).replace("http://127.0.0.1:8000", served.base_url)
        ran = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=True, timeout=60)

    assert [line for line in steady(ran.stdout) if line] == [line for line in steady(shown) if line]


def test_the_python_example_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (example,) = blocks("python")

    names: dict[str, object] = {}
    exec(example, names)

    assert isinstance(names["app"], Litestar)


def test_the_commands_it_names_are_targets_of_the_makefile() -> None:
    makefile = (Path(__file__).parents[2] / "Makefile").read_text()
    named = set(re.findall(r"\bmake ([a-z]+)\b", "\n".join([*blocks("sh"), *re.findall(r"`(make [a-z]+)`", README)])))

    assert {"run", "test", "help"} <= named
    assert all(re.search(rf"^{target}:", makefile, re.MULTILINE) for target in named)
