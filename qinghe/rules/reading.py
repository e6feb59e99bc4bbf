"""
Read cases strictly: every defect has a code, nothing is guessed or converted.

The readers take a JSON object and a key. An absent key and `null` are the same; whether that is
a defect is in the name: `need_…` refuses it, the others answer the default.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from re import compile as pattern
from typing import Any, TypeVar

from qinghe.rules.calendar import Calendar, built_in
from qinghe.rules.currencies import CURRENCIES
from qinghe.rules.packs import minutes

Row = Mapping[str, Any]
Item = TypeVar("Item")

_RATE = pattern(r"[0-9]+(\.[0-9]+)?\Z")
# No rate is this long; numbers without a bound take minutes to reckon with.
_LONGEST_RATE = 100
_MISSING = "missing_field"


class CaseError(Exception):
    """A case that cannot be judged. `code` is one of the contract's error codes."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


def need(row: Row, key: str) -> Any:
    """
    Return a value that must be there.

    :raises CaseError: absent or null
    """
    value = row.get(key)
    if value is None:
        raise CaseError(_MISSING, key)
    return value


def text(row: Row, key: str) -> str | None:
    """
    Return a string, or nothing.

    :raises CaseError: not a string
    """
    value = row.get(key)
    if value is None or isinstance(value, str):
        return value
    raise CaseError("bad_type", key)


def need_text(row: Row, key: str) -> str:
    """
    Return a string.

    :raises CaseError: absent, or not a string
    """
    value = row.get(key)
    if isinstance(value, str):
        return value
    raise CaseError(_MISSING if value is None else "bad_type", key)


def word(row: Row, key: str, allowed: Collection[str]) -> str | None:
    """
    Return a word of a list, or nothing.

    :raises CaseError: not a string, or outside the list
    """
    value = row.get(key)
    if isinstance(value, str) and value in allowed:
        return value
    if value is None:
        return None
    raise CaseError("bad_value" if isinstance(value, str) else "bad_type", key)


def need_word(row: Row, key: str, allowed: Collection[str]) -> str:
    """
    Return a word of a list.

    :raises CaseError: absent, not a string, or outside the list
    """
    value = row.get(key)
    if isinstance(value, str) and value in allowed:
        return value
    if value is None:
        raise CaseError(_MISSING, key)
    raise CaseError("bad_value" if isinstance(value, str) else "bad_type", key)


def flag(row: Row, key: str, default: bool = False) -> bool:
    """
    Return a truth value.

    :raises CaseError: neither true nor false
    """
    value = row.get(key)
    if value is True or value is False:
        return value
    if value is None:
        return default
    raise CaseError("bad_type", key)


def known_flag(row: Row, key: str) -> bool | None:
    """
    Return a truth value, or nothing when it is not known.

    :raises CaseError: neither true nor false
    """
    return None if row.get(key) is None else flag(row, key)


def whole(row: Row, key: str, default: int | None = None, least: int = 0) -> int | None:
    """
    Return a whole number.

    :raises CaseError: not a whole number, or below the least
    """
    value = row.get(key)
    if value is None:
        return default
    if isinstance(value, bool) or not isinstance(value, int):
        raise CaseError("bad_type", key)
    if value < least:
        raise CaseError("bad_value", key)
    return value


def money(row: Row, key: str) -> int | None:
    """
    Return an amount in minor units.

    :raises CaseError: not a whole number, or negative
    """
    value = row.get(key)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise CaseError("bad_money", key)
    return value


def need_money(row: Row, key: str) -> int:
    """
    Return an amount in minor units.

    :raises CaseError: absent, not a whole number, or negative
    """
    value = money(row, key)
    if value is None:
        raise CaseError(_MISSING, key)
    return value


def currency(row: Row, key: str = "currency") -> str:
    """
    Return an ISO 4217 code.

    :raises CaseError: absent, or not a currency in use
    """
    value = row.get(key)
    if value is None:
        raise CaseError(_MISSING, key)
    if not isinstance(value, str) or value not in CURRENCIES:
        raise CaseError("bad_currency", key)
    return value


def rate(row: Row, key: str) -> Decimal | None:
    """
    Return a rate in percent per year.

    :raises CaseError: not a plain decimal string, or one of more digits than a rate can have
    """
    value = row.get(key)
    if value is None:
        return None
    if not isinstance(value, str) or not _RATE.match(value):
        raise CaseError("bad_rate", key)
    if len(value) > _LONGEST_RATE:
        raise CaseError("bad_value", key)
    return Decimal(value)


