"""Before a file is checked: how it reads, what its columns are likely to be, and what was used."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from typing import Any, Final
from uuid import UUID

import polars as pl

from qinghe.claims.intake.columns import (
    SHIPPED,
    Suggestion,
    date_format,
    missing_fields,
    shipped,
)
from qinghe.claims.intake.encodings import Reading, encoding_of, readings
from qinghe.claims.intake.how import AS_IT_IS, How
from qinghe.claims.intake.kinds import ZIP
from qinghe.claims.intake.read import header_of, how_read, read_table
from qinghe.claims.intake.strangers import refused_columns
from qinghe.claims.intake.stream import beginning, head_of, is_short
from qinghe.claims.intake.suggest import LOOKED_AT, Guess, day_of, guesses
from qinghe.claims.intake.vocabulary import is_as_of
from qinghe.claims.models import Batch, Mapping
from qinghe.parties.filestore import stream_file

RECENT: Final = 50
SAMPLE_ROWS: Final = 5
DATES: Final = ("contract_date", "due_date")


@dataclass(frozen=True)
class Preview:
    """The head of a file before it is mapped."""

    header: list[str]
    sample: list[list[str]]
    # None when the file is so long that only its beginning was read.
    rows: int | None
    suggestion: Suggestion
    guesses: dict[str, Guess]
    how: How
    sheets: list[str]
    # The day on which the file itself says its amounts are right, when it says one.
    as_of: date | None = None


def mappings(*, creditor_id: UUID) -> list[str]:
    """Return the names of the mappings a creditor may choose: saved ones, then shipped ones."""
    saved = Mapping.objects.filter(creditor_id=creditor_id).order_by("name")
    names = list(saved.values_list("name", flat=True))
    return names + [name for name in SHIPPED if name not in names]


def preview(content: bytes, asked: How = AS_IT_IS) -> Preview:
    """
    Return the head of a file, with a suggestion of what its columns are, and how it was read.

    :raises FileUnreadable: not a table
    :raises EncodingUnsure: its encoding must be chosen first
    """
    table = read_table(content, asked)
    return _preview(table, *how_read(content, asked))


def preview_kept(sha256: str, asked: How = AS_IT_IS) -> Preview:
    """
    Return the head of a file that lies sealed; only its first rows are read, and counted.

    :raises NoSuchFile: no file with this hash
    :raises FileUnreadable: not a table
    :raises EncodingUnsure: its encoding must be chosen first
    """
    blocks = partial(stream_file, sha256)
    head = _preview(head_of(blocks, asked), *how_read(beginning(blocks), asked))
    return head if is_short(blocks) else replace(head, rows=None)


def _preview(table: pl.DataFrame, way: How, sheets: list[str]) -> Preview:
    header = header_of(table)
    rows = [list(row) for row in table.select(header).head(LOOKED_AT).iter_rows()]
    return Preview(
        header=header,
        sample=rows[:SAMPLE_ROWS],
        rows=table.height,
        suggestion=suggest_mapping(header, rows),
        guesses=guesses(header, rows),
        how=way,
        sheets=sheets,
        as_of=_as_of(header, rows),
    )


def _as_of(header: Sequence[str], rows: Sequence[Sequence[str | None]]) -> date | None:
    """Return the one day that stands in the columns for it in every row that was read."""
    places = [place for place, column in enumerate(header) if is_as_of(column)]
    cells = {row[place] for row in rows for place in places}
    written = next(iter(cells)) if len(cells) == 1 else None
    return day_of(written.strip()) if written else None


def suggest_mapping(header: Sequence[str], sample: Sequence[Sequence[str]] = ()) -> Suggestion:
    """Return what the columns most likely are, and how the dates of the sample are written."""
    sure = {guess.field: column for column, guess in guesses(header, sample).items() if guess.sure}
    refused = refused_columns(header)
    known = {*sure.values(), *refused}
    columns = [list(header).index(sure[name]) for name in DATES if name in sure]
    written = [row[place] for row in sample for place in columns if len(row) > place]
    return Suggestion(
        columns=sure,
        unknown=tuple(column for column in header if column not in known),
        refused=refused,
        missing=missing_fields(sure),
        date_format=date_format(written),
    )


def recognised(*, creditor_id: UUID, header: Sequence[str]) -> tuple[str, dict[str, Any]] | None:
    """
    Return the mapping a creditor used for a file with these very columns, and its name.

    A saved mapping comes first; else the one of its newest file with these columns, without a name.
    """
    columns = frozenset(header)
    saved = Mapping.objects.filter(creditor_id=creditor_id).order_by("-created_at", "name")
    for name, mapping in saved.values_list("name", "columns"):
        if _covers(mapping, columns):
            return name, mapping
    used = Batch.objects.filter(creditor_id=creditor_id).order_by("-uploaded_at")
    recent = used.values_list("mapping", flat=True)[:RECENT]
    found = next((mapping for mapping in recent if _covers(mapping, columns)), None)
    return None if found is None else ("", found)


def _covers(mapping: dict[str, Any], columns: frozenset[str]) -> bool:
    return columns == {*(mapping.get("columns") or {}).values(), *(mapping.get("ignore") or [])}


def mapping_named(*, creditor_id: UUID, name: str, how: How = AS_IT_IS) -> dict[str, Any]:
    """
    Return a mapping a creditor may choose in its stored form, for a file read in a certain way.

    :raises UnknownMapping: neither saved nor shipped
    """
    saved = Mapping.objects.filter(creditor_id=creditor_id, name=name).first()
    stored = dict(saved.columns) if saved is not None else shipped(name).as_json()
    return {**stored, "formats": {**(stored.get("formats") or {}), **how.as_json()}}


def ways_to_read(sha256: str) -> list[Reading]:
    """Return the first lines of a kept text file in each encoding it may have; none of a book."""
    content = beginning(partial(stream_file, sha256))
    return [] if content.startswith(ZIP) else readings(content)


def encoding_kept(sha256: str) -> str:
    """
    Return the encoding of a kept text file, told by its beginning.

    :raises FileUnreadable: no known encoding
    :raises EncodingUnsure: it could be more than one
    """
    return encoding_of(beginning(partial(stream_file, sha256)))
