"""How many connections a server process keeps open."""

import resource
from typing import Final

MOST_CONNECTIONS: Final = 10_000
RESERVED_FILES: Final = 128


class _Limit:
    """The setting `connections_max` of this process."""

    connections: int | None = None


def limit_connections(most: int | None) -> None:
    """Set how many connections this process keeps open; `None` is the file limit minus 128, at most 10,000."""
    _Limit.connections = most


def most_connections() -> int:
    """Return the limit of this process."""
    files = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    room = MOST_CONNECTIONS if files == resource.RLIM_INFINITY else max(files - RESERVED_FILES, 1)
    return min(_Limit.connections or MOST_CONNECTIONS, room)