def need_rate(row: Row, key: str) -> Decimal:
    """
    Return a rate in percent per year.

    :raises CaseError: absent, or not a plain decimal string
    """
    value = rate(row, key)
    if value is None:
        raise CaseError(_MISSING, key)
    return value


def instant(row: Row, key: str) -> datetime | None:
    """
    Return a moment in UTC.

    :raises CaseError: not an ISO 8601 date-time, or without offset
    """
    value = row.get(key)
    if value is None:
        return None
    try:
        # A lone day would read as midnight; RFC 3339 allows small letters.
        at = datetime.fromisoformat(value.upper()) if value[10] in "Tt " else None
    except (AttributeError, TypeError, ValueError, LookupError):
        at = None
    if at is None:
        raise CaseError("bad_datetime", key)
    if at.tzinfo is None:
        raise CaseError("naive_datetime", key)
    try:
        return at.astimezone(UTC)
    except OverflowError as beyond:
        raise CaseError("bad_datetime", key) from beyond


def need_instant(row: Row, key: str) -> datetime:
    """
    Return a moment in UTC.

    :raises CaseError: absent, not an ISO 8601 date-time, or without offset
    """
    value = instant(row, key)
    if value is None:
        raise CaseError(_MISSING, key)
    return value


def as_day(value: object, key: str) -> date:
    """
    Return a day written `YYYY-MM-DD`.

    :raises CaseError: anything else
    """
    if isinstance(value, str) and len(value) == 10 and value[4] == "-" and value[7] == "-":
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass
    raise CaseError("bad_date", key)


def day(row: Row, key: str) -> date | None:
    """
    Return a day, or nothing.

    :raises CaseError: not a day
    """
    value = row.get(key)
    return None if value is None else as_day(value, key)


def need_day(row: Row, key: str) -> date:
    """
    Return a day.

    :raises CaseError: absent, or not a day
    """
    return as_day(need(row, key), key)


def clock(row: Row, key: str) -> int:
    """
    Return a clock time as the minute of the day.

    :raises CaseError: absent, not a string, or not `HH:MM`
    """
    try:
        return minutes(need_text(row, key))
    except ValueError as wrong:
        raise CaseError("bad_value", key) from wrong


def part(row: Row, key: str) -> Row | None:
    """
    Return an object, or nothing.

    :raises CaseError: not an object
    """
    value = row.get(key)
    if value is None or isinstance(value, dict):
        return value
    raise CaseError("bad_type", key)


def need_part(row: Row, key: str) -> Row:
    """
    Return an object.

    :raises CaseError: absent, or not an object
    """
    value = part(row, key)
    if value is None:
        raise CaseError(_MISSING, key)
    return value


def listed(row: Row, key: str) -> Sequence[Any]:
    """
    Return a list; an absent one is empty.

    :raises CaseError: not a list
    """
    value = row.get(key)
    if value is None:
        return ()
    if not isinstance(value, list):
        raise CaseError("bad_type", key)
    return value


def words(row: Row, key: str, allowed: Collection[str] | None = None) -> tuple[str, ...]:
    """
    Return a list of strings.

    :raises CaseError: not a list of strings, or a word outside the list
    """
    values = listed(row, key)
    for value in values:
        if not isinstance(value, str):
            raise CaseError("bad_type", key)
        if allowed is not None and value not in allowed:
            raise CaseError("bad_value", key)
    return tuple(values)


def each(row: Row, key: str, read: Callable[[Row], Item]) -> tuple[Item, ...]:
    """
    Read a list of objects.

    :raises CaseError: not a list of objects, or a defect in one of them
    """
    values = listed(row, key)
    for value in values:
        if not isinstance(value, dict):
            raise CaseError("bad_type", key)
    return tuple([read(value) for value in values])


def calendar(row: Row) -> Calendar:
    """
    Return the calendar given in a case, or else the built-in one.

    A case is a question about any day, so the built-in calendar answers beyond its last year too.

    :raises CaseError: not lists of days
    """
    given = part(row, "calendar")
    if given is None:
        return built_in()
    return Calendar(
        rest_days=frozenset(as_day(value, "rest_days") for value in listed(given, "rest_days")),
        work_days=frozenset(as_day(value, "work_days") for value in listed(given, "work_days")),
    )
