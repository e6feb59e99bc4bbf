"""Which column of a creditor's file is which field of a claim."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.resources import files
from typing import Any, Final

import polars as pl
import yaml
from django.utils.translation import gettext_lazy as _

from qinghe.claims import intake
from qinghe.claims.intake.how import AS_IT_IS, How
from qinghe.claims.intake.strangers import refused_columns
from qinghe.claims.intake.vocabulary import bare, by_name, second_by_name, vocabulary
from qinghe.kernel.errors import DomainError

REQUIRED: Final = ("contract_number", "principal", "due_date", "currency")
# Written once over the columns of the debtor: one of them must be known.
IDENTITY: Final = ("id_number", "debtor_reference", "phone")
NEEDED_WORDS: Final = {
    "contract_number": _("contract number"),
    "principal": _("principal"),
    "due_date": _("due day"),
    "currency": _("currency"),
}
SHIPPED: Final = ("qinghe", "ar_ibm", "lending_club")
# Only when the mapping says so: 3/4/2026 is two different days.
FOREIGN_DATES: Final = ("%m/%d/%Y", "%d/%m/%Y", "%d.%m.%Y")
DATE_FORMATS: Final = ("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d", "%Y年%m月%d日")


class ColumnsRefused(DomainError):
    code = "claims.columns-refused"
    text = _(
        "The file holds data about other people than the debtor ({columns}). Such data is never "
        "taken: nobody but the debtor may be contacted. Delete these columns and send it again."
    )


class ColumnsNotMapped(DomainError):
    code = "claims.columns-not-mapped"
    text = _("Say for each of these columns what it is, or that it is to be ignored: {columns}.")


class FieldsMissing(DomainError):
    code = "claims.fields-missing"
    text = _(
        "No column gives: {fields}. Without these no row can become a claim. Say which columns "
        "they are, or ask whoever made the file to add them, and send it again."
    )


class NobodyNamed(DomainError):
    code = "claims.nobody-named"
    text = _(
        "This file does not say who owes: no column has the debtor's identity number, customer "
        "number or telephone number. Nobody could be told of the debt or object to it, so none of "
        "its rows can become a claim. Ask whoever made the file for one that has the name and one "
        "of these numbers in each row, and send that one. Whether the sums of a loan file add up "
        "can be checked without it: qinghe reconcile FILE."
    )


class UnknownMapping(DomainError):
    code = "claims.unknown-mapping"
    status = 404
    text = _("There is no column mapping named {name}.")


class BadMapping(DomainError):
    code = "claims.bad-mapping"
    text = _("The column mapping names what does not exist: {names}.")


@dataclass(frozen=True)
class ColumnMapping:
    """Field to column; columns to leave out; fields with one value for all rows; formats."""

    columns: Mapping[str, str]
    ignore: tuple[str, ...] = ()
    constants: Mapping[str, str] = field(default_factory=dict)
    dates: tuple[str, ...] = DATE_FORMATS
    how: How = AS_IT_IS
    payments: Mapping[str, str] = field(default_factory=dict)
    waterfall: Mapping[str, str] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Return the form in which a mapping is stored."""
        return {
            "columns": dict(self.columns),
            "ignore": list(self.ignore),
            "constants": dict(self.constants),
            "formats": {"date": list(self.dates), **self.how.as_json()},
            "payments": dict(self.payments),
            "waterfall": dict(self.waterfall),
        }


@dataclass(frozen=True)
class Suggestion:
    """What a header looks like: fields found, columns nobody knows, columns that are refused."""

    columns: dict[str, str]
    unknown: tuple[str, ...]
    refused: tuple[str, ...]
    missing: tuple[str, ...]
    date_format: str | None = None


def _names(value: object) -> bool:
    pairs = value.items() if isinstance(value, dict) else [] if value is None else [(1, 1)]
    return all(isinstance(name, str) and isinstance(each, str) for name, each in pairs)


def _texts(value: object) -> bool:
    return value is None or (
        isinstance(value, list | tuple) and all(isinstance(each, str) for each in value)
    )


def _formats(value: object) -> bool:
    if not isinstance(value, dict):
        return value is None
    how = {name: each for name, each in value.items() if name != "date"}
    dates = value.get("date")
    return _names(how) and (dates is None or isinstance(dates, str) or _texts(dates))


# What comes as JSON may have any shape.
SHAPES: Final = {
    "columns": _names,
    "ignore": _texts,
    "constants": _names,
    "formats": _formats,
    "payments": _names,
    "waterfall": _names,
}


