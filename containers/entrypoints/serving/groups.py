"""Connections in groups, by what they wait for."""

import asyncio
from typing import Protocol


class Connection(Protocol):
    """What `Connections` needs of one."""

    transport: asyncio.Transport
    held: int
    group: "Group | None"

    def refuse(self, status: int) -> None:
        """Answer with this status and end the connection."""


Group = dict[Connection, float]
"""Connections that wait for the same, and since when, the longest wait first."""


def waiting_since(group: Group, latest: float) -> list[Connection]:
    """Return those of the group that have been in it since then or longer."""
    expired = []
    for connection, since in group.items():
        if since > latest:
            break
        expired.append(connection)
    return expired
