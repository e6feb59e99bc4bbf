"""
Several days with amounts in one cell: "2025-03-01 500.00; 2025-04-01 500.00". Pure.

Semicolons, line breaks or a Chinese comma stand between them; one blank or sign between day and
amount. An amount alone is taken where the day goes without saying (charges kept at pay-out).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import polars as pl

from qinghe.claims.intake.texts import day, minor

PARTS: Final = r"[;；、\r\n]+"
ITEM: Final = r"^(\S+?)[\s:：=]+([¥￥]?\s*[\d.,]+\s*元?)$"
PLACE: Final = "place"
MOST: Final = 400
TOLD: Final = 8
# Without a day of its own: kept back when the money was paid out.
UNDATED: Final = "service_charges"


def listed(frame: pl.DataFrame, name: str, dates: Sequence[str]) -> pl.DataFrame:
    """
    Return the frame with `t_<name>` (list of structs `on`, `amount`; null for none).

    Beside it: `t_<name>_sum`, `t_<name>_last` (the newest day), and `t_<name>_bad`, the places of
    the first parts that are no day with an amount above zero, as text.
    """
    cells = frame.filter(pl.col(name) != "").select("row", "exponent", "contract_on", name)
    items = _items(cells, name, dates).sort("row", "place")
    bad = (pl.col("on").is_null() & (name != UNDATED)) | (pl.col("amount").fill_null(0) <= 0)
    bad = bad | pl.col("wrong_day") | (pl.col("place") > MOST)
    marked = items.with_columns(bad.alias("bad"))
    found = marked.group_by("row", maintain_order=True).agg(
        pl.struct("on", "amount").alias(f"t_{name}"),
        pl.col("amount").sum().alias(f"t_{name}_sum"),
        pl.col("on").max().alias(f"t_{name}_last"),
        pl.col("place").filter(pl.col("bad")).head(TOLD).alias("places"),
    )
    places = pl.col("places").cast(pl.List(pl.String)).list.join(", ")
    told = pl.when(pl.col("places").list.len() > 0).then(places).alias(f"t_{name}_bad")
    found = found.with_columns(told).drop("places")
    return frame.join(found, on="row", how="left", maintain_order="left")


def _items(cells: pl.DataFrame, name: str, dates: Sequence[str]) -> pl.DataFrame:
    parts = cells.with_columns(
        pl.col(name).str.replace_all(PARTS, ";").str.strip_chars("; ").str.split(";").alias("item")
    )
    numbered = parts.with_columns(pl.int_ranges(1, pl.col("item").list.len() + 1).alias("place"))
    items = numbered.explode("item", "place")
    text = pl.col("item").str.strip_chars()
    on = day(text.str.extract(ITEM, 1), dates)
    alone = ~text.str.contains(ITEM)
    amount = pl.when(alone).then(text).otherwise(text.str.extract(ITEM, 2))
    return items.select(
        "row",
        "place",
        on.alias("on"),
        minor(amount, pl.col("exponent")).alias("amount"),
        (~alone & on.is_null()).alias("wrong_day"),
    )
