"""The protocol class for uvicorn: `--http containers.entrypoints.serving.protocol:Connection`."""

from importlib.util import find_spec

from containers.entrypoints.serving.guarded import GuardedConnection

Connection: type[GuardedConnection]
"""Over httptools, or over h11 where that is not installed."""

if find_spec("httptools"):
    from containers.entrypoints.serving.with_httptools import HttptoolsConnection

    Connection = HttptoolsConnection
else:
    from containers.entrypoints.serving.with_h11 import H11Connection

    Connection = H11Connection
