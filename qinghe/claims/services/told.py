"""What a file of claims tells of contracts: laid ready, compared, and written set by set."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

import polars as pl
from django.db import connection

from qinghe.claims.contract_terms import BookedTo, DayCount, FeeKind
from qinghe.claims.intake.faults import Fault
from qinghe.claims.models import Batch, StagedTerms
from qinghe.claims.services.checking import AT_ONCE, check_wanted
from qinghe.journal.services import record
from qinghe.kernel.actor import Actor
from qinghe.kernel.bulk import copy_frame
from qinghe.kernel.ids import new_stems

COLUMNS: Final = [field.column for field in StagedTerms._meta.concrete_fields]
# Last digits of ids: of terms in the row's own stem, of payments and charges in stems of theirs.
TERMS_DIGIT: Final = "b"
ITEM_DIGIT: Final = "0"
OF_CLAIM: Final = (
    "principal", "handed_over", "disbursed_on", "matures_on", "schedule", "periods",
    "period_months", "rate_pct", "day_count", "overdue_rate_pct", "penalty_daily_pct",
    "grace_days", "accelerated_on", "sued_on",
)  # fmt: skip
# One statement: a file without terms costs a merge no more than one look.
WRITE: Final = f"""
WITH source AS MATERIALIZED (
    SELECT t.*, c.stem, (left(c.stem::text, 35) || %(terms_digit)s)::uuid AS terms_id
    FROM claims_chunk c JOIN claims_stagedterms t ON t.batch_id = %(batch)s AND t.row = c.row
    WHERE c.fate = 'new'
), terms AS (
    INSERT INTO claims_contractterms (id, claim_id, lender_kind, {", ".join(OF_CLAIM)},
        delivered_at, check_wanted)
    SELECT terms_id, stem, coalesce(nullif(lender_kind, ''), %(lender)s), {", ".join(OF_CLAIM)},
        %(at)s, true
    FROM source WHERE principal IS NOT NULL RETURNING 1
), fees AS (
    INSERT INTO claims_contractfee (id, terms_id, kind, amount, "on")
    SELECT (f ->> 0)::uuid, terms_id, %(charge)s, (f ->> 2)::bigint, (f ->> 1)::date
    FROM source CROSS JOIN LATERAL jsonb_array_elements(fees) f WHERE principal IS NOT NULL
), payments AS (
    INSERT INTO claims_contractpayment (id, claim_id, "on", amount, booked_to, reference,
        delivered_at)
    SELECT (p ->> 0)::uuid, stem, (p ->> 1)::date, (p ->> 2)::bigint, %(booked_to)s, p ->> 3,
        %(at)s
    FROM source CROSS JOIN LATERAL jsonb_array_elements(payments) p RETURNING 1
)
SELECT (SELECT count(*) FROM terms), (SELECT count(*) FROM payments)
"""  # noqa: S608  names of columns
KNOWN: Final = f"""
SELECT c.contract_number, t.id IS NOT NULL, {", ".join(f"t.{each}" for each in OF_CLAIM)},
    ARRAY(SELECT p."on" || ':' || p.amount FROM claims_contractpayment p WHERE p.claim_id = c.id),
    ARRAY(SELECT f."on" || ':' || f.amount FROM claims_contractfee f WHERE f.terms_id = t.id)
