"""Logging to standard error, one line an entry, no line breaks from outside."""

from __future__ import annotations

import logging
import sys


class OneLine(logging.Formatter):
    """Time, level, logger, message; a traceback follows on lines of its own."""

    def format(self, record: logging.LogRecord) -> str:
        """The entry as text."""
        text = super().format(record)
        head, *rest = text.split("\n") if record.exc_info else [text.replace("\r", "\\r").replace("\n", "\\n")]
        return "\n    ".join([head, *rest])


def set_up(level: str) -> None:
    """Log at `level` and above."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(OneLine("%(asctime)s %(levelname)s %(name)s %(message)s", "%Y-%m-%dT%H:%M:%S"))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("jalon").setLevel(level.upper())
    logging.getLogger("uvicorn.error").setLevel(logging.WARNING)
