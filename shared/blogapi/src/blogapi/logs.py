"""JSON log lines on stdout by structlog: requests straight to it, what libraries log by the standard library."""

import json
import logging
import sys
from contextlib import suppress
from typing import Any, BinaryIO

import orjson
import structlog
from structlog.types import EventDict, FilteringBoundLogger, Processor, WrappedLogger

SERVICE = "blog-api"
_LEVELS = {name: getattr(logging, name.upper()) for name in ("debug", "info", "warning", "error")}


def configure_logging(framework: str, level: str) -> None:
    """Send every logger's lines to stdout as JSON, from `level` on; `extra={"fields": …}` adds to a line."""
    formatter = structlog.stdlib.ProcessorFormatter(
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(serializer=lambda line, **_: _dumped(line).decode()),
        ],
        foreign_pre_chain=[*_common(framework), _add_fields],
    )
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(formatter)
    logging.basicConfig(handlers=[handler], level=_LEVELS[level], force=True)


def request_logger(framework: str, level: str, output: BinaryIO | None = None) -> FilteringBoundLogger:
    """The logger of the line that each request leaves; it writes bytes, without the standard library's records.

    Args:
        output: given each line, and then told to flush; None for stdout.
    """
    logger: FilteringBoundLogger = structlog.wrap_logger(
        structlog.BytesLogger(output or sys.stdout.buffer),
        processors=[*_common(framework), structlog.processors.JSONRenderer(serializer=lambda line, **_: _dumped(line))],
        wrapper_class=structlog.make_filtering_bound_logger(_LEVELS[level]),
        cache_logger_on_first_use=True,
    )
    return logger.bind()


def log_internal_error(error: BaseException, *, request_id: str) -> None:
    """Log what went wrong with its trace, under the id that the answer names."""
    logging.getLogger(SERVICE).error("internal_error", exc_info=error, extra={"fields": {"request_id": request_id}})


def log_database_unavailable(error: BaseException, *, request_id: str) -> None:
    """Log why the database did not answer, under the id that the answer names."""
    fields = {"request_id": request_id}
    logging.getLogger(SERVICE).warning("database_unavailable", exc_info=error, extra={"fields": fields})


def _common(framework: str) -> list[Processor]:
    def add_names(_logger: WrappedLogger, _method: str, line: EventDict) -> EventDict:
        line["service"] = SERVICE
        line["framework"] = framework
        return line

    return [structlog.processors.add_log_level, structlog.processors.TimeStamper(fmt="iso", utc=True), add_names]


def _add_fields(_logger: WrappedLogger, _method: str, line: EventDict) -> EventDict:
    line.update(getattr(line["_record"], "fields", {}))
    return line


def _dumped(line: EventDict | dict[str, Any]) -> bytes:
    # JSON's own escapes keep a value from starting a line of its own.
    with suppress(TypeError):
        if (dumped := orjson.dumps(line, default=repr)).isascii():
            return dumped
    # Escaped whole: some readers end lines at U+2028, some terminals obey U+009B, stdout may have any encoding, and
    # orjson refuses unpaired surrogates.
    return json.dumps(line, default=repr).encode()
