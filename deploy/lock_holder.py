"""The run that holds the lock of an environment, as the lock names it."""

import json
import os
import socket
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from uuid import uuid4

LIFE_SECONDS: Final = 120
"""How long a lock is good without being renewed."""


@dataclass(frozen=True, slots=True)
class Holder:
    """One run of the command."""

    id: str
    who: str
    """The person or role that calls AWS."""
    command: str
    machine: str
    system: str
    """The running system that its process belongs to; empty where it is unknown."""
    process: int
    since: str
    life_seconds: int

    @classmethod
    def this_run(cls, who: str, command: str) -> "Holder":
        """Return this process."""
        return cls(
            id=uuid4().hex,
            who=who,
            command=command,
            machine=socket.gethostname(),
            system=_system(),
            process=os.getpid(),
            since=datetime.now(UTC).isoformat(" ", "seconds"),
            life_seconds=LIFE_SECONDS,
        )

    @classmethod
    def parse(cls, text: str) -> "Holder | None":
        """Return the holder that a lock names; `None` if it is not one of ours."""
        try:
            return cls(**json.loads(text))
        except (ValueError, TypeError):
            return None

    def text(self) -> str:
        """Return what `parse` reads."""
        return json.dumps(asdict(self))

    def __str__(self) -> str:
        return f"`{self.command}` of {self.who}, on {self.machine} since {self.since} (process {self.process})"

    def has_ended(self) -> bool:
        """Whether it is known to have ended: its process was one of this system, and is gone."""
        if not self.system or self.system != _system():
            return False
        try:
            os.kill(self.process, 0)  # signal 0 only asks
        except ProcessLookupError:
            return True
        except PermissionError:
            pass
        return False


def _system() -> str:
    """Return a name for the running kernel and its namespace of processes, which is unique; only Linux has one."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        return f"{boot} {Path('/proc/self/ns/pid').readlink()}"
    except OSError:
        return ""
