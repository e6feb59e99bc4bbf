"""The sound rows of a piece of a file, compared with the platform and laid ready for the merge."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final
from uuid import UUID

import polars as pl
from django.conf import settings
from django.db import connection

from qinghe.claims import ageing
from qinghe.claims.intake.check import Checked, Whole, check, whole_of
from qinghe.claims.intake.columns import ColumnMapping
from qinghe.claims.intake.faults import Fault
from qinghe.claims.intake.read import ROW
from qinghe.claims.models import Batch, RowError, Staged
from qinghe.claims.services.identifying import debtor_keys, fingerprints
from qinghe.claims.services.identities import doubts
from qinghe.claims.services.told import forget_terms, stage_terms, terms_differ
from qinghe.claims.terms import Product
from qinghe.kernel.bulk import copy_frame, copy_values
from qinghe.kernel.ids import new_stems
from qinghe.kernel.laps import lap
from qinghe.parties import tabular
from qinghe.parties.regions import mainland_address, mainland_zones, zones_of
from qinghe.parties.services import sealed_columns
from qinghe.parties.services.sealing import STEM_DIGIT
from qinghe.parties.vault import ring

KNOWN: Final = """
SELECT contract_number, fingerprint FROM claims_claim
WHERE creditor_id = %s AND contract_number = ANY (%s) AND batch_id IS DISTINCT FROM %s
"""
NEW_AMOUNTS: Final = """
SELECT s.principal + s.interest + s.costs FROM claims_staged s
WHERE s.batch_id = %(batch)s AND NOT EXISTS (
    SELECT 1 FROM claims_claim c
    WHERE c.creditor_id = %(creditor)s AND c.contract_number = s.contract_number
) ORDER BY s.row
"""
# Stands for a region where only the country is known.
MAINLAND: Final = "CN"
MAINLAND_MOBILE: Final = r"^\+861\d{10}$"
COLUMNS: Final = [field.column for field in Staged._meta.concrete_fields]


@dataclass(frozen=True)
class Reading:
    """How the rows of one batch are judged."""

    mapping: ColumnMapping
    whole: Whole
    as_of: date
    lender_kind: str


@dataclass(frozen=True)
class Sifted:
    """A piece judged against the platform: rows to stage, and what is told of all of them."""

    read: int
    new: pl.DataFrame
    unchanged: int
    faults: Sequence[Fault]
    amount: int
    stages: Counter[str]

    @property
    def rejected(self) -> int:
        """Return how many rows have at least one fault."""
        return len({fault.row for fault in self.faults})


def judged(table: pl.DataFrame, reading: Reading) -> Checked:
    """Return what is wrong with the rows of a piece, before anything on the platform is asked."""
    checked = check(
        table,
        reading.mapping,
        as_of=reading.as_of,
        lender_kind=reading.lender_kind,
        demo=settings.DEMO,
        whole=reading.whole,
    )
    sound = checked.sound.with_columns(fingerprints(checked.sound))
    return replace(checked, sound=sound)


def stage(batch: Batch, checked: Checked, reading: Reading) -> None:
    """Lay the new rows of a piece ready and count it in; the caller holds and saves the batch."""
    with lap("compare"):
        sifted = sift(batch, checked, reading)
    with lap("seal"):
        frame = _staged(batch, sifted.new)
    with lap("stage"):
        copy_frame("claims_staged", frame)
        stage_terms(batch, sifted.new)
    keep_faults(batch, sifted.faults)
    batch.read += checked.read
    batch.valid += sifted.new.height
    batch.unchanged += sifted.unchanged
    batch.rejected += sifted.rejected
    batch.amount += sifted.amount
    batch.currency = checked.currency
    batch.stages = dict(sorted((Counter(batch.stages) + sifted.stages).items()))


def keep_faults(batch: Batch, faults: Sequence[Fault]) -> None:
    """Write down what is wrong with which row."""
    rows = ((batch.pk, each.row, each.column, each.code, each.facts) for each in faults)
    copy_values(RowError, ("batch_id", "row", "column", "code", "facts"), rows)


def restage(batch: Batch, old: pl.DataFrame, new: pl.DataFrame, mapping: ColumnMapping) -> bool:
    """
    Judge rows of a batch again of which some cells changed, all that share a contract number.

    The currency of the file must be the same as before. False, and nothing is done, when what was
    staged of them is not what they were; the caller holds and saves the batch.
    """
    reading = reading_of(batch, old, mapping)
    before = sift(batch, judged(old, reading), reading)
    rows = old[ROW].to_list()
    staged = Staged.objects.filter(batch_id=batch.pk, row__in=rows)
    if staged.count() != before.new.height:
        return False
    staged.delete()
    forget_terms([batch.pk], rows)
    RowError.objects.filter(batch=batch, row__in=rows).delete()
    batch.read -= before.read
    batch.valid -= before.new.height
    batch.unchanged -= before.unchanged
    batch.rejected -= before.rejected
    batch.amount -= before.amount
    batch.stages = dict(Counter(batch.stages) - before.stages)
    reading = reading_of(batch, new, mapping)
    stage(batch, judged(new, reading), reading)
    return True


def reading_of(batch: Batch, rows: pl.DataFrame, mapping: ColumnMapping) -> Reading:
    """Return how some rows of a batch are judged, all that share a contract number among them."""
    whole = replace(whole_of([rows], mapping), currency=batch.currency)
    return Reading(mapping, whole, batch.as_of, batch.creditor.lender_kind)


def new_amounts(batch: Batch) -> list[int]:
    """Return what is claimed by each staged row whose contract is not on the platform."""
    with connection.cursor() as cursor:
        cursor.execute(NEW_AMOUNTS, {"batch": batch.pk, "creditor": batch.creditor_id})
        return [int(amount) for (amount,) in cursor.fetchall()]


def sift(batch: Batch, checked: Checked, reading: Reading) -> Sifted:
    """Return which of the sound rows are new, which are known, and which contradict the books."""
    sound = checked.sound
    known = _known(batch, sound["contract_number"])
    sound = sound.join(known, on="contract_number", how="left", maintain_order="left")
    same = pl.col("known") == pl.col("fingerprint")
    changed = sound.filter(~same)["row"].to_list()
    column = reading.mapping.columns.get("contract_number", "contract_number")
    faults = [*checked.faults, *(Fault(row, column, "contract-changed", {}) for row in changed)]
    other = terms_differ(batch, sound.filter(same), column)
    faults += other
    told_otherwise = pl.col("row").is_in([each.row for each in other])
    good = sound.filter((same & ~told_otherwise) | pl.col("known").is_null()).with_columns(
        *_ageing(reading.as_of),
        pl.sum_horizontal("minor_principal", "minor_interest", "minor_fees").alias("claimed"),
    )
    return Sifted(
        read=checked.read,
        new=good.filter(pl.col("known").is_null()),
        unchanged=good["known"].count(),
        faults=sorted(faults, key=lambda fault: fault.row),
        amount=int(good["claimed"].sum()),
        stages=Counter(dict(good["stage"].value_counts().iter_rows())),
    )


def _known(batch: Batch, numbers: pl.Series) -> pl.DataFrame:
    """Return the contracts that are on the platform through other batches, with fingerprints."""
    with connection.cursor() as cursor:
        # One array, however many numbers: the ORM would make a parameter of each.
        cursor.execute(KNOWN, [batch.creditor_id, numbers.to_list(), batch.pk])
        pairs = [(number, f"\\x{bytes(mark).hex()}") for number, mark in cursor.fetchall()]
    schema = {"contract_number": pl.String, "known": pl.String}
    return pl.DataFrame(pairs, schema=schema, orient="row")


def _ageing(as_of: date) -> list[pl.Expr]:
    """Return stage and next change as `ageing` gives them, for a whole column of due days."""
    due = pl.col("due_on")
    days = (pl.lit(as_of) - due).dt.total_days()
    stage = pl.lit(ageing.stage(as_of, as_of).value)
    change = pl.lit(None, pl.Date)
    for first, name in reversed(ageing.FIRST_DAYS):
        stage = pl.when(days >= first).then(pl.lit(name.value)).otherwise(stage)
    for first, _name in ageing.FIRST_DAYS:
        change = pl.when(days < first).then(due.dt.offset_by(f"{first}d")).otherwise(change)
    return [stage.alias("stage"), change.alias("stage_changes_on")]


def _staged(batch: Batch, new: pl.DataFrame) -> pl.DataFrame:
    stems, keys = pl.Series("stem", new_stems(new.height), pl.String), ring()
    name = pl.when(pl.col("debtor_name") == "").then("debtor_reference").otherwise("debtor_name")
    people = new.select(
        name.str.strip_chars().alias("name"), "number", "voice", "mail", "business"
    ).with_columns(stems, tabular.texts(new["address"]).fill_null("").alias("place"))
    facts = new.select(
        pl.lit(str(batch.pk)).alias("batch_id"),
        "row",
        (stems + STEM_DIGIT).alias("stem"),
        "contract_number",
        "fingerprint",
        debtor_keys(new, keys).alias("debtor_key"),
        doubts(new),
        pl.col("kind_value").alias("kind"),
        pl.col("product_value").fill_null(Product.OTHER.value).alias("product"),
        pl.col("hand_number").alias("hand"),
        pl.col("region_code").fill_null("").alias("region"),
        *zones_told(new),
        "currency",
        "contract_on",
        "due_on",
        pl.col("rate_applied").alias("rate_pct"),
        pl.col("minor_principal").alias("principal"),
        pl.col("minor_interest").alias("interest"),
        pl.col("minor_fees").alias("costs"),
        "stage",
        "stage_changes_on",
        pl.lit(keys.active).alias("key_id"),
    )
    return facts.hstack(sealed_columns(people, keys=keys)).select(COLUMNS)


def zones_told(new: pl.DataFrame) -> list[pl.Series]:
    """
    Return `zones` and `zone` of each row: by its region, else by what tells mainland China.

    A mobile of mainland China does, or an address there, where neither says otherwise. That is the
    country alone; the city is never guessed.
    """
    place, voice = pl.col("address").fill_null(""), pl.col("voice").fill_null("")
    mobile, inside = voice.str.contains(MAINLAND_MOBILE), place.str.contains(mainland_address())
    mainland = (mobile & (place == "")) | (inside & ((voice == "") | mobile))
    known = pl.col("region_code").fill_null("")
    told = pl.when((known == "") & mainland).then(pl.lit(MAINLAND)).otherwise(known)
    return _zones(new.select(told.alias("region"))["region"])


def _zones(regions: pl.Series) -> list[pl.Series]:
    zones = {
        code: mainland_zones() if code == MAINLAND else zones_of(code) for code in regions.unique()
    }
    listed = {code: "[" + ", ".join(f'"{z}"' for z in each) + "]" for code, each in zones.items()}
    first = {code: next(iter(each), "") for code, each in zones.items()}
    return [
        regions.replace_strict(listed, return_dtype=pl.String).alias("zones"),
        regions.replace_strict(first, return_dtype=pl.String).alias("zone"),
    ]


def forget_staged(batch_ids: Sequence[UUID]) -> None:
    """Delete what lies ready of batches; it can be made again from their files."""
    Staged.objects.filter(batch_id__in=batch_ids).delete()
    forget_terms(batch_ids)
