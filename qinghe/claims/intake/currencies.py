"""What a file calls the renminbi: one currency under many names. Pure."""

from __future__ import annotations

from typing import Final

import polars as pl

# In capitals, as codes are compared.
RENMINBI: Final = (
    "RMB", "RMB元", "CNY元", "YUAN", "¥", "￥", "元", "人民币", "人民币元", "人民币（元）",
    "人民币(元)", "人民幣", "人民幣元",
)  # fmt: skip
CODE: Final = "CNY"


def code_of(written: str) -> str:
    """Return the code of a currency as written; what is unknown comes back in capitals."""
    upper = written.strip().upper()
    return CODE if upper in RENMINBI else upper


def coded(name: str) -> pl.Expr:
    """Return a column of currencies as codes; what is unknown stays, so that its row is told."""
    upper = pl.col(name).str.strip_chars().str.to_uppercase()
    return pl.when(upper.is_in(list(RENMINBI))).then(pl.lit(CODE)).otherwise(upper).alias(name)
