"""Which sources were compared."""

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


def trees(*sources: str) -> dict[str, str]:
    """The id of what each folder holds in the last commit, the same after a rebase; nothing outside a checkout."""
    try:
        return {source: _git("rev-parse", f"HEAD:{source}") for source in sources}
    except (OSError, subprocess.CalledProcessError):
        return {}


def _git(*arguments: str) -> str:
    ran = subprocess.run(["git", *arguments], cwd=_ROOT, capture_output=True, text=True, check=True)
    return ran.stdout.strip()
