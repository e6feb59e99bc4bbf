"""Months: what is open in one, which was closed by whom, and what stood at its end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import connection
from django.db.models import Count, Min, Q, QuerySet, Sum

from qinghe.claims.days import day_of
from qinghe.kernel.actor import Actor
from qinghe.kernel.shown import mark
from qinghe.ledger.closing import after
from qinghe.ledger.models import Account, Period, Transfer
from qinghe.ledger.queries import balances_at, trial_balance, wrong_balances
from qinghe.parties.roles import Permission, require
from qinghe.settlement.bank_terms import SendBackState
from qinghe.settlement.closing_terms import WEIGHTS, CloseState, Matter, Weight, ends, first_day
from qinghe.settlement.models import (
    Dispute,
    MonthClose,
    Objection,
    Payment,
    Payout,
    Receipt,
    Refund,
    SendBack,
    StatementEntry,
    Suspense,
)
from qinghe.settlement.objection_terms import WAITING
from qinghe.settlement.payout_terms import PayoutState
from qinghe.settlement.queries.bankbook import Why, compared
from qinghe.settlement.queries.by_number import NUMBERED
from qinghe.settlement.queries.debit_backs import unsent
from qinghe.settlement.queries.entries import noted_ones
from qinghe.settlement.return_terms import LIVE, DisputeKind, DisputeState
from qinghe.settlement.terms import PaymentState

# What was booked for the very end of a month is the next one's.
INSTANT: Final = timedelta(microseconds=1)
ON_THE_WAY_BACK: Final = (SendBackState.WAITING, SendBackState.READY)
# What stood on accounts of a pattern when a month ended: their last closing balance up to it.
STOOD: Final = """
SELECT currency, count(*), sum(balance) FROM (
    SELECT DISTINCT ON (a.id) a.currency, b.balance
    FROM ledger_account a JOIN ledger_closingbalance b ON b.account_id = a.id
    JOIN ledger_period p ON p.id = b.period_id
    WHERE a.path LIKE %(pattern)s AND p.month <= %(month)s ORDER BY a.id, p.until DESC
) AS stood WHERE balance <> 0 GROUP BY currency ORDER BY currency
"""


@dataclass(frozen=True)
class Open:
    """One open matter in one currency; the amount in minor units, 0 where it has none."""

    matter: str
    currency: str
    count: int
    amount: int

    @property
    def label(self) -> str:
        return str(Matter(self.matter).label)

    @property
    def weight(self) -> Weight:
        return WEIGHTS.get(self.matter, Weight.WAITS)

    @property
    def weight_label(self) -> str:
        return str(self.weight.label)

    def as_dict(self) -> dict[str, object]:
        return asdict(self)


@dataclass(frozen=True)
class CloseRow:
    """A month that was asked to be closed, or is."""

    id: UUID
    month: date
    state: str
    asked_by: str
    asked_at: datetime
    confirmed_by: str
    confirmed_at: datetime | None
    explanation: str
    root: str | None
    transfers: int | None
    stated_at: datetime | None
    open_matters: tuple[Open, ...]

    @property
    def state_label(self) -> str:
        return str(CloseState(self.state).label)


def closes(*, actor: Actor) -> list[CloseRow]:
    """
    Return the months that were closed or wait for it, the newest first. One query.

    :raises NotPermitted: the actor does not prepare payouts
    """
    require(actor, Permission.PREPARE_PAYOUTS)
    return [_row(each) for each in _closes().exclude(state=CloseState.DROPPED)]


def next_month(*, at: datetime) -> date | None:
    """Return the month to be closed next; None while it still runs, or nothing was booked."""
    last = Period.objects.order_by("-until").values_list("month", flat=True).first()
    if last is not None:
        month = after(last)
    else:
        begun = Transfer.objects.aggregate(at=Min("at"))["at"]
        if begun is None:
            return None
        # What lies before the first month that is closed is closed with it.
        before = first_day(day_of(at))
        month = first_day(day_of(begun)) if day_of(begun) < before else before
    return month if ends(month) <= at else None


def closable_from(*, at: datetime) -> datetime:
    """Return the instant from which the month that runs can be closed."""
    return ends(first_day(day_of(at)))


def open_matters(*, month: date) -> list[Open]:
    """Return what of a month, or of the time before it, is open; the weightiest first."""
    until = ends(month)
    found = [
        *_books(),
        *_sums(Matter.DRAFTS, Payout.objects.filter(state="draft", prepared_at__lt=until)),
        *_sums(Matter.RECEIPTS, Receipt.objects.filter(confirmed_at=None, at__lt=until)),
        *_sums(Matter.UNMATCHED, _unmatched(until)),
        *_suspense(until),
        *_at_bank(),
        *_left(until),
        *_objected(until),
        *_sums(Matter.TAKEN_BACK, _taken_back(until)),
        *_sums(
            Matter.ON_THE_WAY,
            Payout.objects.filter(
                state__in=(PayoutState.APPROVED, PayoutState.SENT), approved_at__lt=until
            ),
        ),
        *_sums(Matter.REFUNDS, Refund.objects.filter(state__in=LIVE, asked_at__lt=until)),
        *_debits(until),
        *_held(Matter.UNCOVERED, "creditor:", ":commission_due", until),
        *_held(Matter.RESERVES, "collector:", ":reserve", until),
    ]
    order = list(Weight)
    return sorted(found, key=lambda each: order.index(each.weight))


def close_mark(close_id: UUID, matters: Sequence[Open]) -> str:
    """
    Return the mark of what a month is closed with: which matters stay open that need words.

    Not how much of each: money comes and goes while a page is read.
    """
    stay = {(each.matter, each.currency) for each in matters if each.weight == Weight.EXPLAIN}
    return mark(close_id, sorted(stay))


def of_weight(matters: Sequence[Open], weight: Weight) -> str:
    """Return the matters of a weight in words, one after the other."""
    return "; ".join(dict.fromkeys(each.label for each in matters if each.weight == weight))


def stood(*, pattern: str, month: date) -> dict[str, int]:
    """Return per currency what stood on the accounts of an SQL pattern at the end of a month."""
    with connection.cursor() as cursor:
        cursor.execute(STOOD, {"pattern": pattern, "month": month})
        return {currency: int(total) for currency, _count, total in cursor.fetchall()}


def _closes() -> QuerySet[MonthClose]:
    return MonthClose.objects.select_related("period").order_by("-month", "-asked_at")


def _row(close: MonthClose) -> CloseRow:
    return CloseRow(
        id=close.pk,
        month=close.month,
        state=close.state,
        asked_by=close.asked_by,
        asked_at=close.asked_at,
        confirmed_by=close.confirmed_by,
        confirmed_at=close.confirmed_at,
        explanation=close.explanation,
        root=close.period.root if close.period else None,
        transfers=close.period.transfers if close.period else None,
        stated_at=close.stated_at,
        open_matters=tuple(Open(**each) for each in close.open_matters),
    )


def _books() -> list[Open]:
    uneven = {currency: total for currency, total in trial_balance().items() if total}
    wrong = wrong_balances()
    found = [Open(Matter.BOOKS, currency, 1, abs(total)) for currency, total in uneven.items()]
    return [*found, Open(Matter.BOOKS, "", len(wrong), 0)] if wrong else found


def _unmatched(until: datetime) -> QuerySet[Payment]:
    return Payment.objects.filter(state=PaymentState.UNMATCHED, received_at__lt=until)


def _taken_back(until: datetime) -> QuerySet[Dispute]:
    money = Dispute.objects.exclude(kind=DisputeKind.COMPLAINT)
    return money.filter(state=DisputeState.OPEN, told_at__lt=until)


def _debits(until: datetime) -> list[Open]:
    rows = unsent(until).items()
    return [Open(Matter.DEBITS, currency, count, total) for currency, (count, total) in rows]


def _suspense(until: datetime) -> list[Open]:
    """Return what the books hold for nobody yet, without what came to the bank afterwards."""
    under = Q(path="platform:suspense") | Q(path__startswith="platform:suspense:")
    before = Q(entry__booked_on__lt=day_of(until))
    rows = Suspense.objects.filter(rest__gt=0).values("currency").order_by()
    waits = {
        row["currency"]: (row["count"], row["later"])
        for row in rows.annotate(
            count=Count("pk", filter=before), later=Sum("rest", filter=~before, default=0)
        )
    }
    held = Account.objects.filter(under).exclude(balance=0).values("currency")
    found = []
    for row in held.annotate(count=Count("pk"), total=Sum("balance")).order_by("currency"):
        count, later = waits.get(row["currency"], (row["count"], 0))
        if amount := abs(int(row["total"])) - int(later):
            found.append(Open(str(Matter.SUSPENSE), row["currency"], count, amount))
    return found


def _left(until: datetime) -> list[Open]:
    """Return what left the bank unexplained or by a note alone, and what is to leave it."""
    out = StatementEntry.objects.filter(credit=False, explained="", booked_on__lt=day_of(until))
    noted = noted_ones().filter(booked_on__lt=day_of(until)).exclude(explained__regex=NUMBERED)
    # What goes back of a debit stands under the debits.
    back = SendBack.objects.filter(state__in=ON_THE_WAY_BACK, asked_at__lt=until, debit=None)
    return [
        *_sums(Matter.LEFT_BANK, out),
        *_sums(Matter.NOTED, noted),
        *_sums(Matter.SENDING_BACK, back),
    ]


def _at_bank() -> list[Open]:
    books = compared()
    gaps = [
        Open(Matter.BANK, each.currency, 1, abs(each.unexplained))
        for each in books
        if each.unexplained
    ]
    items = [
        Open(matter, each.currency, 1, item.amount)
        for matter, why in ((Matter.FEES, Why.FEES), (Matter.LEFT_TWICE, Why.AGAIN))
        for each in books
        for item in each.items
        if item.why == why and item.amount > 0
    ]
    return [*gaps, *items]


def _objected(until: datetime) -> list[Open]:
    count = Objection.objects.filter(state__in=WAITING, transfer__at__lt=until).count()
    return [Open(Matter.OBJECTIONS, "", count, 0)] if count else []


def _held(matter: str, start: str, end: str, until: datetime) -> list[Open]:
    under = Account.objects.filter(path__startswith=start, path__endswith=end)
    return _accounts(matter, under, until)


def _accounts(matter: str, found: QuerySet[Account], until: datetime) -> list[Open]:
    """Return what stood on accounts when a month ended, and stands there still."""
    now: dict[str, dict[str, int]] = {}
    for path, currency, balance in found.exclude(balance=0).values_list(
        "path", "currency", "balance"
    ):
        now.setdefault(currency, {})[path] = balance
    opens = []
    for currency, held in sorted(now.items()):
        then = balances_at(paths=list(held), currency=currency, at=until - INSTANT)
        both = [stays for path, sum_ in held.items() if (stays := _stays(then[path], sum_))]
        if both:
            opens.append(Open(str(matter), currency, len(both), abs(sum(both))))
    return opens


def _stays(then: int, now: int) -> int:
    """Return what of a balance is left: nothing where it has changed sides since."""
    return min(then, now, key=abs) if then * now > 0 else 0


def _sums(matter: str, found: QuerySet[Any]) -> list[Open]:
    return _opens(matter, found.values("currency").annotate(count=Count("pk"), total=Sum("amount")))


def _opens(matter: str, rows: QuerySet[Any, Mapping[str, Any]]) -> list[Open]:
    return [
        Open(str(matter), row["currency"], row["count"], abs(int(row["total"])))
        for row in rows.order_by("currency")
    ]
