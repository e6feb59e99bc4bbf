"""Logs as JSON lines, with whatever looks like personal data or a secret taken out."""

import logging
import re
from collections.abc import Mapping
from typing import Any, Final

import structlog
from structlog.typing import EventDict, WrappedLogger

from qinghe.kernel.redaction import redact as redact_text

SECRETS: Final = re.compile(r"password|secret|token|authorization|cookie|session|api_?key", re.I)
SEALED: Final = re.compile(r"/bid(/|$)")
STAMPS: Final = frozenset({"timestamp", "level", "logger"})


def redact(value: Any) -> Any:
    """
    Return a value of a log line without anything that looks like a person's data.
    """
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, Mapping):
        return {str(key): _redact_item(str(key), item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [redact(item) for item in value]
    if isinstance(value, (int, float)):
        clean = redact(str(value))
        return value if clean == str(value) else clean
    return redact_text(str(value))


def redact_line(_logger: WrappedLogger, _method: str, line: EventDict) -> EventDict:
    """
    Clean a whole log line; the last step before it is written.
    """
    return {
        key: item if key in STAMPS or key.startswith("_") else _redact_item(key, item)
        for key, item in line.items()
    }


class SealedAddresses(logging.Filter):
    """
    Keeps quiet about refused requests where bids are handed in: the line would say that one came.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        """
        Tell whether a line may be written; what breaks is always told.
        """
        path = str(getattr(getattr(record, "request", None), "path", ""))
        return record.levelno >= logging.ERROR or not SEALED.search(path)


def settings(level: str = "INFO") -> dict[str, Any]:
    """
    Return Django's LOGGING: one JSON line per event on standard error.
    """
    _configure_structlog()
    json_lines = {
        "()": structlog.stdlib.ProcessorFormatter,
        "foreign_pre_chain": [*_shared(), structlog.stdlib.ExtraAdder(allow=())],
        "processors": [
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            redact_line,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
    }
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"json": json_lines},
        "filters": {"sealed": {"()": SealedAddresses}},
        "handlers": {
            "stderr": {
                "class": "logging.StreamHandler",
                "formatter": "json",
                "filters": ["sealed"],
            }
        },
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            # Django's own handlers would print the same event a second time, unredacted.
            "django": {"handlers": [], "level": level, "propagate": True},
            "django.server": {"handlers": [], "level": level, "propagate": True},
            # Its lines quote every job's arguments at INFO.
            "procrastinate": {"level": "WARNING"},
        },
    }


def _redact_item(key: str, item: Any) -> Any:
    return "[hidden]" if SECRETS.search(key) else redact(item)


def _shared() -> list[Any]:
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
        structlog.processors.format_exc_info,
    ]


def _configure_structlog() -> None:
    structlog.configure(
        processors=[*_shared(), structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
