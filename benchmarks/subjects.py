"""What is measured: our service and its peers, as servers and as functions, and how each is run."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from benchmarks import programs
from benchmarks.environments import environment
from service.domain.entities import ENTITIES

HOST: Final = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Server:
    """A program that listens. `app` is what uvicorn is given; ours has a command that serves it.

    `environ` are variables that it always needs.
    """

    environment: str
    app: str | None = None
    environ: Mapping[str, str] = field(default_factory=dict)

    def command(self, port: int) -> list[str]:
        """The command that serves it on that port of loopback."""
        built = environment(self.environment)
        if self.app is None:
            return programs.shapeshift(["serve", "--host", HOST, "--port", str(port)], built)
        return programs.uvicorn(self.app, port, built)


@dataclass(frozen=True, slots=True)
class Function:
    """A Lambda handler: its dotted path, the sources whose events it answers, and variables that it always needs."""

    environment: str
    handler: str
    sources: tuple[str, ...] = ("http_api", "alb", "alb_multi_value")
    environ: Mapping[str, str] = field(default_factory=dict)

    def command(self) -> list[str]:
        """The command that the emulator runs: AWS's runtime client with this handler."""
        built, client = environment(self.environment), environment("runtime_client")
        return programs.runtime_client(self.handler, built, client)

    def python(self, code: str) -> list[str]:
        """The command that runs other code where this handler can be imported."""
        return programs.python(code, environment(self.environment))


_PEERS: Final = "benchmarks.peers"
_V2_ONLY: Final = ("http_api",)
OURS: Final = {"CURSOR_SECRET": "a secret of no value", **{f"{name.upper()}_TABLE": name for name in ENTITIES}}
"""What ours always needs."""

SERVERS: Final[Mapping[str, Server]] = {
    "ours": Server("ours_server", environ=OURS),
    "fastapi_boto3": Server("fastapi_server", f"{_PEERS}.fastapi_boto3:app"),
    "fastapi_memory": Server("fastapi_server", f"{_PEERS}.fastapi_memory:app"),
    "fastapi_sqlalchemy": Server("fastapi_server", f"{_PEERS}.fastapi_sqlalchemy:app"),
    "bare_asgi": Server("bare", f"{_PEERS}.bare_asgi:app"),
}
"""The only table of servers. Those with a database get it by DATABASE_URL; ours also by STORE."""

FUNCTIONS: Final[Mapping[str, Function]] = {
    "ours": Function("ours_lambda", "containers.entrypoints.aws_lambda.handler", environ=OURS),
    "fastapi_boto3": Function("fastapi_lambda", f"{_PEERS}.fastapi_boto3_lambda.handler"),
    "fastapi_slim": Function("fastapi_slim", f"{_PEERS}.fastapi_boto3_lambda.handler"),
    "fastapi_memory": Function("fastapi_lambda", f"{_PEERS}.fastapi_memory.handler"),
    "powertools": Function("powertools", f"{_PEERS}.powertools.handler", _V2_ONLY),
    "bare_asgi": Function("bare", f"{_PEERS}.bare_asgi.handler"),
    "bare_handler": Function("bare", f"{_PEERS}.bare_handler.handler", _V2_ONLY),
}
"""The only table of functions. Those with a table get its name by USERS_TABLE; ours gets its store by STORE."""
