"""
Book the payments a creditor reports, file by file; the same file twice books nothing twice.

These payments reached the creditor directly: the claim falls, no cash moves here, and a commission
becomes due only while a collector holds a mandate.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import polars as pl
from django.db.models import QuerySet

from qinghe.claims.ageing import stage
from qinghe.claims.intake.how import How
from qinghe.claims.intake.read import read_table
from qinghe.claims.intake.unreadable import EncodingUnsure
from qinghe.claims.models import Claim
from qinghe.claims.payments import earliest_payment
from qinghe.claims.terms import OPEN_STATES, ClaimState
from qinghe.journal.services import record, verb
from qinghe.kernel.actor import Actor, Role
from qinghe.parties.models import Organisation
from qinghe.parties.queries import NoSuchOrganisation
from qinghe.parties.roles import Permission, require
from qinghe.settlement.models import Payment
from qinghe.settlement.reading import Reported, column_of, mapping_named, read_payments
from qinghe.settlement.refusals import RowPaidTooEarly
from qinghe.settlement.services.backdating import book_from_its_day
from qinghe.settlement.services.beyond import check
from qinghe.settlement.services.booking import Item
from qinghe.settlement.terms import PaymentSource, PaymentState

CHUNK = 5_000


@dataclass(frozen=True)
class ImportResult:
    """
    What a file did. `read` counts its rows, `posted` and `amount_minor` what this run booked; the
    rest says how the claims named in the file stand now, by ageing stage on the last day counted.
    """

    read: int
    posted: int
    unmatched: int
    amount_minor: int
    closed_claims: int
    open_claims: int
    open_minor: int
    by_stage: dict[str, int]
    by_stage_minor: dict[str, int]


@verb("settlement.import-payments")
def import_payments(
    *,
    creditor_id: UUID,
    content: bytes,
    mapping: str | dict[str, Any],
    until: date,
    actor: Actor,
    at: datetime,
    excess: int = 0,
) -> ImportResult:
    """
    Book every payment of a CSV or XLSX file made up to and including a day.

    What its payments are beyond the debts, all together, must be named in `excess`, in minor units.

    :raises NotPermitted: the role may not report payments
    :raises NoSuchOrganisation: another creditor than the actor's
    :raises FileUnreadable: neither CSV nor XLSX, or damaged
    :raises UnknownMapping: no mapping of that name
    :raises MissingColumn: a column the mapping names is not there
    :raises BadFile: a row cannot be read
    :raises RowPaidTooEarly: a day before the contract, or before 1990 where its day is not known
    :raises AboveOwed: more beyond what is owed than was named; nothing is booked
    """
    require(actor, Permission.REPORT_PAYMENTS)
    _lock_creditor(creditor_id, actor)
    table = _table(content)
    columns = mapping_named(mapping) if isinstance(mapping, str) else mapping
    reported = read_payments(table.columns, table.rows(), columns)
    column = column_of("paid_on", table.columns, columns)
    counted = [each for each in reported if each.paid_on <= until]
    new, waiting = _sort_out(creditor_id, counted, column)
    _set_aside(creditor_id, waiting, at)
    beyond = 0
    for round_ in _rounds(new):
        for start in range(0, len(round_), CHUNK):
            done = book_from_its_day(items=round_[start : start + CHUNK], actor=actor, at=at)
            beyond += sum(payment.excess for payment in done)
    check(beyond, excess, next((each.currency for each in reported), ""))
    named = {each.contract_number for each in reported}
    result = _result(creditor_id, named, until, table.height, new, len(waiting))
    record(
        kind="payments.imported",
        subject=f"organisation:{creditor_id}",
        actor=actor,
        at=at,
        until=until,
        **asdict(result),
    )
    return result


def _table(content: bytes) -> pl.DataFrame:
    try:
        return read_table(content)
    except EncodingUnsure:
        # Numbers, days and amounts read the same; a contract named by other signs is set aside.
        return read_table(content, How(encoding="gb18030"))


def _lock_creditor(creditor_id: UUID, actor: Actor) -> None:
    # Two imports of one creditor run one after the other.
    own = actor.role != Role.CREDITOR or actor.org_id == creditor_id
    locked = Organisation.objects.filter(pk=creditor_id).select_for_update(no_key=True)
    if not own or locked.first() is None:
        raise NoSuchOrganisation


def _sort_out(
    creditor_id: UUID, reported: Sequence[Reported], column: str
) -> tuple[list[Item], list[Reported]]:
    """Return what to book now, and what names no claim of this creditor."""
    booked = _booked(creditor_id, [each.reference for each in reported])
    claims = {
        (number, currency): (claim_id, contract_on)
        for number, currency, claim_id, contract_on in _named(
            creditor_id, {each.contract_number for each in reported}
        ).values_list("contract_number", "currency", "id", "contract_on")
    }
    items, waiting = [], []
    for each in reported:
        if each.reference in booked:
            continue
        # A reference twice in one file is one payment.
        booked.add(each.reference)
        claim_id, contract_on = claims.get((each.contract_number, each.currency), (None, None))
        _check_not_too_early(each, earliest_payment(contract_on), column)
        if claim_id is None:
            waiting.append(each)
        else:
            items.append(_item(claim_id, each))
    return items, waiting


def _check_not_too_early(each: Reported, earliest: date, column: str) -> None:
    if each.paid_on < earliest:
        raise RowPaidTooEarly(row=each.row, column=column, earliest=earliest.isoformat())


def _item(claim_id: UUID, each: Reported) -> Item:
    return Item(claim_id, each.amount, each.paid_on, PaymentSource.CREDITOR, each.reference)


def _booked(creditor_id: UUID, references: Sequence[str]) -> set[str]:
    known = Payment.objects.filter(
        creditor=creditor_id, source=PaymentSource.CREDITOR, reference__in=references
    )
    # What waited for its claim is looked at again; it had booked nothing.
    known.filter(state=PaymentState.UNMATCHED).delete()
    return set(known.exclude(state=PaymentState.UNMATCHED).values_list("reference", flat=True))


def _set_aside(creditor_id: UUID, waiting: Sequence[Reported], at: datetime) -> None:
    Payment.objects.bulk_create(
        [
            Payment(
                creditor_id=creditor_id,
                source=PaymentSource.CREDITOR,
                reference=each.reference,
                amount=each.amount,
                currency=each.currency,
                paid_on=each.paid_on,
                state=PaymentState.UNMATCHED,
                received_at=at,
            )
            for each in waiting
        ],
        batch_size=CHUNK,
    )


def _rounds(items: Sequence[Item]) -> list[list[Item]]:
    """Return the payments in rounds with one payment per claim, older payments first."""
    rounds: dict[int, list[Item]] = defaultdict(list)
    seen: dict[UUID, int] = defaultdict(int)
    for item in sorted(items, key=lambda each: each.paid_on):
        rounds[seen[item.claim_id]].append(item)
        seen[item.claim_id] += 1
    return [rounds[number] for number in sorted(rounds)]


def _named(creditor_id: UUID, numbers: set[str]) -> QuerySet[Claim]:
    return Claim.objects.filter(creditor=creditor_id, contract_number__in=numbers)


def _result(
    creditor_id: UUID,
    named: set[str],
    until: date,
    read: int,
    new: Sequence[Item],
    unmatched: int,
) -> ImportResult:
    claims = _named(creditor_id, named)
    still_open = [
        (str(stage(claim.due_on, until)), claim.owed)
        for claim in claims.filter(state__in=OPEN_STATES)
    ]
    return ImportResult(
        read=read,
        posted=len(new),
        unmatched=unmatched,
        amount_minor=sum(item.amount for item in new),
        closed_claims=claims.filter(state=ClaimState.CLOSED).count(),
        open_claims=len(still_open),
        open_minor=sum(owed for _stage, owed in still_open),
        by_stage=dict(sorted(Counter(each for each, _owed in still_open).items())),
        by_stage_minor=_owed_by_stage(still_open),
    )


def _owed_by_stage(rows: Sequence[tuple[str, int]]) -> dict[str, int]:
    totals: Counter[str] = Counter()
    for name, owed in rows:
        totals[name] += owed
    return dict(sorted(totals.items()))
