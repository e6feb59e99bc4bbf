"""Tell what kind of statement a file is, and read it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

import polars as pl

from qinghe.claims.intake.read import FileUnreadable
from qinghe.settlement.bank.camt import read_camt
from qinghe.settlement.bank.mt940 import read_mt940
from qinghe.settlement.bank.refusals import StatementTooLong, StatementUnknown
from qinghe.settlement.bank.rows import table_of
from qinghe.settlement.bank.sheets import Sheet, checked
from qinghe.settlement.bank.table import mapping_named, read_table_sheet

LARGEST_FILE: Final = 20 * 1024 * 1024
# UTF-8 and UTF-16 with their marks, or an opening tag.
XML: Final = (b"<", b"\xef\xbb\xbf<", b"\xff\xfe<", b"\xfe\xff\x00<")
MT940: Final = re.compile(rb"^(\{1:[^\n]*\}\{4:\s*)?\s*:20:", re.MULTILINE)
# What banks of China and the West write; text of another one is refused, not guessed.
ENCODINGS: Final = ("utf-8-sig", "gb18030")


def read_statements(content: bytes, mapping: str | Mapping[str, Any], account: str) -> list[Sheet]:
    """
    Return the statements of a file, their sums checked.

    `mapping` is asked only for tables; `account` is the platform's own.

    :raises StatementUnknown: none of the formats
    :raises StatementHostile: XML that declares a document type or entities
    :raises StatementTooLong: larger than a file may be
    :raises BadStatement: a field cannot be read
    :raises BalanceDiffers: its sums do not hold
    :raises FileUnreadable: a table that is damaged
    :raises UnknownMapping: no mapping of that name
    :raises StatementColumns: a column the mapping needs is not there
    :raises RaggedRow: a row has fewer or more cells than the head
    :raises StatementCut: it ends in the middle
    """
    if len(content) > LARGEST_FILE:
        raise StatementTooLong(most=50_000)
    if content.lstrip().startswith(XML):
        sheets = read_camt(content.lstrip())
    elif MT940.search(content[:4096]):
        sheets = read_mt940(_decoded(content))
    else:
        columns = mapping_named(mapping) if isinstance(mapping, str) else mapping
        sheets = [read_table_sheet(_table(content, columns), columns, account)]
    return [checked(sheet) for sheet in sheets]


def _decoded(content: bytes) -> str:
    for encoding in ENCODINGS:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise StatementUnknown


def _table(content: bytes, columns: Mapping[str, Any]) -> pl.DataFrame:
    if not content.strip():
        raise StatementUnknown
    try:
        return table_of(content, columns)
    except FileUnreadable as fault:
        if content[:1] == b"\x00":
            raise StatementUnknown from fault
        raise
