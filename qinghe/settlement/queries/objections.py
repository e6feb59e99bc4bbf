"""Objections to lines of statements: those of an organisation, those that wait, corrections."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from qinghe.claims.days import day_of
from qinghe.kernel.actor import Actor
from qinghe.kernel.shown import mark
from qinghe.ledger.models import Transfer
from qinghe.parties.roles import Permission, require
from qinghe.settlement.correction_terms import COMMISSION_LINE
from qinghe.settlement.models import Objection, Payment
from qinghe.settlement.objection_terms import (
    ANSWER_DAYS,
    CORRECT_DAYS,
    WAITING,
    Ground,
    ObjectionState,
)

LATEST = 100
# So many bookings are looked at for corrections, and so many of them offered for each.
MOST = 500
OFFERED = 20
# How the organisation reads what only one person said so far.
TOLD_AS: Final[dict[str, ObjectionState]] = {
    ObjectionState.UPHOLDING: ObjectionState.OPEN,
    ObjectionState.NAMED: ObjectionState.UPHELD,
}


@dataclass(frozen=True)
class ObjectionRow:
    """
    One objection; amount in minor units, positive in favour of the organisation. `asked_by`,
    `answered_by` and `named_by` are journal labels.
    """

    id: UUID
    organisation_name: str
    kind: str
    subject: str
    amount: int
    currency: str
    booked_at: datetime
    ground: str
    words: str
    state: str
    asked_by: str
    asked_at: datetime
    answer: str
    answered_by: str
    answered_at: datetime | None
    # The day by which it is answered, or corrected; None: nothing is due.
    due_on: date | None
    # The payment whose booking it is, where it is one.
    payment_id: UUID | None
    transfer_id: UUID
    corrected_at: datetime | None
    # The booking that one person named as its correction, while nobody else has agreed.
    named: CorrectionRow | None
    named_by: str
    # Of a payment's booking, where the operator looks at it.
    claim_number: str = ""

    @property
    def ground_label(self) -> str:
        return str(Ground(self.ground).label)

    @property
    def state_label(self) -> str:
        return str(ObjectionState(self.state).label)

    @property
    def commission(self) -> bool:
        """Tell whether it is about commission of a payment."""
        return re.match(COMMISSION_LINE, self.kind) is not None

    @property
    def shown(self) -> str:
        """Return the mark of the answer that a second person agrees to."""
        return answer_mark(self.answer, self.answered_at)

    @property
    def open(self) -> bool:
        return self.state == ObjectionState.OPEN

    @property
    def waits(self) -> bool:
        """Tell whether the operator has something to do about it."""
        return self.state in WAITING

    @property
    def said(self) -> str:
        """Return what the organisation is told of it: nothing that one person alone said."""
        told = self.state != ObjectionState.UPHOLDING
        label = ObjectionState(TOLD_AS.get(self.state, self.state)).label
        due = _("until {day}").format(day=self.due_on) if self.due_on else ""
        return ": ".join(part for part in (str(label), self.answer if told else "", due) if part)


@dataclass(frozen=True)
class CorrectionRow:
    """A booking that may be the correction; `mirror` undoes the very booking objected to."""

    id: UUID
    kind: str
    subject: str
    amount: int
    currency: str
    at: datetime
    mirror: bool


def answer_mark(answer: str, answered_at: datetime | None) -> str:
    """Return the mark of an answer, for whoever agrees to it."""
    return mark(answer, answered_at)


def objections_to(transfer_ids: Collection[UUID], org_id: UUID) -> dict[UUID, ObjectionRow]:
    """Return an organisation's objections to some bookings, by booking. One query."""
    rows = Objection.objects.filter(transfer__in=transfer_ids, organisation=org_id)
    return {row.transfer_id: _row(row) for row in rows.select_related(*WITH)}


def objections(*, actor: Actor) -> list[ObjectionRow]:
    """
    Return objections, those that wait first.

    :raises NotPermitted: the role does not manage payments
    """
    require(actor, Permission.MANAGE_PAYMENTS)
    rows = list(Objection.objects.select_related(*WITH).order_by("-asked_at", "pk")[:LATEST])
    ids = {row.transfer.subject: pk for row in rows if (pk := _payment(row.transfer.subject))}
    paid = Payment.objects.filter(pk__in=ids.values()).values_list("pk", "claim__number")
    numbers: dict[UUID | None, str] = {pk: number or "" for pk, number in paid}
    told = [
        replace(each, claim_number=numbers.get(each.payment_id, "")) for each in map(_row, rows)
    ]
    return sorted(told, key=lambda row: not row.waits)


