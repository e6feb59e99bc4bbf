"""
The books' money beside the bank's own statement, and what explains every cent between them.

Counted from the beginning: what providers took less what came of it, what was recorded by hand,
what left the books and not the bank, what left the bank and stands in no books. Minor units.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.db import connection
from django.db.models import Exists, F, OuterRef, Q, Sum, TextChoices
from django.utils.translation import gettext_lazy as _

from qinghe.kernel.actor import Actor
from qinghe.ledger.models import Account
from qinghe.parties.roles import Permission, require
from qinghe.settlement import accounts
from qinghe.settlement.fee_terms import FeeState
from qinghe.settlement.models import Fee, ProviderLine, Statement, StatementEntry, Suspense
from qinghe.settlement.provider_reports import PAID
from qinghe.settlement.queries.by_number import NUMBERED, Numbers, by_number
from qinghe.settlement.reconciling import Entry, paid_out

# What moved the bank's account, by what it was for: to or from cashiers, or a kind of booking.
MOVED: Final = """
SELECT m.currency, CASE WHEN o.path LIKE 'platform:cash:%%' THEN 'cash'
        ELSE regexp_replace(m.kind, '\\.reversed$', '') END AS what, sum(m.signed)::bigint
FROM (
    SELECT t.currency, t.kind, t.amount AS signed, t.credit_id AS other
    FROM ledger_transfer t JOIN ledger_account a ON a.id = t.debit_id WHERE a.path = %(bank)s
    UNION ALL
    SELECT t.currency, t.kind, -t.amount, t.debit_id
    FROM ledger_transfer t JOIN ledger_account a ON a.id = t.credit_id WHERE a.path = %(bank)s
) AS m JOIN ledger_account o ON o.id = m.other
GROUP BY 1, 2
"""
# Money at the bank that a person recorded: the statement tells it too.
HAND: Final = ("receipt.booked", "deposit.received", "introduction.paid")


class Why(TextChoices):
    """What lies between the books and the bank's statement."""

    TRANSIT = "transit", _("With providers, not passed on to the bank yet")
    FEES = "fees", _("Fees that providers kept, not booked yet")
    TWICE = "twice", _("Passed on by a provider, and still waiting in suspense")
    HAND = "hand", _("Recorded by hand, on no statement yet")
    LEFT = "left", _("Left the books, not the bank yet")
    RETURNED = "returned", _("Payouts that came back: not at the bank yet, or not recognised there")
    AGAIN = "again", _("Left the bank under a number of ours, more than the books let go")
    OUT = "out", _("Left the bank, to be explained")
    NOTED = "noted", _("Left the bank, explained by a note only")


@dataclass(frozen=True)
class Item:
    """A part of the difference."""

    why: Why
    amount: int


@dataclass(frozen=True)
class BankBook:
    """One currency at the bank: books, statement up to `day` with later entries, and items."""

    currency: str
    ending: str
    day: date
    books: int
    bank: int
    items: tuple[Item, ...]

    @property
    def difference(self) -> int:
        return self.books - self.bank

    @property
    def unexplained(self) -> int:
        """Return what no item explains: a statement is missing, or something was said wrongly."""
        return self.difference - sum(each.amount for each in self.items)


def bank_books(*, actor: Actor) -> list[BankBook]:
    """
    Return the books beside the latest statement, by currency.

    :raises NotPermitted: the role does not manage payments
    """
    require(actor, Permission.MANAGE_PAYMENTS)
    return compared()


def compared() -> list[BankBook]:
    """Return the books beside the latest statement, by currency. Twelve queries at most."""
    closing = _told("closing", "-ends_on", "-imported_at", "-pk")
    opening = _told("opening", "starts_on", "imported_at", "pk")
    if not closing:
        return []
    moved, cash, fees = _moved(), _cash(), _fees()
    entries, provided, numbers = _entries(), _provided(), by_number()
    found = []
    for currency in sorted({key[1] for key in closing}):
        own = {key: row for key, row in closing.items() if key[1] == currency}
        later = _later({key[0]: row.ends_on for key, row in own.items() if row.ends_on}, currency)
        began = sum(row.opening or 0 for key, row in opening.items() if key[1] == currency)
        last = max(own.values(), key=lambda row: str(row.ends_on))
        found.append(
            BankBook(
                currency=currency,
                ending=last.account[-4:],
                day=last.ends_on or date.min,
                books=cash[currency],
                bank=sum(row.closing or 0 for row in own.values()) + later,
                items=_items(
                    moved[currency], cash[currency], fees[currency], entries[currency],
                    provided[currency], numbers[currency], began,
                ),
            )
        )  # fmt: skip
    return found


@dataclass
class _Provided:
    """What providers told: their fees, and what of their nets the bank received."""

    fees: int = 0
    arrived: int = 0
    known: int = 0


