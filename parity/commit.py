"""Which commit it is that was looked at."""

import subprocess
from pathlib import Path

_ROOT = Path(__file__).parents[1]


def commit(*sources: str) -> str:
    """The commit, marked where files of those folders have been changed since; `unknown` outside a checkout."""
    try:
        short = _git("rev-parse", "--short=12", "HEAD")
        return short + ("+changes" if _git("status", "--porcelain", "--", *sources) else "")
    except (OSError, subprocess.CalledProcessError):
        return "unknown"


def _git(*arguments: str) -> str:
    ran = subprocess.run(["git", *arguments], cwd=_ROOT, capture_output=True, text=True, check=True)
    return ran.stdout.strip()
