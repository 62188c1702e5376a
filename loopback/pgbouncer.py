"""PgBouncer before a PostgreSQL server, for as long as the block lasts."""

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from loopback.patience import PATIENCE_SECONDS

PGBOUNCER: Final = shutil.which("pgbouncer") or shutil.which("pgbouncer", path="/usr/sbin:/usr/local/sbin")

# https://www.pgbouncer.org/config.html: every client is accepted, as the superuser.
_CONFIGURATION: Final = """
[databases]
* = host={directory} user=postgres
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = {sessions}
"""


@contextmanager
def pgbouncer(server_socket: str, sessions: int) -> Iterator[str]:
    """A pooler in transaction mode with that many sessions of the server on a socket; yields `host:port`."""
    if PGBOUNCER is None:
        raise FileNotFoundError("this needs PgBouncer: apt-get install pgbouncer")
    directory = Path(server_socket).parent
    owner = directory.stat()  # it refuses to run as root, and only the server's own user may enter the directory
    port = _free_port()
    with TemporaryDirectory(prefix="pgbouncer-") as own:
        Path(own).chmod(0o755)
        configuration = Path(own, "pgbouncer.ini")
        configuration.write_text(_CONFIGURATION.format(directory=directory, port=port, sessions=sessions))
        process = subprocess.Popen(
            [PGBOUNCER, configuration],
            user=owner.st_uid,
            group=owner.st_gid,
            extra_groups=[],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            _wait_for(port, process)
            yield f"127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(PATIENCE_SECONDS)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    give_up = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except OSError:
            if process.poll() is not None or time.monotonic() > give_up:
                raise
            time.sleep(0.02)
        else:
            return
