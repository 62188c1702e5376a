"""Our handler in AWS's own emulator."""

import sys
from collections.abc import Sequence
from contextlib import AbstractContextManager
from pathlib import Path

from loopback import lambda_emulator
from loopback.lambda_emulator import Function

HANDLER = "containers.entrypoints.aws_lambda.handler"
RUNTIME = (sys.executable, "-m", "awslambdaric")


def function(directory: Path, *, runtime: Sequence[str] = RUNTIME, **environ: str) -> AbstractContextManager[Function]:
    """The handler as a function with that environment, run by that runtime, until the end of the block."""
    return lambda_emulator.function(directory, (*runtime, HANDLER), **environ)
