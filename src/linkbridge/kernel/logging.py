"""Structured logs. Events are fixed strings with counted or opaque values, never a person's words."""

import logging
import sys
from typing import TextIO, cast

import structlog


def configure_logging(level: str, form: str) -> None:
    """Send the logs of LinkBridge and of its libraries to standard error, as text or as JSON lines.

    Exceptions are logged by type and place only: their messages may quote what a person wrote.
    """
    number = getattr(logging, level.upper())
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer() if form == "json" else structlog.dev.ConsoleRenderer(colors=False)
    )
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _exception_without_words,
    ]
    structlog.configure(
        processors=[*shared, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.PrintLoggerFactory(cast("TextIO", _StandardError())),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(_StandardError())
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processor=renderer, foreign_pre_chain=[structlog.stdlib.add_logger_name, *shared]
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(max(number, logging.INFO))
    for noisy in ("uvicorn.access", "fontTools", "weasyprint", "dbos", "alembic"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    logging.getLogger("uvicorn.error").addFilter(_without_sockets)


def _without_sockets(record: logging.LogRecord) -> bool:
    """Drop uvicorn's line for each WebSocket: it names the caller's address and a path that is a secret."""
    return "WebSocket" not in str(record.msg)


class _StandardError:
    """Standard error as it is at each write: whoever redirects it, and closes that again, must not silence the logs."""

    def write(self, text: str) -> int:
        return sys.stderr.write(text)

    def flush(self) -> None:
        sys.stderr.flush()


def _exception_without_words(
    _logger: structlog.typing.WrappedLogger, _method: str, event: structlog.typing.EventDict
) -> structlog.typing.EventDict:
    error = event.pop("exc_info", None)
    if error is True:
        error = sys.exc_info()
    if isinstance(error, tuple):
        error = error[1]
    if isinstance(error, BaseException):
        event["error_type"] = type(error).__name__
        trace = error.__traceback__
        while trace is not None and trace.tb_next is not None:
            trace = trace.tb_next
        if trace is not None:
            event["error_at"] = f"{trace.tb_frame.f_code.co_name}:{trace.tb_lineno}"
    return event