def parse(stored: Mapping[str, Any]) -> ColumnMapping:
    """
    Return a mapping from its stored form.

    :raises BadMapping: a field that does not exist, or a part of another shape
    """
    crooked = [name for name, is_right in SHAPES.items() if not is_right(stored.get(name))]
    if crooked:
        raise BadMapping(names=", ".join(crooked))
    dates = (stored.get("formats") or {}).get("date") or DATE_FORMATS
    mapping = ColumnMapping(
        columns=dict(stored.get("columns") or {}),
        ignore=tuple(stored.get("ignore") or ()),
        constants={key: str(each) for key, each in (stored.get("constants") or {}).items()},
        dates=(dates,) if isinstance(dates, str) else tuple(dates),
        how=How.of(stored.get("formats") or {}),
        payments=dict(stored.get("payments") or {}),
        waterfall=dict(stored.get("waterfall") or {}),
    )
    unknown = (set(mapping.columns) | set(mapping.constants)) - {*fields(), *term_fields()}
    if unknown:
        raise BadMapping(names=", ".join(sorted(unknown)))
    return mapping


@cache
def shipped(name: str) -> ColumnMapping:
    """
    Return a mapping that comes with the product.

    :raises UnknownMapping: none of that name
    """
    if name not in SHIPPED:
        raise UnknownMapping(name=name)
    text = files(intake).joinpath("mappings", f"{name}.yaml").read_text("utf-8")
    return parse(yaml.safe_load(text))


def suggest(header: Sequence[str]) -> Suggestion:
    """Return what the columns of a file most likely are, by their names in Chinese or English."""
    refused = refused_columns(header)
    found: dict[str, str] = {}
    # Names with one meaning come first, so that they take their field.
    for column in sorted(header, key=lambda each: bare(each) in second_by_name()):
        names = (by_name().get(bare(column)), second_by_name().get(bare(column)))
        known = next((each for each in names if each and each not in found), None)
        if known and column not in refused:
            found[known] = column
    known_columns = {*found.values(), *refused}
    unknown = tuple(column for column in header if column not in known_columns)
    return Suggestion(found, unknown, refused, missing_fields(found))


def fit(mapping: ColumnMapping, header: Sequence[str]) -> ColumnMapping:
    """
    Return the mapping completed for one file: columns named as in our template fill the gaps.

    :raises ColumnsRefused: data about other people
    :raises ColumnsNotMapped: a column is neither mapped nor ignored
    :raises NobodyNamed: no column tells who owes
    :raises FieldsMissing: another required field has no column
    """
    refused = refused_columns(header)
    if refused:
        raise ColumnsRefused(columns=", ".join(refused))
    taken = set(mapping.columns.values()) | set(mapping.ignore)
    free = [column for column in header if column not in taken]
    guessed = {
        known: column
        for known, column in suggest(free).columns.items()
        if known not in mapping.columns and known not in mapping.constants
    }
    columns = {key: each for key, each in mapping.columns.items() if each in header} | guessed
    left = [column for column in free if column not in guessed.values()]
    if left:
        raise ColumnsNotMapped(columns=", ".join(left))
    given = columns | dict(mapping.constants)
    if not any(each in given for each in IDENTITY):
        raise NobodyNamed
    missing = missing_fields(given)
    if missing:
        raise FieldsMissing(fields=", ".join(map(in_words, missing)))
    return replace(mapping, columns=columns)


def date_format(written: Sequence[str]) -> str | None:
    """Return the one format that fits every date of a sample; None when none or several do."""
    cells = [cell for cell in written if cell]
    fitting = [each for each in (*DATE_FORMATS, *FOREIGN_DATES) if _fits(cells, each)]
    return fitting[0] if cells and len(fitting) == 1 else None


@cache
def fields() -> tuple[str, ...]:
    """Return every field of the claim itself, in the order of our template."""
    return tuple(vocabulary()["fields"])


def in_words(name: str) -> str:
    """Return a required field in the active language, with its name in our template."""
    return f"{NEEDED_WORDS[name]} ({name})"


@cache
def term_fields() -> tuple[str, ...]:
    """Return every term of a contract that a file may tell, payments so far among them."""
    return tuple(vocabulary()["terms"])


@cache
def value_names(of: str) -> dict[str, str]:
    """Return the accepted spellings of a field's values."""
    spelled = vocabulary()["values"][of]
    return {bare(name): value for value, names in spelled.items() for name in names}


def _fits(cells: Sequence[str], written: str) -> bool:
    parsed = pl.Series(cells, dtype=pl.String).str.to_date(written, strict=False)
    return parsed.null_count() == 0


def missing_fields(found: Iterable[str]) -> tuple[str, ...]:
    """Return the fields a file must give and does not."""
    found = frozenset(found)
    missing = [each for each in REQUIRED if each not in found]
    return tuple(missing if any(each in found for each in IDENTITY) else [*missing, "id_number"])
