"""
Which booking tells money that came: recorded by hand, passed on by a provider, or too much debited.

One booking explains one entry of the bank, of its very amount and within some days of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, Sum, TextChoices
from django.utils.translation import gettext_lazy as _

from qinghe.claims.days import day_of, end_of
from qinghe.kernel.actor import Actor
from qinghe.ledger.models import Transfer
from qinghe.parties.roles import Permission, require
from qinghe.settlement import accounts
from qinghe.settlement.models import Payment, ProviderLine, Receipt, Suspense
from qinghe.settlement.provider_reports import PAID
from qinghe.settlement.queries.bankbook import HAND
from qinghe.settlement.reconciling import BANK_DAYS
from qinghe.settlement.services.came_back import number_in
from qinghe.settlement.services.explaining import times_left
from qinghe.settlement.terms import PaymentSource
from qinghe.settlement.ways import NAMES

# What a person records by hand is at the bank within so many days, before or after.
NEAR: Final = timedelta(days=14)


class Kind(TextChoices):
    """What told the money before the statement did."""

    HAND = "hand", _("Recorded by hand")
    PROVIDER = "provider", _("Passed on by a provider")
    TWICE = "twice", _("Debited too much under a number of ours")


@dataclass(frozen=True)
class Booking:
    """A booking that may tell the money: its key, and words without a name."""

    key: str
    kind: Kind
    day: date
    words: str

    @property
    def label(self) -> str:
        return f"{self.kind.label} · {self.day:%Y-%m-%d} · {self.words}"


def known_bookings(*, suspense_id: UUID, actor: Actor) -> list[Booking]:
    """
    Return the bookings that may tell money in suspense already and explain no other entry.

    :raises NotPermitted: the actor does not manage payments
    """
    require(actor, Permission.MANAGE_PAYMENTS)
    row = Suspense.objects.filter(pk=suspense_id, rest__gt=0).select_related("entry__words").first()
    return bookings_of(row) if row is not None else []


def bookings_of(row: Suspense) -> list[Booking]:
    """Return the bookings that fit money in suspense, of its rest and near its day."""
    found = [*_by_hand(row), *_of_providers(row), *_twice(row)]
    keys = [each.key for each in found]
    taken = set(Suspense.objects.filter(booking__in=keys).values_list("booking", flat=True))
    return [each for each in found if each.key not in taken]


def _by_hand(row: Suspense) -> list[Booking]:
    day = row.entry.booked_on
    undone = Transfer.objects.filter(reverses=OuterRef("pk"))
    moved = Transfer.objects.filter(
        ~Exists(undone),
        kind__in=HAND,
        debit__path=accounts.BANK,
        amount=row.rest,
        currency=row.currency,
        at__gte=end_of(day - NEAR),
        at__lt=end_of(day + NEAR),
    )
    rows = list(moved.order_by("at", "pk").values_list("pk", "subject", "at"))
    names = _references([subject for _pk, subject, _at in rows])
    return [
        Booking(f"hand:{pk}", Kind.HAND, day_of(at), names.get(subject, subject))
        for pk, subject, at in rows
    ]


def _references(subjects: list[str]) -> dict[str, str]:
    ids = [subject.partition(":")[2] for subject in subjects if subject.startswith("receipt:")]
    rows = Receipt.objects.filter(pk__in=ids).values_list("pk", "reference")
    return {f"receipt:{pk}": reference for pk, reference in rows}


def _of_providers(row: Suspense) -> list[Booking]:
    """Find the days of providers whose net, or whose payments where none reported, is the sum."""
    last = row.entry.booked_on
    first = last - timedelta(days=BANK_DAYS)
    lines = ProviderLine.objects.filter(currency=row.currency, day__gte=first, day__lte=last)
    sums = lines.values_list("provider", "day").annotate(
        came=Sum("amount", filter=Q(kind=PAID), default=0),
        went=Sum("amount", filter=~Q(kind=PAID), default=0),
        kept=Sum("fee", default=0),
    )
    nets = {(name, day): came - went - kept for name, day, came, went, kept in sums.order_by()}
    for key, gross in _gross(row, first, last).items():
        nets.setdefault(key, gross)
    return [
        Booking(f"{name}:{row.currency}:{day}", Kind.PROVIDER, day, str(NAMES.get(name, name)))
        for (name, day), net in sorted(nets.items())
        if net == row.rest
    ]


def _gross(row: Suspense, first: date, last: date) -> dict[tuple[str, date], int]:
    rows = Payment.objects.filter(
        source=PaymentSource.CASHIER,
        currency=row.currency,
        reversed_at=None,
        order__isnull=False,
        received_at__gte=end_of(first - timedelta(days=1)),
        received_at__lt=end_of(last),
    )
    found: dict[tuple[str, date], int] = {}
    for name, at, amount in rows.values_list("order__provider", "received_at", "amount"):
        found[name, day_of(at)] = found.get((name, day_of(at)), 0) + amount
    return found


def _twice(row: Suspense) -> list[Booking]:
    """Find a number of ours that the words carry: debited twice, or a debit told by its run."""
    number = number_in(row.entry)
    if not number:
        return []
    left = times_left(number=number, amount=row.amount, currency=row.currency)
    if number.startswith("PO") and left < 2:
        return []
    return [Booking(number, Kind.TWICE, row.entry.booked_on, number)]
