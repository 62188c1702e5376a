"""What the images install exists for both architectures."""

import platform
import re
import subprocess
import sys
from pathlib import Path

from deploy.package_lambda import wheels_for
from loopback.lambda_emulator import ARCHITECTURES as MACHINES

SERVICE = Path(__file__).parents[2] / "requirements/service.txt"


def test_there_are_wheels_for_arm64_and_for_x86_64(tmp_path: Path) -> None:
    [other] = {"arm64", "x86_64"} - {MACHINES[platform.machine()]}
    pip = [sys.executable, "-m", "pip", "download", "--dest", str(tmp_path), *wheels_for(other)]

    subprocess.run([*pip, "--requirement", SERVICE], check=True)

    pinned = [line for line in SERVICE.read_text().splitlines() if re.match("[a-z]", line)]
    assert len(list(tmp_path.iterdir())) == len([line for line in pinned if "win32" not in line])
