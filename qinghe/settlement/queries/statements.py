"""
The statement of one organisation: what it had, what moved, what it has, from the ledger itself.

Amounts are in minor units and positive when in favour of the organisation.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final
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
from qinghe.settlement.terms import PaymentSource, PaymentState

WORDS: dict[str, StrPromise] = {
    "payment.collected": _("Payment received here"),
    "payment.commission": _("Commission"),
    "payment.reserve": _("Commission, quality part"),
    "payment.fee": _("Commission, platform's part"),
    "payment.fee_tax": _("Value added tax on the platform's part"),
    "payment.commission_corrected": _("Commission, corrected"),
    "payment.fee_corrected": _("Commission, platform's part, corrected"),
    "payment.fee_tax_corrected": _("Value added tax on the platform's part, corrected"),
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
    "payout.prepared": _("Set aside to be paid out"),
    "payout.netted": _("Kept from the payout"),
    "introduction.fee": _("Fee for an introduction"),
    "introduction.fee_tax": _("Value added tax in the fee for an introduction"),
    "introduction.paid": _("Fee for an introduction, received from you"),
}
# The kinds of a creditor's bookings, by whose part of a commission they are.
KINDS: Final = {
    "own": r"^payment\.commission",
    "quality": r"^(payment\.reserve|reserve\.(forfeited|restored|returned))",
    "fee": r"^payment\.fee",
}
# What a collector earns of a creditor; costs that go back are not among it.
COMMISSION: Final = (
    r"^(payment\.(commission|reserve)|commission\.covered"
    r"|reserve\.(forfeited|restored|returned))"
)
FEES: Final = r"^platform:(fees|tax):"
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
        return self.objection.said if self.objection else ""


@dataclass(frozen=True)
class Commission:
    """A period's commission from the ledger, less what came back: who has which part of it."""

    own: int
    quality: int
    fee: int

    @property
    def gross(self) -> int:
        return self.own + self.quality + self.fee


@dataclass(frozen=True)
class Statement:
    """
    Both days count. `payments` are those booked in the period, money reported included; what is
    reversed later is among them: a period that is over does not change.
    """

    organisation_id: UUID
    organisation_name: str
    currency: str
    starts_on: date
    ends_on: date
    opening: int
    closing: int
    lines: tuple[StatementLine, ...]
    payments: tuple[PaymentRow, ...]
    shares: Commission
    collects: bool
    # Of what was set aside to be paid out by the last day, whenever: what no bank had paid then.
    aside: int = 0

    @property
    def recovered(self) -> int:
        """Return what was applied to claims in the period."""
        return sum(row.amount - row.excess for row in self.payments)

    @property
    def direct(self) -> int:
        """Return what of it the creditor received itself: it is in no balance here."""
        told = [row for row in self.payments if row.source == PaymentSource.CREDITOR]
        return sum(row.amount - row.excess for row in told)

    @property
    def other(self) -> int:
        """Return what else moved the balance: releases, fees, corrections, what was undone."""
        came = self.shares.own if self.collects else self.recovered - self.direct - self.commission
        return self.closing - self.opening - came + self.out

    @property
    def out(self) -> int:
        """Return what was set aside to be paid out in the period, less what came back."""
        return -sum(line.amount for line in self.lines if line.kind.startswith("payout.prepared"))

    @property
    def commission(self) -> int:
        """Return the whole commission of the period, with reserve and fee."""
        return self.shares.gross


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
        shares=_shares(organisation, chosen, since, until),
        collects=_collects(organisation),
        aside=_aside(organisation, chosen, until),
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
    if _collects(organisation):
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


def _aside(organisation: Organisation, currency: str, until: datetime) -> int:
    made = Payout.objects.filter(organisation=organisation, currency=currency)
    waiting = made.filter(
        Q(paid_at__isnull=True) | Q(paid_at__gte=until),
        Q(returned_at__isnull=True) | Q(returned_at__gte=until),
        prepared_at__lt=until,
    )
    return int(waiting.aggregate(total=Sum("amount", default=0))["total"])


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
    if _collects(organisation):
        mine = Q(pk__in=Split.objects.filter(collector=organisation).values("payment"))
    else:
        mine = Q(creditor=organisation)
    # What was reversed after the period counted in it.
    booked = Q(state=PaymentState.POSTED) | Q(state=PaymentState.REVERSED, reversed_at__gte=until)
    found = Payment.objects.filter(
        mine,
        booked,
        currency=currency,
        received_at__gte=since,
        received_at__lt=until,
    )
    return rows_of(found.order_by("received_at", "pk"))


def _shares(
    organisation: Organisation, currency: str, since: datetime, until: datetime
) -> Commission:
    """Return the commission of a period as its lines and invoices have it. Two queries at most."""
    moved = Transfer.objects.filter(currency=currency, at__gte=since, at__lt=until)
    if not _collects(organisation):
        own, creditor = f"creditor:{organisation.pk}:", ("collected", "commission_due")
        borne = [own + name for name in creditor]
        sums = _sums(moved, borne, {name: Q(kind__regex=like) for name, like in KINDS.items()})
        return Commission(**{name: -amount for name, amount in sums.items()})
    own = f"collector:{organisation.pk}:"
    paths = {"own": own + "payable", "quality": own + "reserve"}
    from_creditors = _between(moved, "creditor:", own)
    at_me = {name: Q(credit__path=path) | Q(debit__path=path) for name, path in paths.items()}
    sums = _sums(from_creditors, list(paths.values()), at_me)
    told = from_creditors.filter(kind__regex=COMMISSION).values("subject")
    fees = Q(credit__path__regex=FEES) | Q(debit__path__regex=FEES)
    kept = moved.filter(fees, subject__in=told).exclude(kind__startswith="fees.")
    fee = kept.aggregate(
        plus=Sum("amount", filter=Q(credit__path__regex=FEES), default=0),
        minus=Sum("amount", filter=Q(debit__path__regex=FEES), default=0),
    )
    return Commission(**sums, fee=int(fee["plus"]) - int(fee["minus"]))


def _between(moved: QuerySet[Transfer], one: str, other: str) -> QuerySet[Transfer]:
    there = Q(debit__path__startswith=one, credit__path__startswith=other)
    back = Q(credit__path__startswith=one, debit__path__startswith=other)
    return moved.filter(there | back).filter(kind__regex=COMMISSION)


def _sums(moved: QuerySet[Transfer], paths: list[str], which: dict[str, Q]) -> dict[str, int]:
    """Return by name what came to accounts less what left them; one query."""
    plus, minus = Q(credit__path__in=paths), Q(debit__path__in=paths)
    facts = {}
    for name, like in which.items():
        facts[f"{name}_plus"] = Sum("amount", filter=like & plus, default=0)
        facts[f"{name}_minus"] = Sum("amount", filter=like & minus, default=0)
    found = moved.filter((plus | minus) & ~(plus & minus)).aggregate(**facts)
    return {name: int(found[f"{name}_plus"]) - int(found[f"{name}_minus"]) for name in which}


def _collects(organisation: Organisation) -> bool:
    return organisation.kind in (OrgKind.AGENCY, OrgKind.OWN_TEAM)


def _currency(organisation: Organisation) -> str:
    latest = _moves(organisation).order_by("-at").values_list("currency", flat=True).first()
    paid = Payment.objects.filter(creditor=organisation).order_by("-received_at")
    return latest or paid.values_list("currency", flat=True).first() or "CNY"


def _instant(day: date) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(settings.DISPLAY_ZONE))
