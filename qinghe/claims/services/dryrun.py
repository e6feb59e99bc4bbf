"""
What would happen if a batch were accepted now. Writes nothing.

It stands among the verbs because it judges with the very functions that accepting uses.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Final
from uuid import UUID

import polars as pl
from django.db.models import Exists, OuterRef, Q

from qinghe.claims.completeness import Case, needs_of
from qinghe.claims.intake.check import whole_of
from qinghe.claims.intake.columns import fit, parse
from qinghe.claims.intake.faults import Fault
from qinghe.claims.models import Batch, Claim, DebtorReference, Hold
from qinghe.claims.queries import BatchView, NoSuchBatch, batch_for, table_header, tables_of
from qinghe.claims.services.identifying import debtor_keys
from qinghe.claims.services.staging import Reading, judged, sift, zones_told
from qinghe.claims.services.weighing import Amounts, Weighing
from qinghe.claims.terms import Product, Stage
from qinghe.kernel.actor import Actor, Role
from qinghe.parties.identity import mask, mask_business
from qinghe.parties.models import Organisation, VaultItem
from qinghe.parties.terms import PersonKind, Secret
from qinghe.parties.vault import ring
from qinghe.rules.calendar import StaleCalendar
from qinghe.rules.limitation import limitation

SAMPLE: Final = 10


@dataclass(frozen=True)
class Group:
    """New claims of one product and stage: how many, and their amount in minor units."""

    product: str
    stage: str
    count: int
    amount: int


@dataclass(frozen=True)
class RateCuts:
    """New claims whose agreed rate is above the lawful cap: cut by these percentage points."""

    count: int
    most: Decimal
    mean: Decimal


@dataclass(frozen=True)
class MaskedRow:
    """One new claim as it may be shown; amounts in minor units, rates in percent a year."""

    row: int
    contract_number: str
    name: str
    id_number: str
    phone: str
    product: str
    stage: str
    due_on: date
    amount: int
    rate_agreed: Decimal | None
    rate_applied: Decimal | None


@dataclass(frozen=True)
class DryRun:
    """
    The outcome of accepting a batch now.

    `listable` may be offered once the window is over; of them `need_evidence` wait for papers
    first. `barred` are too old by the law of the pack, `held` are owed by debtors of this creditor
    whom a hold protects as a whole: only their number is told, never which. `not_due` are not past
    due yet, and of `unreachable` the file gives no telephone, e-mail or postal address, or does not
    tell in which country the debtor lives.
    """

    batch: BatchView
    new: int
    unchanged: int
    wrong: int
    duplicates: int
    over_cap: int
    listable: int
    need_evidence: int
    evidence: tuple[tuple[str, tuple[str, ...]], ...]
    barred: int
    held: int
    not_due: int
    unreachable: int
    cuts: RateCuts | None
    groups: tuple[Group, ...]
    amount: int
    currency: str
    sample: tuple[MaskedRow, ...]
    amounts: Amounts


@dataclass(frozen=True)
class Sound:
    """One new claim, typed; amounts in minor units, rates in percent a year."""

    row: int
    contract_number: str
    debtor_kind: str
    debtor_name: str
    debtor_key: str
    id_number: str
    phone: str
    reachable: bool
    product: str
    stage: str
    currency: str
    due_on: date
    rate_agreed: Decimal | None
    rate_pct: Decimal | None
    claimed: int


@dataclass(frozen=True)
class Outcome:
    """A whole file judged against the platform."""

    new: Sequence[Sound]
    unchanged: int
    faults: Sequence[Fault]
    currency: str
    amounts: Amounts


def dry_run(*, batch_id: UUID, actor: Actor, at: datetime) -> DryRun:
    """
    Return what accepting a batch at an instant would do, judged like accepting itself.

    :raises NoSuchBatch: unknown, or another creditor's
    """
    view = batch_for(batch_id=batch_id, actor=actor)
    if actor.role is not Role.SYSTEM and actor.org_id != view.creditor_id:
        raise NoSuchBatch
    batch = Batch.objects.select_related("creditor").get(pk=batch_id)
    sifted = _judged(batch, at)
    barred = {row.row for row in sifted.new if _barred(row, batch.as_of)}
    held = _held(sifted.new, batch.creditor_id, at)
    not_due = {row.row for row in sifted.new if row.stage == Stage.M0}
    unreachable = {row.row for row in sifted.new if not row.reachable}
    stopped = barred | held | not_due | unreachable
    free = [row for row in sifted.new if row.row not in stopped]
    natural = [row for row in free if row.debtor_kind == PersonKind.NATURAL]
    faults = Counter(code for _row, code in {(each.row, each.code) for each in sifted.faults})
    return DryRun(
        batch=view,
        new=len(sifted.new),
        unchanged=sifted.unchanged,
        wrong=len({fault.row for fault in sifted.faults}),
        duplicates=faults["duplicate"] + faults["duplicate-differs"],
        over_cap=faults["rate-over-limit"],
        listable=len(free),
        need_evidence=len(natural),
        evidence=_evidence(_proven(sifted.new, barred | held | not_due), batch.creditor),
        barred=len(barred),
        held=len(held),
        not_due=len(not_due),
        unreachable=len(unreachable),
        cuts=_cuts(sifted.new),
        groups=_groups(sifted.new),
        amount=sum(row.claimed for row in sifted.new),
        currency=sifted.currency,
        sample=tuple(_masked(row) for row in _spread(sifted.new)),
        amounts=sifted.amounts,
    )


def _judged(batch: Batch, at: datetime) -> Outcome:
    mapping = fit(parse(batch.mapping), table_header(batch))
    whole = whole_of(tables_of(batch), mapping)
    reading = Reading(mapping, whole, batch.as_of, batch.creditor.lender_kind)
    new: list[Sound] = []
    unchanged = 0
    faults: list[Fault] = []
    weighing = Weighing(batch, at)
    for table in tables_of(batch):
        sifted = sift(batch, judged(table, reading), reading)
        new += _sound(sifted.new)
        weighing.add(sifted.new)
        unchanged += sifted.unchanged
        faults += sifted.faults
    return Outcome(new, unchanged, faults, whole.currency, weighing.amounts)


def _sound(new: pl.DataFrame) -> list[Sound]:
    zone = zones_told(new)[1]
    keyed = new.with_columns(debtor_keys(new, ring()).alias("debtor_key"), zone)
    return [
        Sound(
            row=row["row"],
            contract_number=row["contract_number"],
            debtor_kind=row["kind_value"],
            debtor_name=row["debtor_name"] or row["debtor_reference"],
            debtor_key=row["debtor_key"],
            id_number=row["number"],
            phone=row["voice"],
            reachable=bool(row["zone"] and (row["voice"] or row["mail"] or row["address"])),
            product=row["product_value"] or Product.OTHER,
            stage=row["stage"],
            currency=row["currency"],
            due_on=row["due_on"],
            rate_agreed=_rate(row["rate"]),
            rate_pct=_rate(row["rate_applied"]),
            claimed=int(row["claimed"]),
        )
        for row in keyed.iter_rows(named=True)
    ]


def _rate(text: str | None) -> Decimal | None:
    return Decimal(text) if text else None


def _barred(row: Sound, on: date) -> bool:
    # A period that no pack holds is for a person to judge.
    return row.currency == "CNY" and _expired(row.due_on, on)


@cache
def _expired(due_on: date, on: date) -> bool:
    try:
        return limitation(basis="contract", starts_on=due_on, as_of=on).expired
    except (ValueError, StaleCalendar):
        return False


def _held(rows: Sequence[Sound], creditor_id: UUID, at: datetime) -> set[int]:
    """
    Return the rows whose debtor owes this creditor something already and is protected as a person.

    Of anybody else a file of one row would tell whether somebody is ill, poor or represented.
    """
    standing = Hold.objects.filter(
        Q(ends_at__isnull=True) | Q(ends_at__gt=at), claim__isnull=True, lifted_at__isnull=True
    ).values("person_id")
    acquainted = Claim.objects.filter(creditor=creditor_id, debtor=OuterRef("person_id"))
    keys = [row.debtor_key for row in rows]
    known = DebtorReference.objects.filter(
        creditor_id=creditor_id, reference__in=keys, person_id__in=standing
    )
    named = set(known.values_list("reference", flat=True))
    numbers: dict[bytes, set[int]] = defaultdict(set)
    for row in rows:
        for blind in _blinds(row):
            numbers[blind].add(row.row)
    items = VaultItem.objects.filter(
        Exists(acquainted),
        kind=Secret.ID_NUMBER,
        blind__in=list(numbers),
        person_id__in=standing,
    )
    blinds = items.values_list("blind", flat=True)
    found = {row for blind in blinds for row in numbers[bytes(blind or b"")]}
    return found | {row.row for row in rows if row.debtor_key in named}


def _blinds(row: Sound) -> list[bytes]:
    if not row.id_number:
        return []
    return ring().blinds(Secret.ID_NUMBER, row.id_number)


def _proven(rows: Sequence[Sound], stopped: set[int]) -> list[Sound]:
    """Return the rows that need papers: without a way to reach the debtor they do all the same."""
    people = [row for row in rows if row.debtor_kind == PersonKind.NATURAL]
    return [row for row in people if row.row not in stopped]


def _evidence(
    rows: Sequence[Sound], creditor: Organisation
) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return the papers that each product will need, by the table that the desk goes by."""
    cases = {
        each: Case(each, creditor.kind, creditor.lender_kind)
        for each in sorted({row.product for row in rows})
    }
    return tuple(
        (product, tuple(need.paper.value for need, _link in needs_of(case) if need.needed))
        for product, case in cases.items()
    )


