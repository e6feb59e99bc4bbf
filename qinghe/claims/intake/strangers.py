"""
Data about other people than the debtor: refused by the names of columns and, in free text, by the
shape of telephone numbers. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Final

import polars as pl
from django.utils.translation import gettext_lazy as _

from qinghe.claims.intake.vocabulary import bare, by_name, vocabulary
from qinghe.kernel.errors import DomainError

# Fields that hold numbers or keys by their nature; all other columns are free text.
KEYS: Final = frozenset(
    {"phone", "id_number", "contract_number", "debtor_reference", "email", "principal", "interest",
     "fees", "contract_date", "due_date", "annual_overdue_rate", "hand", "currency"}
)  # fmt: skip
PHONE: Final = r"(?:\+?86[- ]?)?1\d{2}[- ]?\d{4}[- ]?\d{4}"
# Letters, digits and points before it make it a part of some other number.
IN_TEXT: Final = rf"(?:^|[^0-9A-Za-z.]){PHONE}(?:[^0-9A-Za-z]|$)"
ALONE: Final = rf"^{PHONE}$"
SHORTEST: Final = 11
NAMES_A_PHONE: Final = re.compile(r"电话|電話|手机|手機|联系|聯絡|phone|mobile|\btel|cell", re.I)
ROWS_TOLD: Final = 5
CONTACT: Final = re.compile(r"contact\d|联系\d|聯絡\d|电话[2-9]|手机[2-9]")
WORDS: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
# Glued to another word, these still say it; shorter ones stand inside of honest words.
LONG: Final = 8


class PhonesInText(DomainError):
    code = "claims.phones-in-text"
    text = _(
        "Columns that are no telephone column hold telephone numbers ({columns}; rows {rows}). "
        "Nobody can tell whose they are, and nobody but the debtor may be contacted. Delete the "
        "numbers or the columns and send the file again."
    )


def refused_columns(header: Sequence[str]) -> tuple[str, ...]:
    """Return the columns that look like data about relatives, colleagues or an address book."""
    return tuple(column for column in header if bare(column) not in by_name() and _other(column))


def refuse_phones_in_text(table: pl.DataFrame, columns: Mapping[str, str], row: str) -> None:
    """
    Let nobody's number pass in a column that is not the debtor's telephone.

    `columns` is field to column; every other column of the table is looked at, ignored or not.

    :raises PhonesInText: with the columns and the first rows
    """
    if found := phones_in_text(table, columns, row):
        held, rows = found
        raise PhonesInText(columns=", ".join(held), rows=", ".join(map(str, rows)))


def phones_in_text(
    table: pl.DataFrame, columns: Mapping[str, str], row: str
) -> tuple[list[str], list[int]] | None:
    """Return the columns of free text that hold telephone numbers, and the first rows of them."""
    keys = {column for name, column in columns.items() if name in KEYS}
    looked_at = [each for each in table.columns if each != row and each not in keys]
    longest = table.select(pl.col(looked_at).str.len_bytes().max()).row(0) if looked_at else ()
    free = [each for each, most in zip(looked_at, longest, strict=True) if (most or 0) >= SHORTEST]
    marks = table.select(pl.col(row), *[_holds(each) for each in free])
    found = [each for each in free if marks[each].any()]
    if not found:
        return None
    rows = marks.filter(pl.any_horizontal(pl.col(found)))[row].head(ROWS_TOLD)
    return found, rows.to_list()


def _holds(column: str) -> pl.Expr:
    found = pl.col(column).str.contains(IN_TEXT)
    # A bare number under the name of a key may be a key; under the name of a phone it is one.
    return found if NAMES_A_PHONE.search(column) else found & ~pl.col(column).str.contains(ALONE)


def _other(column: str) -> bool:
    glued = bare(column)
    if any(word in glued for word in vocabulary()["other_people"]):
        return True
    if CONTACT.search(glued):
        return True
    words = " ".join(found.group().lower() for found in WORDS.finditer(column))
    return any(
        f" {phrase} " in f" {words} " or (len(phrase) >= LONG and phrase.replace(" ", "") in glued)
        for phrase in _phrases()
    )


@cache
def _phrases() -> tuple[str, ...]:
    named = vocabulary()["other_people_english"]
    return tuple({" ".join(found.group() for found in WORDS.finditer(each)) for each in named})
