"""The one file of bytecode that a function finds its modules in: written by `deploy`, read by `containers`."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.bytecode import LOADED_BEFORE, bundle
from deploy.slim import slim

ROOT = Path(__file__).parents[2]

BROKEN = """
def fail():
    raise ValueError("as it was meant")
"""
START = (
    "import sys; sys.path.insert(0, {directory!r})\nfrom containers.entrypoints.bytecode import use_bytecode\n{code}"
)


@pytest.fixture
def task(tmp_path: Path) -> Path:
    """A function's directory, small, with its bytecode in one file."""
    directory = tmp_path / "task"
    for path in LOADED_BEFORE:
        (directory / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / path, directory / path)
    (directory / "shop" / "goods").mkdir(parents=True)
    (directory / "shop" / "__init__.py").write_text("NAME = 'shop'")
    (directory / "shop" / "broken.py").write_text(BROKEN)
    (directory / "shop" / "goods" / "apples.py").write_text("from shop import NAME")  # in a package without __init__
    (directory / "shop" / "price.txt").write_text("3")
    slim(directory, directory)
    bundle(directory)
    return directory


def run(task: Path, code: str, *, bundled: bool = True) -> str:
    """What a process prints whose modules are in that directory."""
    start = START.format(directory=str(task), code=f"use_bytecode()\n{code}" if bundled else code)
    ran = subprocess.run([sys.executable, "-I", "-B", "-c", start], capture_output=True, text=True, check=False)
    return ran.stdout + ran.stderr


def change_sources(task: Path) -> None:
    """Change the sources: who reads the file of bytecode does not notice."""
    for source in (task / "shop").rglob("*.py"):
        source.write_text(source.read_text().replace("'shop'", "'changed'"))


def test_modules_are_found_in_the_file_and_their_sources_are_not_read(task: Path) -> None:
    change_sources(task)
    code = "import shop, shop.goods.apples; print(shop.NAME, shop.goods.apples.NAME, shop.__file__)"

    assert run(task, code) == f"shop shop {task}/shop/__init__.py\n"
    assert run(task, code, bundled=False) == f"changed changed {task}/shop/__init__.py\n"


def test_only_what_python_loads_before_has_bytecode_of_its_own(task: Path) -> None:
    compiled = {path.parents[1] / f"{path.name.partition('.')[0]}.py" for path in task.rglob("*.pyc")}

    assert compiled == {task / path for path in LOADED_BEFORE}


def test_a_traceback_shows_the_line(task: Path) -> None:
    printed = run(task, "from shop.broken import fail; fail()")

    assert f'File "{task}/shop/broken.py", line 3, in fail\n    raise ValueError("as it was meant")' in printed


def test_data_beside_a_module_is_found(task: Path) -> None:
    assert run(task, "from importlib.resources import files; print((files('shop') / 'price.txt').read_text())") == "3\n"


def test_what_is_not_in_the_file_is_found_where_it_is(task: Path) -> None:
    (task / "later.py").write_text("NAME = 'later'")

    assert run(task, "import later, json; print(later.NAME)") == "later\n"
    assert "No module named 'shop.unknown'" in run(task, "import shop.unknown")


def test_the_file_of_another_python_is_not_read(task: Path) -> None:
    change_sources(task)
    file = task / "modules.bytecode"
    file.write_bytes(b"\0\0\r\n" + file.read_bytes()[4:])

    assert run(task, "import shop; print(shop.NAME)") == "changed\n"


def test_without_the_file_everything_is_as_usual(task: Path) -> None:
    (task / "modules.bytecode").unlink()

    assert run(task, "import shop; print(shop.NAME)") == "shop\n"


def test_the_file_is_the_same_whenever_it_is_written(task: Path) -> None:
    first = (task / "modules.bytecode").read_bytes()
    slim(task, task)
    bundle(task)

    assert (task / "modules.bytecode").read_bytes() == first
