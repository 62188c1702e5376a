"""How a program is run in its environment: with the standard library and nothing else of this machine."""

from collections.abc import Sequence

from benchmarks.environments import Environment

_UVICORN = """\
import uvicorn
uvicorn.run(
    {app!r}, host="127.0.0.1", port={port}, loop="asyncio", http="httptools", ws="none",
    access_log=False, log_config=None, proxy_headers=False, server_header=False, timeout_keep_alive=75,
)
"""
_SHAPESHIFT = """\
import sys
from containers.entrypoints.cli import main
sys.argv = ["shapeshift", *{arguments!r}]
main()
"""
_RUNTIME_CLIENT = "from awslambdaric.__main__ import main; main(['awslambdaric', {handler!r}])"


def python(code: str, *environments: Environment) -> list[str]:
    """The command that runs that code where only those environments can be imported, the first before the others."""
    paths = [str(each.directory) for each in environments]
    # Isolated, and without `site`: neither the user's packages nor variables such as PYTHONPATH count.
    return [environments[0].interpreter.path, "-I", "-S", "-c", f"import sys; sys.path[:0] = {paths!r}\n{code}"]


def uvicorn(app: str, port: int, environment: Environment) -> list[str]:
    """The command that serves `package.module:app` as our own server is set up: one worker, no log but its own."""
    return python(_UVICORN.format(app=app, port=port), environment)


def shapeshift(arguments: Sequence[str], environment: Environment) -> list[str]:
    """Our own command line."""
    return python(_SHAPESHIFT.format(arguments=list(arguments)), environment)


def runtime_client(handler: str, environment: Environment, client: Environment) -> list[str]:
    """The command that AWS's emulator is to run: its runtime client with `package.module.handler`, as Lambda has it."""
    return python(_RUNTIME_CLIENT.format(handler=handler), environment, client)
