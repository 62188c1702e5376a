"""Libraries are loaded without what they never use here, and nothing else is changed."""

import subprocess
import sys


def run(code: str) -> str:
    """What a new process prints."""
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    return ran.stdout + ran.stderr


def test_what_was_spared_is_found_by_later_imports() -> None:
    code = "import containers.entrypoints.lean, yaml, pdb, greenlet\nprint(yaml.safe_load('a: 1'), pdb.Pdb.__name__)"

    assert run(code) == "{'a': 1} Pdb\n"


def test_what_was_loaded_before_stays() -> None:
    code = "import yaml, sys; before = yaml\nimport containers.entrypoints.lean\nprint(sys.modules['yaml'] is before)"

    assert run(code) == "True\n"