def corrections(*, actor: Actor) -> dict[UUID, list[CorrectionRow]]:
    """
    Return by upheld objection the bookings since on the organisation's accounts that may correct
    it, mirrors first. Three queries.

    :raises NotPermitted: the role does not manage payments
    """
    require(actor, Permission.MANAGE_PAYMENTS)
    upheld = Objection.objects.filter(state=ObjectionState.UPHELD).select_related("transfer")
    due = list(upheld.order_by("asked_at")[:LATEST])
    if not due:
        return {}
    of = Q(pk=None)
    for org in {each.organisation_id for each in due}:
        for start in (f"creditor:{org}:", f"collector:{org}:"):
            of |= Q(debit__path__startswith=start) | Q(credit__path__startswith=start)
    since = Transfer.objects.filter(of, at__gte=due[0].asked_at)
    rows = list(standing(since).select_related("debit", "credit").order_by("-at", "-pk")[:MOST])
    claims = claims_of([*(each.transfer for each in due), *rows])
    return {each.pk: _offered(each, rows, claims) for each in due}


def claims_of(transfers: Collection[Transfer]) -> dict[str, UUID | None]:
    """Return by subject the claim that a booking of a payment is about. One query."""
    ids = {each.subject: pk for each in transfers if (pk := _payment(each.subject))}
    found = dict(Payment.objects.filter(pk__in=ids.values()).values_list("pk", "claim"))
    return {subject: found.get(pk) for subject, pk in ids.items()}


def standing(transfers: QuerySet[Transfer]) -> QuerySet[Transfer]:
    """Return those of some bookings that no other undid."""
    return transfers.exclude(Exists(Transfer.objects.filter(reverses=OuterRef("pk"))))


def may_correct(line: Transfer, booking: Transfer, claims: Mapping[str, UUID | None]) -> bool:
    """
    Tell whether a later booking may be the correction of a line: its mirror, of the same matter, or
    of the same claim; of a line that is no payment's, whatever is none either.
    """
    if booking.pk == line.pk:
        return False
    if booking.reverses_id == line.pk or booking.subject == line.subject:
        return True
    if line.subject not in claims:
        return booking.subject not in claims
    mine, theirs = claims[line.subject], claims.get(booking.subject)
    return mine is not None and mine == theirs


def _offered(
    objection: Objection, rows: list[Transfer], claims: Mapping[str, UUID | None]
) -> list[CorrectionRow]:
    found = [
        _offer(objection, row)
        for row in rows
        if row.at >= objection.asked_at
        and may_correct(objection.transfer, row, claims)
        and concerns(row, objection.organisation_id)
    ]
    return sorted(found, key=lambda row: not row.mirror)[:OFFERED]


def _offer(objection: Objection, row: Transfer) -> CorrectionRow:
    return CorrectionRow(
        id=row.pk,
        kind=row.kind,
        subject=row.subject,
        amount=_signed(row, objection.organisation_id),
        currency=row.currency,
        at=row.at,
        mirror=row.reverses_id == objection.transfer_id,
    )


def _signed(transfer: Transfer, org_id: UUID) -> int:
    plus = transfer.credit.path.split(":")[1:2] == [str(org_id)]
    return transfer.amount if plus else -transfer.amount


SIDES = ("debit", "credit")
WITH = ("organisation", *(f"{of}__{side}" for of in ("transfer", "correction") for side in SIDES))


def concerns(transfer: Transfer, org_id: UUID) -> bool:
    """Tell whether a booking touches an account of an organisation."""
    paths = (transfer.debit.path, transfer.credit.path)
    return any(path.split(":")[1:2] == [str(org_id)] for path in paths)


def _row(row: Objection) -> ObjectionRow:
    transfer = row.transfer
    corrected = row.correction if row.state == ObjectionState.CORRECTED else None
    named = row.correction if row.state == ObjectionState.NAMED else None
    return ObjectionRow(
        id=row.pk,
        organisation_name=row.organisation.name,
        kind=transfer.kind,
        subject=transfer.subject,
        amount=_signed(transfer, row.organisation_id),
        currency=transfer.currency,
        booked_at=transfer.at,
        ground=row.ground,
        words=row.words,
        state=row.state,
        asked_by=row.asked_by,
        asked_at=row.asked_at,
        answer=row.answer,
        answered_by=row.answered_by,
        answered_at=row.answered_at,
        due_on=_due(row),
        payment_id=_payment(transfer.subject),
        transfer_id=row.transfer_id,
        corrected_at=corrected.at if corrected else None,
        named=_offer(row, named) if named else None,
        named_by=row.named_by,
    )


def _due(row: Objection) -> date | None:
    if row.state in (ObjectionState.OPEN, ObjectionState.UPHOLDING):
        return day_of(row.asked_at) + timedelta(days=ANSWER_DAYS)
    if row.state in (ObjectionState.UPHELD, ObjectionState.NAMED) and row.agreed_at:
        return day_of(row.agreed_at) + timedelta(days=CORRECT_DAYS)
    return None


def _payment(subject: str) -> UUID | None:
    noun, _colon, told = subject.removeprefix("cover:").partition(":")
    return UUID(told) if noun == "payment" else None
