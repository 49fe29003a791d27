"""Logs: one JSON object a line on stdout, with the request's id and never a personal value."""

import json
import logging


class JsonFormatter(logging.Formatter):
    """`{"at", "level", "logger", "message", "request", "error"}`."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "at": self.formatTime(record),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            "request": getattr(record, "request_id", ""),
        }
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)