FROM claims_claim c
LEFT JOIN claims_contractterms t ON t.claim_id = c.id AND t.replaced_at IS NULL
WHERE c.creditor_id = %s AND c.contract_number = ANY (%s)
"""  # noqa: S608  names of columns
# A claim that another file made since this one was checked may have been told other terms.
MEANWHILE: Final = f"""
UPDATE claims_chunk c SET fate = 'terms'
FROM claims_stagedterms t
JOIN claims_staged s ON s.batch_id = t.batch_id AND s.row = t.row
JOIN claims_claim k ON k.creditor_id = %(creditor)s AND k.contract_number = s.contract_number
LEFT JOIN claims_contractterms x ON x.claim_id = k.id AND x.replaced_at IS NULL
WHERE t.batch_id = %(batch)s AND t.row = c.row AND c.fate = 'unchanged' AND (
    t.principal IS NOT NULL AND (
        ({", ".join(f"t.{each}" for each in OF_CLAIM)})
            IS DISTINCT FROM ({", ".join(f"x.{each}" for each in OF_CLAIM)})
        OR ARRAY(SELECT (f ->> 1) || ':' || (f ->> 2) FROM jsonb_array_elements(t.fees) f
            ORDER BY 1)
        <> ARRAY(SELECT f."on" || ':' || f.amount FROM claims_contractfee f
            WHERE f.terms_id = x.id ORDER BY 1)
    )
    OR EXISTS (
        SELECT FROM jsonb_array_elements(t.payments) p WHERE NOT EXISTS (
            SELECT FROM claims_contractpayment q
            WHERE q.claim_id = k.id AND q.reference = p ->> 3
        )
    )
)
"""  # noqa: S608  names of columns
Known = tuple[tuple[Any, ...] | None, Counter[str], Counter[str]]


def stage_terms(batch: Batch, new: pl.DataFrame) -> None:
    """Lay ready what the new rows of a piece say of their contracts; nothing when they do not."""
    if (telling := _telling(new)) is not None:
        copy_frame("claims_stagedterms", _staged(batch, telling))


def forget_terms(batch_ids: Sequence[UUID], rows: Sequence[int] | None = None) -> None:
    """Delete what lies ready of batches, or of some of their rows."""
    staged = StagedTerms.objects.filter(batch_id__in=batch_ids)
    (staged if rows is None else staged.filter(row__in=rows)).delete()


def write_terms(batch: Batch, params: dict[str, Any], actor: Actor, at: datetime) -> None:
    """
    Write terms, charges and payments of the new claims of a chunk, inside its transaction.

    The amounts of few are checked at once; of many by a clock.
    """
    params = params | {
        "terms_digit": TERMS_DIGIT,
        "lender": batch.creditor.lender_kind,
        "charge": FeeKind.CHARGE.value,
        "booked_to": BookedTo.UNKNOWN.value,
    }
    with connection.cursor() as cursor:
        cursor.execute(WRITE, params)
        ((terms, payments),) = cursor.fetchall()
    if terms or payments:
        facts = {"terms": terms, "payments": payments}
        subject = f"batch:{batch.pk}"
        record(kind="claims.terms-delivered", subject=subject, actor=actor, at=at, **facts)
    if 0 < terms <= AT_ONCE:
        check_wanted(at=at, batch_id=batch.pk)


def part_told_otherwise(params: dict[str, Any]) -> bool:
    """Part rows of a chunk whose claim was told other terms meanwhile; tell whether any was."""
    with connection.cursor() as cursor:
        cursor.execute(MEANWHILE, params)
        return bool(cursor.rowcount)


def terms_differ(batch: Batch, same: pl.DataFrame, column: str) -> list[Fault]:
    """Return the rows whose claim is here unchanged, but with other terms or payments."""
    telling = _telling(same)
    if telling is None:
        return []
    known = _known(batch, telling["contract_number"])
    told = telling.select(terms_columns()).rows()
    return [
        Fault(row["row"], column, "terms-differ", {})
        for row, terms in zip(telling.iter_rows(named=True), told, strict=True)
        if not _is_known(row, terms, known[row["contract_number"]])
    ]


def _telling(rows: pl.DataFrame) -> pl.DataFrame | None:
    if "t_given" not in rows.columns:
        return None
    told = rows.filter(pl.col("t_given") | pl.col("t_repayments").is_not_null())
    return told if told.height else None


def terms_columns() -> list[pl.Expr]:
    """Return the terms of typed rows by the names of the table; only of rows that have any."""
    given = pl.when(pl.col("t_given"))
    return [
        given.then(pl.col("t_principal")).alias("principal"),
        pl.col("t_handed_over").alias("handed_over"),
        pl.col("t_disbursed_on").alias("disbursed_on"),
        pl.col("t_last_on").alias("matures_on"),
        pl.col("t_schedule").alias("schedule"),
        pl.col("t_periods").alias("periods"),
        pl.col("t_months").alias("period_months"),
        pl.col("t_agreed_rate").alias("rate_pct"),
        pl.col("t_day_count").fill_null(DayCount.ACTUAL_365.value).alias("day_count"),
        pl.when(pl.col("rate").cast(pl.Float64) > 0).then("rate").alias("overdue_rate_pct"),
        pl.col("t_penalty_daily").alias("penalty_daily_pct"),
        pl.col("t_grace_days").fill_null(0).alias("grace_days"),
        pl.col("t_accelerated_on").alias("accelerated_on"),
        pl.col("t_sued_on").alias("sued_on"),
    ]


def _staged(batch: Batch, telling: pl.DataFrame) -> pl.DataFrame:
    facts = telling.select(
        pl.lit(str(batch.pk)).alias("batch_id"),
        "row",
        pl.col("t_lender_kind").fill_null("").alias("lender_kind"),
        *terms_columns(),
    )
    payments = _listed(telling, "t_repayments", "payments")
    fees = _listed(telling, "t_service_charges", "fees")
    return facts.hstack([payments, fees]).select(COLUMNS)


def _listed(telling: pl.DataFrame, source: str, name: str) -> pl.Series:
    """Return a list of days and amounts of each row as JSON: id, day, amount, reference."""
    items = telling.select("row", "t_disbursed_on", source).drop_nulls(source).explode(source)
    if not items.height:
        return pl.Series(name, ["[]"] * telling.height, pl.String)
    items = items.unnest(source).with_columns(pl.coalesce("on", "t_disbursed_on").alias("on"))
    stems = pl.Series("id", new_stems(items.height), pl.String) + ITEM_DIGIT
    nth = pl.int_range(pl.len()).over("row", "on", "amount") + 1
    text = pl.format('["{}", "{}", {}, "{}:{}:{}"]', "id", "on", "amount", "on", "amount", nth)
    joined = items.hstack([stems]).group_by("row").agg(text.str.join(", ").alias(name))
    rows = telling.select("row").join(joined, on="row", how="left", maintain_order="left")
    return rows.select(pl.format("[{}]", name).fill_null("[]")).to_series()


def _known(batch: Batch, numbers: pl.Series) -> dict[str, Known]:
    with connection.cursor() as cursor:
        cursor.execute(KNOWN, [batch.creditor_id, numbers.to_list()])
        rows = cursor.fetchall()
    return {
        number: (tuple(terms) if there else None, Counter(payments), Counter(fees))
        for number, there, *terms, payments, fees in rows
    }


def _is_known(row: dict[str, Any], told: tuple[Any, ...], known: Known) -> bool:
    terms, payments, fees = known
    same = terms is not None and [*map(_plain, told)] == [*map(_plain, terms)]
    charges = _counted(row["t_service_charges"], row["t_disbursed_on"])
    agreed = not row["t_given"] or (same and charges == fees)
    return agreed and _counted(row["t_repayments"]) <= payments


def _counted(items: Sequence[dict[str, Any]] | None, on: date | None = None) -> Counter[str]:
    return Counter(f"{each['on'] or on}:{each['amount']}" for each in items or ())


def _plain(value: Any) -> Any:
    if isinstance(value, str) and value[:1].isdigit() and "/" not in value:
        return Decimal(value).normalize()
    return value.normalize() if isinstance(value, Decimal) else value
