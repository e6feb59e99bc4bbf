"""A table with some of its cells set right. Pure."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from qinghe.claims.intake.read import ROW

# Row number as the clerk sees it, and column, to the new text.
Cells = Mapping[tuple[int, str], str]


def corrected(table: pl.DataFrame, cells: Cells) -> pl.DataFrame:
    """
    Return the table with these cells in place of its own.

    A cell of a row or column that this table does not hold is passed over, so that a file can be
    corrected piece by piece.
    """
    by_column: dict[str, dict[int, str]] = {}
    for (row, column), value in cells.items():
        if column in table.columns and column != ROW:
            by_column.setdefault(column, {})[row] = value.strip()
    return table.with_columns(
        pl.col(ROW)
        .replace_strict(
            pl.Series(list(new), dtype=pl.UInt32),
            pl.Series(list(new.values()), dtype=pl.String),
            default=pl.col(column),
            return_dtype=pl.String,
        )
        .alias(column)
        for column, new in by_column.items()
    )
