"""Seal the personal data of many rows at once, for the vault to take over with one statement."""

from __future__ import annotations

from typing import Final

import polars as pl

from qinghe.parties import tabular
from qinghe.parties.terms import Secret
from qinghe.parties.vault import Ring

# Column of the frame, what it holds, and the last digit of the id that its vault item will have.
SEALED: Final = (
    ("name", Secret.NAME, "2"),
    ("number", Secret.ID_NUMBER, "3"),
    ("voice", Secret.PHONE, "4"),
    ("mail", Secret.EMAIL, "5"),
    ("place", Secret.ADDRESS, "6"),
)
POINTS: Final = tuple(each for each in SEALED if each[0] in ("voice", "mail", "place"))
# The last digits of the other ids that one stem makes.
STEM_DIGIT: Final = "0"
PERSON_DIGIT: Final = "1"
UNDER_EVERY_KEY: Final = (Secret.ID_NUMBER, Secret.NAME)


def sealed_columns(frame: pl.DataFrame, *, keys: Ring) -> pl.DataFrame:
    """
    Return what the vault will hold of each row; empty text gives nulls.

    `frame` has `stem` (of its ids), `business` and, in their normal form, `name`, `number`,
    `voice`, `mail` and `place`. The answer has `<column>_sealed`, `_blind` and `_masked`, bytes
    written as hexadecimal text; `number_blind` and `name_blind` are lists under every key, the
    newest first.
    """
    columns: list[pl.Series] = []
    for name, kind, digit in SEALED:
        filled = frame.select("stem", pl.col(name).alias("value"), "business").with_row_index("at")
        filled = filled.filter(pl.col("value") != "")
        answers = [filled["at"], *_sealed(filled, name, kind, digit, keys)]
        whole = frame.select(pl.int_range(pl.len(), dtype=pl.UInt32).alias("at"))
        columns += whole.join(pl.DataFrame(answers), on="at", how="left", maintain_order="left")[
            :, 1:
        ].get_columns()
    return pl.DataFrame(columns)


def _sealed(
    filled: pl.DataFrame, name: str, kind: Secret, digit: str, keys: Ring
) -> list[pl.Series]:
    values = filled["value"].to_list()
    contexts = filled.select(pl.col("stem") + f"{digit}:{kind.value}").to_series().to_list()
    made = [_bytes(f"{name}_sealed", keys.seal_all(values, contexts))]
    if kind is Secret.NAME:
        masks = tabular.masked_names(filled["value"], business=filled["business"])
    else:
        masks = tabular.masked(kind, filled["value"])
    made.append(_blinds(f"{name}_blind", kind, values, keys))
    return [*made, masks.alias(f"{name}_masked")]


def _blinds(name: str, kind: Secret, values: list[str], keys: Ring) -> pl.Series:
    if kind not in UNDER_EVERY_KEY:
        return _bytes(name, keys.blind_all(kind.value, values))
    # A person taken in under an older key is still the same person, with the same name.
    places = range(len(keys.blind_keys))
    every = [_bytes(str(at), keys.blind_all(kind.value, values, place=at)) for at in places]
    quoted = [pl.lit('"\\') + pl.col(str(at)) + '"' for at in places]
    listed = pl.concat_str(pl.lit("{"), pl.concat_str(quoted, separator=","), pl.lit("}"))
    return pl.DataFrame(every).select(listed.alias(name)).to_series()


def _bytes(name: str, values: list[bytes]) -> pl.Series:
    return ("\\x" + pl.Series(values, dtype=pl.Binary).bin.encode("hex")).alias(name)
