"""The files that pages need are in the package, and those made by others are as they came."""

import subprocess
import sys
from hashlib import sha256
from pathlib import Path
from zipfile import ZipFile

ROOT = Path(__file__).parents[2]
PAGES = ROOT / "service/http/pages"


def test_vendored_files_are_the_ones_that_are_listed() -> None:
    lines = (ROOT / "requirements/vendored.txt").read_text().splitlines()
    listed = {path: digest for digest, path, *_ in (line.split() for line in lines if not line.startswith("#"))}
    found = [path for top in ("service", "tests") for path in (ROOT / top).rglob("vendor/**/*") if path.is_file()]

    assert listed == {str(path.relative_to(ROOT)): sha256(path.read_bytes()).hexdigest() for path in found}


def test_a_wheel_has_templates_and_static_files(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", tmp_path], cwd=ROOT, check=True)
    (wheel,) = tmp_path.iterdir()

    needed = [path for folder in ("templates", "static") for path in (PAGES / folder).rglob("*") if path.is_file()]

    assert len(needed) > 15
    assert {str(path.relative_to(ROOT)) for path in needed} <= set(ZipFile(wheel).namelist())
    assert wheel.stat().st_size < 1_000_000
