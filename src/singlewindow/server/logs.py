"""How every process writes its log: one line an event, tracebacks without the values of variables."""

from __future__ import annotations

import logging
import time
from contextlib import suppress
from typing import Any, TextIO

import structlog

from singlewindow.server.harmless import harmless
from singlewindow.server.tracebacks import terse

FORMAT = "%(asctime)s %(levelname)s %(name)s %(message)s"


class Line(logging.Formatter):
    """One line an event: what others sent makes no second one, and nothing on the terminal that shows it."""

    converter = staticmethod(time.gmtime)  # whatever zone Django has made this process's own
    default_time_format = "%Y-%m-%dT%H:%M:%S"
    default_msec_format = "%s.%03dZ"

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - the library's name
        return super().formatMessage(record).replace("\n", "\\n")

    def formatException(self, ei: Any) -> str:  # noqa: N802 - the library's name
        return terse(ei[1])

    def format(self, record: logging.LogRecord) -> str:
        return harmless(super().format(record))


def write_terse(stream: TextIO, exc_info: Any) -> None:
    """A traceback as structlog's last step wants it written."""
    stream.write(f"\n{terse(exc_info[1])}")


def spelled_out(_logger: Any, _method: str, rendered: Any) -> str:
    """The last step of structlog, which quotes line feeds itself."""
    return harmless(str(rendered))


class Plainly(logging.Filter):
    """A request that was refused is one line, no traceback: anybody may send as many as they like."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Changes what the record says; lets everything pass."""
        if getattr(record, "status_code", 500) < 500:
            record.exc_info, record.exc_text = None, None
            if record.levelno > logging.WARNING:
                record.levelno, record.levelname = logging.WARNING, "WARNING"
        return True


class Unfailing(structlog.PrintLogger):
    """On a full disk nothing is logged; the work does not end for it."""

    def msg(self, message: str) -> None:
        with suppress(OSError):
            super().msg(message)

    log = debug = info = warn = warning = fatal = failure = err = error = critical = exception = msg


def configure() -> None:
    """Called once a process. Variables of a traceback may hold declarations, so they are left out."""
    handler = logging.StreamHandler()
    handler.setFormatter(Line(FORMAT))
    logging.basicConfig(level=logging.INFO, handlers=[handler])
    for chatty in ("httpx", "asyncssh"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.dev.ConsoleRenderer(colors=False, exception_formatter=write_terse),
            spelled_out,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=lambda *_: Unfailing(),
        cache_logger_on_first_use=True,
    )