def _items(
    moved: Mapping[str, int],
    cash: int,
    fees: Mapping[bool, int],
    entries: Mapping[str, int],
    told: _Provided,
    numbers: Numbers,
    began: int,
) -> tuple[Item, ...]:
    known = -moved.get("suspense.known", 0) - numbers.back
    by_hand = sum(moved.get(kind, 0) for kind in HAND)
    # What all cashiers ever took: what they and the bank hold of it, and fees paid from it.
    in_bank = sum(moved.values())
    taken = cash - in_bank + moved.get("cash", 0) + sum(fees.values()) + moved.get("fee.kept", 0)
    taken += numbers.boxed
    transit = taken - told.fees - told.arrived
    hand = by_hand - (known - told.known) - began
    # What a provider passed on without a report is known by a person's word only.
    shift = min(max(-hand, 0), max(transit, 0))
    amounts = {
        Why.TRANSIT: max(transit - shift, 0),
        Why.FEES: told.fees - fees[True],
        Why.TWICE: told.arrived - told.known,
        Why.HAND: max(hand + shift, 0),
        Why.LEFT: numbers.left,
        Why.RETURNED: numbers.returned,
        Why.AGAIN: numbers.again,
        Why.OUT: entries["open"],
        Why.NOTED: entries["noted"],
    }
    return tuple(Item(why, amount) for why, amount in amounts.items() if amount)


def _told(which: str, *order: str) -> dict[tuple[str, str], Statement]:
    rows = Statement.objects.exclude(**{which: None}).exclude(**{order[0].strip("-"): None})
    rows = rows.order_by("account", "currency", *order)
    return {(row.account, row.currency): row for row in rows.distinct("account", "currency")}


def _moved() -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = defaultdict(dict)
    with connection.cursor() as cursor:
        cursor.execute(MOVED, {"bank": accounts.BANK})
        for currency, what, signed in cursor.fetchall():
            found[currency][what] = signed
    return found


def _cash() -> dict[str, int]:
    rows = Account.objects.filter(path__startswith=f"{accounts.CASH}:").values("currency")
    sums = rows.annotate(sum=Sum("balance")).order_by()
    return defaultdict(int, {row["currency"]: int(row["sum"]) for row in sums})


def _fees() -> dict[str, dict[bool, int]]:
    """Return what was booked of fees, by currency, and whether a provider kept it."""
    found: dict[str, dict[bool, int]] = defaultdict(lambda: {True: 0, False: 0})
    rows = Fee.objects.filter(state=FeeState.BOOKED).values_list("currency", "provider")
    for currency, provider, amount in rows.annotate(sum=Sum("amount")).order_by():
        found[currency][bool(provider)] += amount
    return found


def _entries() -> dict[str, dict[str, int]]:
    """Return what left the bank, by currency and by what explains it; fees have their own."""
    booked = Fee.objects.filter(entry=OuterRef("pk"), state=FeeState.BOOKED)
    rows = StatementEntry.objects.filter(~Exists(booked), credit=False).values("currency")
    sums = rows.annotate(
        open=Sum("amount", filter=Q(explained=""), default=0),
        numbered=Sum("amount", filter=Q(explained__regex=NUMBERED), default=0),
        all=Sum("amount", default=0),
    ).order_by()
    found: dict[str, dict[str, int]] = defaultdict(lambda: {"open": 0, "noted": 0})
    for row in sums:
        noted = row["all"] - row["open"] - row["numbered"]
        found[row["currency"]] = {"open": row["open"], "noted": noted}
    return found


def _provided() -> dict[str, _Provided]:
    nets: dict[tuple[str, str], dict[date, int]] = defaultdict(dict)
    found: dict[str, _Provided] = defaultdict(_Provided)
    signed = Sum("amount", filter=Q(kind=PAID), default=0) - Sum(
        "amount", filter=~Q(kind=PAID), default=0
    )
    rows = ProviderLine.objects.values_list("provider", "currency", "day").annotate(
        net=signed, kept=Sum("fee")
    )
    for provider, currency, day, net, kept in rows.order_by("provider", "day"):
        nets[provider, currency][day] = net - kept
        found[currency].fees += kept
    came = _came({net for days in nets.values() for net in days.values()})
    for (_provider, currency), days in nets.items():
        free = [
            Entry(key, on, amount) for key, (of, on, amount, _k) in came.items() if of == currency
        ]
        for entry in paid_out(days, free)[0].values():
            _of, _on, amount, known = came.pop(entry.id)
            found[currency].arrived += amount
            found[currency].known += known
    return found


def _came(amounts: set[int]) -> dict[str, tuple[str, date, int, int]]:
    """Return what came to the bank in one of some amounts and paid no claim: with what is known."""
    rows = Suspense.objects.filter(amount__in=amounts).filter(Q(known__gt=0) | Q(rest=F("amount")))
    rows = rows.exclude(known__gt=0, wish_note__regex=NUMBERED)
    fields = ("pk", "currency", "entry__booked_on", "amount", "known")
    return {
        str(pk): (currency, day, amount, known)
        for pk, currency, day, amount, known in rows.values_list(*fields)
    }


def _later(ends: Mapping[str, date], currency: str) -> int:
    after = Q(pk=None)
    for account, day in ends.items():
        after |= Q(account=account, booked_on__gt=day)
    sums = StatementEntry.objects.filter(after, currency=currency).aggregate(
        plus=Sum("amount", filter=Q(credit=True), default=0),
        minus=Sum("amount", filter=Q(credit=False), default=0),
    )
    return int(sums["plus"]) - int(sums["minus"])
