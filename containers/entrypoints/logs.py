"""What log lines look like: for people in a terminal, JSON otherwise."""

import logging
import sys
from datetime import UTC, datetime

import msgspec
import structlog
from structlog.typing import EventDict, Processor

_encode = msgspec.json.Encoder(enc_hook=str).encode


def configure_logs(level: str) -> None:
    """Send our own lines and those of libraries to standard output, in one form. A traceback is printed once."""
    rendering = _for_people() if sys.stdout.isatty() else [_as_json]
    structlog.configure(
        processors=rendering,
        wrapper_class=structlog.make_filtering_bound_logger(level.lower()),
        logger_factory=structlog.WriteLoggerFactory(sys.stdout),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *rendering]
        )
    )
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for library in ("alembic", "botocore", "mangum"):  # their lines about ordinary work are of no use to an operator
        logging.getLogger(library).setLevel(logging.WARNING)


def _for_people() -> list[Processor]:
    # The plain traceback: a rich one prints local variables, and with them secrets.
    return [
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback),
    ]


def _as_json(logger: object, method: str, event: EventDict) -> str:
    """The whole line in one step, for each request writes one."""
    event = structlog.stdlib.add_log_level(logger, method, event)
    event["timestamp"] = datetime.now(UTC)  # not yet text: the encoder makes the same of it in a tenth of the time
    if "exc_info" in event:
        event = structlog.processors.format_exc_info(logger, method, event)
    return _encode(event).decode()
