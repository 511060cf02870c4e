"""Logging to standard error, one line an entry, no line breaks from outside."""

from __future__ import annotations

import logging
import sys


class OneLine(logging.Formatter):
    """Time, level, logger, message; a traceback follows on lines of its own."""

    def format(self, record: logging.LogRecord) -> str:
        """The entry as text."""
        head, *trace = super().format(record).split("\n")
        return "\n    ".join([head, *map(_written_out, trace)])

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - the base class's name
        """The entry without the traceback."""
        return _written_out(super().formatMessage(record))


def _written_out(text: str) -> str:
    """Text on one line: what would break it or steer a terminal is written as an escape."""
    return text if text.isprintable() else "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)


def set_up(level: str) -> None:
    """Log at `level` and above. What no line shows (thread, process, task, place in the code) is not looked up."""
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    logging._srcfile = None  # the logging HOWTO's own advice, under "Optimization"
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(OneLine("%(asctime)s %(levelname)s %(name)s %(message)s", "%Y-%m-%dT%H:%M:%S"))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("jalon").setLevel(level.upper())
    for name in ("uvicorn", "uvicorn.error"):  # its own settings would print beside ours
        logger = logging.getLogger(name)
        logger.handlers[:], logger.propagate = [], True
        logger.setLevel(logging.WARNING)
