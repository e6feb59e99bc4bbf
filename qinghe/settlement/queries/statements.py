"""
The statement of one organisation: what it had, what moved, what it has, from the ledger itself.

Amounts are in minor units and positive when in favour of the organisation.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Max, Q, QuerySet, Sum
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrPromise

from qinghe.kernel.actor import Actor, Role
from qinghe.ledger.models import Transfer
from qinghe.market.models import Introduction
from qinghe.parties.models import Organisation
from qinghe.parties.roles import Permission, require
from qinghe.parties.terms import OrgKind
from qinghe.settlement.models import Payment, Payout, Split
from qinghe.settlement.queries.objections import ObjectionRow, objections_to
from qinghe.settlement.queries.payments import PaymentRow, rows_of
from qinghe.settlement.refusals import NoStatement
from qinghe.settlement.terms import PaymentState

WORDS: dict[str, StrPromise] = {
    "payment.collected": _("Payment received here"),
    "payment.commission": _("Commission"),
    "payment.reserve": _("Commission, quality part"),
    "payment.fee": _("Commission, platform's part"),
    "payment.fee_tax": _("Value added tax on the platform's part"),
    "payment.costs": _("Costs of the court, back to who advanced them"),
    "costs.covered": _("Costs of the court, covered by the creditor"),
    "commission.covered": _("Commission, covered by the creditor"),
    "commission.uncovered": _("Commission, waits for the creditor"),
    "receipt.booked": _("Received from you for commission"),
    "payment.cover": _("To be given back after a reversal"),
    "reserve.released": _("Quality part released"),
    "reserve.forfeited": _("Quality part given back"),
    "reserve.restored": _("Quality part given back after an appeal"),
    "reserve.returned": _("Quality part not earned"),
    "payout.prepared": _("Payout"),
    "payout.netted": _("Kept from the payout"),
    "introduction.fee": _("Fee for an introduction"),
    "introduction.paid": _("Fee for an introduction, received from you"),
}
REVERSED = _("Reversed: {what}")
OTHER = _("Other booking")


def words_of(kind: str) -> str:
    """Return the kind of a booking in words, in the active language."""
    base = kind.removesuffix(".reversed")
    words = str(WORDS.get(base, OTHER))
    return words if base == kind else str(REVERSED).format(what=words)


@dataclass(frozen=True)
class StatementLine:
    """One booking; `balance` is what stood after it."""

    at: datetime
    kind: str
    reference: str
    claim_number: str
    amount: int
    balance: int
    # The booking, and what the organisation said against it.
    id: UUID | None = None
    objection: ObjectionRow | None = None

    @property
    def text(self) -> str:
        """Return the kind in words, in the active language."""
        return words_of(self.kind)

    @property
    def said(self) -> str:
        """Return what became of an objection to it, in words; empty without one."""
        if self.objection is None:
            return ""
        parts = (self.objection.state_label, self.objection.answer)
        return ": ".join(part for part in parts if part)


@dataclass(frozen=True)
class Statement:
    """Both days count. `payments` are those booked in the period, money reported included."""

    organisation_id: UUID
    organisation_name: str
    currency: str
    starts_on: date
    ends_on: date
    opening: int
    closing: int
    lines: tuple[StatementLine, ...]
    payments: tuple[PaymentRow, ...]

    @property
    def recovered(self) -> int:
        """Return what was applied to claims in the period."""
        return sum(row.amount - row.excess for row in self.payments)

    @property
    def commission(self) -> int:
        """Return the whole commission of the period, with reserve and fee."""
        return sum(row.gross_commission for row in self.payments)


def statement(
    *,
    actor: Actor,
    starts_on: date,
    ends_on: date,
    org_id: UUID | None = None,
    currency: str | None = None,
) -> Statement:
    """
    Return the statement of an organisation over a period of days, in one currency.

    The operator may name any organisation; everybody else gets their own. Without a currency it is
    the one with the latest booking.

    :raises NotPermitted: the role sees no statements
    :raises NoStatement: another organisation's, or the period is empty
    """
    require(actor, Permission.SEE_STATEMENTS)
    organisation = _organisation(actor, org_id)
    if ends_on < starts_on:
        raise NoStatement
    chosen = currency or _currency(organisation)
    since, until = _instant(starts_on), _instant(ends_on + timedelta(days=1))
    opening = _balance(organisation, chosen, since)
    lines = _lines(organisation, chosen, since, until, opening)
    return Statement(
        organisation_id=organisation.pk,
        organisation_name=organisation.name,
        currency=chosen,
        starts_on=starts_on,
        ends_on=ends_on,
        opening=opening,
        closing=lines[-1].balance if lines else opening,
        lines=tuple(lines),
        payments=tuple(_payments(organisation, chosen, since, until)),
    )


def currencies(*, actor: Actor, org_id: UUID | None = None) -> list[str]:
    """Return the currencies an organisation has bookings in, the latest first."""
    organisation = _organisation(actor, org_id)
    moved = _moves(organisation).values("currency").annotate(last=Max("at"))
    return [row["currency"] for row in moved.order_by("-last", "currency")]


def _organisation(actor: Actor, org_id: UUID | None) -> Organisation:
    wide = actor.role in (Role.OPERATOR, Role.SYSTEM)
    if org_id not in (None, actor.org_id) and not wide:
        raise NoStatement
    wanted = org_id or actor.org_id
    found = Organisation.objects.filter(pk=wanted).first() if wanted else None
    if found is None:
        raise NoStatement
    return found


def _paths(organisation: Organisation) -> list[str]:
    """Return the accounts whose sum is what the platform owes an organisation."""
    if organisation.kind in (OrgKind.AGENCY, OrgKind.OWN_TEAM):
        names = ("payable", "clawback", "introduction_due")
        return [f"collector:{organisation.pk}:{name}" for name in names]
    held = ("collected", "commission_due", "clawback")
    return [f"creditor:{organisation.pk}:{name}" for name in held]


def _moves(organisation: Organisation) -> QuerySet[Transfer]:
    paths = _paths(organisation)
    touching = Q(debit__path__in=paths) | Q(credit__path__in=paths)
    # What moves between two accounts of the same organisation changes nothing for it.
    return Transfer.objects.filter(touching).exclude(debit__path__in=paths, credit__path__in=paths)


def _balance(organisation: Organisation, currency: str, at: datetime) -> int:
    paths = _paths(organisation)
    sums = _moves(organisation).filter(currency=currency, at__lt=at)
    total = sums.aggregate(
        plus=Sum("amount", filter=Q(credit__path__in=paths), default=0),
        minus=Sum("amount", filter=Q(debit__path__in=paths), default=0),
    )
    return int(total["plus"]) - int(total["minus"])


def _lines(
    organisation: Organisation, currency: str, since: datetime, until: datetime, opening: int
) -> list[StatementLine]:
    paths = set(_paths(organisation))
    moves = _moves(organisation).filter(currency=currency, at__gte=since, at__lt=until)
    rows = sorted(
        moves.values_list("at", "kind", "subject", "amount", "credit__path", "pk"),
        # What was booked in one instant reads in one order: money first, then its deductions.
        key=lambda row: (row[0], row[2], row[4] not in paths, row[1], row[3]),
    )
    names = _names([row[2] for row in rows])
    said = objections_to([row[5] for row in rows], organisation.pk)
    lines, balance = [], opening
    for at, kind, subject, amount, credit, pk in rows:
        signed = amount if credit in paths else -amount
        balance += signed
        reference, claim_number = names.get(subject.removeprefix("cover:"), ("", ""))
        told = StatementLine(at, kind, reference, claim_number, signed, balance, pk, said.get(pk))
        lines.append(told)
    return lines


def _names(subjects: list[str]) -> dict[str, tuple[str, str]]:
    """Return per subject the reference people know it by, and the number of its claim."""
    plain = {subject.removeprefix("cover:") for subject in subjects}
    ids = {noun: _ids(plain, noun) for noun in ("payment", "payout", "introduction")}
    payments = Payment.objects.filter(pk__in=ids["payment"]).values_list(
        "pk", "reference", "claim__number"
    )
    payouts = Payout.objects.filter(pk__in=ids["payout"]).values_list("pk", "number")
    made = Introduction.objects.filter(pk__in=ids["introduction"])
    requests = made.values_list("pk", "request__number")
    return {
        **{f"payment:{pk}": (text, number or "") for pk, text, number in payments},
        **{f"payout:{pk}": (number, "") for pk, number in payouts},
        **{f"introduction:{pk}": (number, "") for pk, number in requests},
    }


def _ids(subjects: set[str], noun: str) -> list[str]:
    return [each.removeprefix(f"{noun}:") for each in subjects if each.startswith(f"{noun}:")]


def _payments(
    organisation: Organisation, currency: str, since: datetime, until: datetime
) -> list[PaymentRow]:
    if organisation.kind in (OrgKind.AGENCY, OrgKind.OWN_TEAM):
        mine = Q(pk__in=Split.objects.filter(collector=organisation).values("payment"))
    else:
        mine = Q(creditor=organisation)
    found = Payment.objects.filter(
        mine,
        currency=currency,
        state=PaymentState.POSTED,
        received_at__gte=since,
        received_at__lt=until,
    )
    return rows_of(found.order_by("received_at", "pk"))


def _currency(organisation: Organisation) -> str:
    latest = _moves(organisation).order_by("-at").values_list("currency", flat=True).first()
    paid = Payment.objects.filter(creditor=organisation).order_by("-received_at")
    return latest or paid.values_list("currency", flat=True).first() or "CNY"


def _instant(day: date) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(settings.DISPLAY_ZONE))
