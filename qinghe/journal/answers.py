"""
Keep what a service returned, so that a repeated request gets the same answer.

Rows are kept by their key and read again; frozen dataclasses, lists and plain values as they are.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import models
from django.utils.module_loading import import_string

MARK = "$"
# Values JSON has no word for: how they are written and read again. A datetime is also a date.
PLAIN: dict[str, tuple[type, Callable[[Any], str], Callable[[str], Any]]] = {
    "uuid": (UUID, str, UUID),
    "moment": (datetime, datetime.isoformat, datetime.fromisoformat),
    "day": (date, date.isoformat, date.fromisoformat),
    "decimal": (Decimal, str, Decimal),
}


def pack(result: object) -> Any:
    """
    Return a result as JSON values.

    :raises TypeError: it holds something that cannot be kept
    """
    if result is None or isinstance(result, bool | int | float | str):
        return result
    if isinstance(result, models.Model):
        return {MARK: "row", "model": result._meta.label, "key": str(result.pk)}
    if is_dataclass(result) and not isinstance(result, type):
        made = {field.name: pack(getattr(result, field.name)) for field in fields(result)}
        return {MARK: "made", "type": _path(type(result)), "fields": made}
    if isinstance(result, dict):
        return {MARK: "dict", "items": [[pack(key), pack(each)] for key, each in result.items()]}
    if isinstance(result, list | tuple | set | frozenset):
        return {MARK: type(result).__name__, "items": [pack(each) for each in result]}
    return _pack_plain(result)


def unpack(kept: Any) -> Any:
    """Return the result that was packed; rows as they are now."""
    if not isinstance(kept, dict):
        return kept
    kind = kept[MARK]
    if kind in PLAIN:
        return PLAIN[kind][2](kept["text"])
    return UNPACK[kind](kept)


def _pack_plain(result: object) -> dict[str, str]:
    for kind, (type_, write, _read) in PLAIN.items():
        if isinstance(result, type_):
            return {MARK: kind, "text": write(result)}
    raise TypeError(f"an answer cannot hold {type(result).__name__}")


def _path(type_: type) -> str:
    return f"{type_.__module__}.{type_.__qualname__}"


def _items(kept: dict[str, Any]) -> list[Any]:
    return [unpack(each) for each in kept["items"]]


def _row(kept: dict[str, Any]) -> Any:
    return apps.get_model(kept["model"])._default_manager.get(pk=kept["key"])


def _made(kept: dict[str, Any]) -> object:
    given = {name: unpack(each) for name, each in kept["fields"].items()}
    return import_string(kept["type"])(**given)


UNPACK: dict[str, Callable[[dict[str, Any]], Any]] = {
    "row": _row,
    "made": _made,
    "dict": lambda kept: {unpack(key): unpack(each) for key, each in kept["items"]},
    "list": _items,
    "tuple": lambda kept: tuple(_items(kept)),
    "set": lambda kept: set(_items(kept)),
    "frozenset": lambda kept: frozenset(_items(kept)),
}
