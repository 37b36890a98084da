"""JSON log lines on stdout."""

import json
import logging
import sys

from blogapi.timestamps import utc_now

SERVICE = "blog-api"


class JsonFormatter(logging.Formatter):
    """One JSON object a line; JSON's own escapes keep a value from starting a line of its own."""

    def __init__(self, framework: str) -> None:
        super().__init__()
        self.framework = framework

    def format(self, record: logging.LogRecord) -> str:
        """Write the record with what `extra={"fields": …}` adds."""
        line = {
            "timestamp": utc_now().isoformat(timespec="microseconds").replace("+00:00", "Z"),
            "level": record.levelname.lower(),
            "event": record.getMessage(),
            "service": SERVICE,
            "framework": self.framework,
            **getattr(record, "fields", {}),
        }
        if record.exc_info:
            line["trace"] = self.formatException(record.exc_info)
        return json.dumps(line)


def configure_logging(framework: str, level: str) -> None:
    """Send every logger's lines to stdout as JSON, from `level` on."""
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(JsonFormatter(framework))
    logging.basicConfig(handlers=[handler], level=level.upper(), force=True)


def log_internal_error(error: BaseException, *, request_id: str) -> None:
    """Log what went wrong with its trace, under the id that the answer names."""
    logging.getLogger(SERVICE).error("internal_error", exc_info=error, extra={"fields": {"request_id": request_id}})
