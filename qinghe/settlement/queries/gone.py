"""What statements tell of payouts, and who says that one came back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Count, F, Max

from qinghe.kernel.actor import Actor
from qinghe.kernel.shown import mark
from qinghe.parties.roles import Permission, may, require
from qinghe.settlement.models import Payout, PayoutReturn, StatementEntry, Suspense
from qinghe.settlement.payout_terms import PayoutState
from qinghe.settlement.queries.apart import tied_to
from qinghe.settlement.queries.hands import hands
from qinghe.settlement.queries.payments import PayoutRow
from qinghe.settlement.return_codes import CODES

# How often a payout left on statements, and the last day of it.
Left = tuple[int, date]


@dataclass(frozen=True)
class AskedBack:
    """One person's word that a payout came back: the bank's reason, where it was heard, by name."""

    code: str
    reason: str
    asked_by: str
    asked_at: datetime
    # Whether the reader may agree, and the mark of what it agrees to.
    agrees: bool
    shown: str

    @property
    def words(self) -> str:
        found = CODES.get(self.code)
        return str(found.words) if found else ""

    @property
    def by_answers(self) -> bool:
        """Tell whether a file of the bank's answers says so."""
        return self.reason == "bank"


@dataclass(frozen=True)
class Gone:
    """One payout beside the statements: the last day it left on, and the word that it came back."""

    left_on: date | None
    # Taken back in the books, and oftener gone than back on the statements or by the bank's word.
    contradicts: bool
    asked: AskedBack | None
    # When the bank's answers said that it was paid, as long as nobody settled it.
    said_paid_at: datetime | None = None


def gone(*, rows: Iterable[PayoutRow], actor: Actor) -> dict[UUID, Gone]:
    """
    Return what is to be told of some payouts beside their state; absent where nothing is.

    :raises NotPermitted: the role may not prepare payouts
    """
    require(actor, Permission.PREPARE_PAYOUTS)
    payouts = list(rows)
    left, back = _left({p.number for p in payouts}), _back(payouts)
    said = _said_paid(payouts)
    asked = _asked(payouts, left, actor, said)
    found = {}
    for row in payouts:
        times, day = left.get(row.number, (0, None))
        failed = row.state == PayoutState.FAILED
        returned, paid = back.get(row.number, 0), said.get(row.id)
        against = failed and max(times, paid is not None) > returned
        told = Gone(day, against, asked.get(row.id), paid if against else None)
        if told.left_on or told.asked or told.contradicts:
            found[row.id] = told
    return found


def return_mark(asked: PayoutReturn, payout: Payout) -> str:
    """Return the mark of a word that a payout came back, and of what else is known of it."""
    left = _left({payout.number}).get(payout.number)
    return _mark(asked.pk, payout.state, left, payout.contradicted_at)


def _mark(asked: UUID, state: str, left: Left | None, said: datetime | None) -> str:
    return mark(asked, str(state), left[1] if left else None, said)


def _said_paid(payouts: Iterable[PayoutRow]) -> dict[UUID, datetime]:
    rows = Payout.objects.filter(pk__in=[p.id for p in payouts], contradicted_at__isnull=False)
    return {pk: at for pk, at in rows.values_list("pk", "contradicted_at") if at}


def _left(numbers: set[str]) -> dict[str, Left]:
    rows = StatementEntry.objects.filter(credit=False, explained__in=numbers)
    told = rows.values_list("explained").annotate(times=Count("pk"), day=Max("booked_on"))
    return {number: (times, day) for number, times, day in told.order_by()}


def _back(payouts: Iterable[PayoutRow]) -> dict[str, int]:
    rows = Suspense.objects.filter(wish_note__in={p.number for p in payouts}, known=F("amount"))
    return dict(rows.values_list("wish_note").annotate(times=Count("pk")).order_by())


def _asked(
    payouts: Iterable[PayoutRow],
    left: Mapping[str, Left],
    actor: Actor,
    said: Mapping[UUID, datetime],
) -> dict[UUID, AskedBack]:
    known = {p.id: p for p in payouts}
    open_ = PayoutReturn.objects.filter(agreed_at=None, dropped_at=None)
    rows = list(open_.filter(payout__in=known))
    named, near = hands(row.asked_by for row in rows), tied_to((r.asked_by for r in rows), actor)
    approves = may(actor, Permission.APPROVE_PAYOUTS)
    return {
        row.payout_id: AskedBack(
            code=row.code,
            reason=row.reason,
            asked_by=named.get(row.asked_by, ""),
            asked_at=row.asked_at,
            agrees=approves and row.asked_by not in near,
            shown=_mark(
                row.pk, (of := known[row.payout_id]).state, left.get(of.number), said.get(of.id)
            ),
        )
        for row in rows
    }
