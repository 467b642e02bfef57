"""What does the server tell those who run it? One JSON object a line, with request numbers and no value of the data."""

from __future__ import annotations

import json
import logging
import sys
import time

_TOLD = ("request", "method", "route", "status", "ms", "account", "fault", "at", "job")


class JsonLines(logging.Formatter):
    """A log record as one line of JSON: time (UTC), level, what happened, and the named facts about it."""

    def format(self, record: logging.LogRecord) -> str:
        """See `logging.Formatter`. An exception is told by its type alone: its text may hold values of the data."""
        told = {
            "time": time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created)) + f".{int(record.msecs):03d}Z",
            "level": record.levelname.lower(),
            "event": record.getMessage(),
            **{name: value for name in _TOLD if (value := getattr(record, name, None)) is not None},
        }
        if record.exc_info and record.exc_info[0]:
            told["fault"] = record.exc_info[0].__name__
        return json.dumps(told, ensure_ascii=False)


def configure() -> None:
    """Send what the server and uvicorn tell to standard error, as JSON lines."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    for name in ("partygraph", "uvicorn"):
        logger = logging.getLogger(name)
        logger.handlers, logger.propagate = [handler], False
        logger.setLevel(logging.INFO)
