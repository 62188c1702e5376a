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


def test_once_a_server_has_started_a_search_for_garbage_leaves_out_what_the_start_made() -> None:
    code = """
import asyncio, gc, os
os.environ.update(RUNTIME="local", STORE="memory")
from containers.entrypoints.asgi import create_app

async def start():
    async with create_app().lifespan():
        print(len(gc.get_objects()) * 10 < gc.get_freeze_count())

asyncio.run(start())
"""
    assert run(code) == "True\n"
