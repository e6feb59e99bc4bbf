"""What tells a row from others: the fingerprint of its data, and whose debt it is."""

from __future__ import annotations

from typing import Final

import polars as pl

from qinghe.parties.vault import Ring, ring

# What makes a row the same claim with the same data when it is delivered again.
SAME: Final = (
    "contract_number", "kind_value", "debtor_name", "debtor_reference", "id_number",
    "product_value", "currency", "contract_on", "due_on", "rate", "hand_number",
    "minor_principal", "minor_interest", "minor_fees",
)  # fmt: skip


def fingerprints(rows: pl.DataFrame) -> pl.Series:
    """Return the keyed hash of every row's data, as PostgreSQL writes bytes."""
    # Keyed: a hash of so few unknowns could be searched.
    data = [repr(list(row)) for row in rows.select(SAME).iter_rows()]
    return _hexed(pl.Series("fingerprint", ring().blind_all("claim", data), pl.Binary))


def debtor_keys(rows: pl.DataFrame, keys: Ring) -> pl.Series:
    """Return how the creditor's own books, or else its data, tell each debtor from others."""
    by_reference = pl.lit("ref:") + pl.col("debtor_reference")
    # A phone may be shared; a phone and a name together are one debtor of this creditor.
    person = pl.concat_str("phone", "debtor_name")
    frame = rows.select(
        pl.when(pl.col("debtor_reference") != "").then(by_reference).alias("key"),
        pl.when(pl.col("debtor_reference") == "")
        .then(pl.col("id_number").str.to_uppercase())
        .alias("id"),
        person.alias("person"),
    )
    for column, kind, prefix in (("id", "debtor-id", "id:"), ("person", "debtor-phone", "phone:")):
        asked = frame["key"].is_null() & (frame[column] != "")
        hashed = keys.blind_all(kind, frame[column].filter(asked).to_list())
        made = pl.Series(hashed, dtype=pl.Binary).bin.encode("hex")
        key = frame["key"].scatter(asked.arg_true(), prefix + made)
        frame = frame.with_columns(key.alias("key"))
    return frame["key"]


def _hexed(values: pl.Series) -> pl.Series:
    return ("\\x" + values.bin.encode("hex")).alias(values.name)