def _cuts(rows: Sequence[Sound]) -> RateCuts | None:
    cuts = [
        wanted - row.rate_pct
        for row in rows
        if (wanted := row.rate_agreed) is not None and row.rate_pct is not None
        if wanted > row.rate_pct
    ]
    if not cuts:
        return None
    mean = (sum(cuts, Decimal(0)) / len(cuts)).quantize(Decimal("0.01"))
    return RateCuts(len(cuts), max(cuts), mean)


def _groups(rows: Sequence[Sound]) -> tuple[Group, ...]:
    found: dict[tuple[str, str], list[int]] = defaultdict(list)
    for row in rows:
        found[row.product, row.stage].append(row.claimed)
    return tuple(Group(*key, len(each), sum(each)) for key, each in sorted(found.items()))


def _spread(rows: Sequence[Sound]) -> list[Sound]:
    """Return ten rows from all over the file, always the same ones."""
    step = max(len(rows) // SAMPLE, 1)
    return list(rows[::step][:SAMPLE])


def _masked(row: Sound) -> MaskedRow:
    firm = row.debtor_kind == PersonKind.BUSINESS
    return MaskedRow(
        row=row.row,
        contract_number=row.contract_number,
        name=mask_business(row.debtor_name) if firm else mask(Secret.NAME, row.debtor_name),
        id_number=mask(Secret.ID_NUMBER, row.id_number) if row.id_number else "",
        phone=mask(Secret.PHONE, row.phone) if row.phone else "",
        product=row.product,
        stage=row.stage,
        due_on=row.due_on,
        amount=row.claimed,
        rate_agreed=row.rate_agreed,
        rate_applied=row.rate_pct,
    )
