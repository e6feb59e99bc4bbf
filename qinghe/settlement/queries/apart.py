"""Who brought about that an organisation is paid, so that somebody else approves that it is."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from django.db.models import Max, OuterRef, QuerySet, Subquery

from qinghe.kernel.actor import Actor
from qinghe.kernel.errors import DomainError
from qinghe.parties.pairs import tied
from qinghe.settlement.correction_terms import CorrectionState, Way
from qinghe.settlement.models import CommissionCorrection, Payment, Payout, Receipt, Split, Suspense
from qinghe.settlement.payout_terms import PayoutState
from qinghe.settlement.refusals import NotApart, SamePerson

# An organisation and a currency.
Purse = tuple[UUID, str]


class Draft(Protocol):
    """A payout that waits for approval, as a row of the table or of a page."""

    @property
    def id(self) -> UUID: ...
    @property
    def organisation_id(self) -> UUID: ...
    @property
    def currency(self) -> str: ...
    @property
    def prepared_by(self) -> str: ...


def why_not_approve(payouts: Collection[Draft], actor: Actor) -> dict[UUID, DomainError]:
    """
    Return why an actor may not approve payouts; absent are those it may.

    Refused are whoever prepared it, and whoever recorded money from the organisation, first asked
    to undo a payment of it since it was last paid in this currency, asked that commission be
    corrected in its favour, said that the bank returned a payout to it, or took in a statement with
    money for it that nobody else compared with the bank; and who made such a one, or was made by
    it. Eight queries however many payouts, and one for each step of the longest chain of makers.
    """
    behind = _behind(payouts)
    labels = {payout.prepared_by for payout in payouts}.union(*behind.values())
    near = tied_to(labels, actor)
    found: dict[UUID, DomainError] = {}
    for payout in payouts:
        if payout.prepared_by in near:
            found[payout.id] = SamePerson()
        elif behind[payout.id] & near:
            found[payout.id] = NotApart()
    return found


def apart(label: str, actor: Actor) -> bool:
    """Tell whether an actor stands apart from who did something, told by its journal label."""
    return label not in tied_to([label], actor)


def tied_to(labels: Iterable[str], actor: Actor) -> set[str]:
    """
    Return those who did something, told by journal labels, that an actor does not stand apart from.

    For a page of many rows: a query for each step of the longest chain of makers.
    """
    return tied({label for label in labels if label}, actor.label)


def _behind(payouts: Collection[Draft]) -> dict[UUID, set[str]]:
    owners = {payout.organisation_id for payout in payouts}
    acts = [*_recorded(owners), *_undone(owners), *_returned(owners), *_corrected(owners)]
    acts += _taken_in(owners)
    since = _last_paid(owners)
    found: dict[UUID, set[str]] = {}
    for payout in payouts:
        purse = (payout.organisation_id, payout.currency)
        last = since.get(purse)
        found[payout.id] = {
            label for whose, label, at in acts if whose == purse and (last is None or at >= last)
        }
    return found


def _last_paid(owners: set[UUID]) -> dict[Purse, datetime]:
    paid = Payout.objects.filter(organisation__in=owners, state=PayoutState.PAID)
    rows = paid.values_list("organisation_id", "currency").annotate(at=Max("prepared_at"))
    return {(owner, currency): at for owner, currency, at in rows}


def _recorded(owners: set[UUID]) -> list[tuple[Purse, str, datetime]]:
    receipts = Receipt.objects.filter(creditor__in=owners, confirmed_at__isnull=False)
    return _acts(receipts, "recorded_by", "confirmed_at")


def _undone(owners: set[UUID]) -> list[tuple[Purse, str, datetime]]:
    undone = Payment.objects.filter(creditor__in=owners, reversed_at__isnull=False)
    return _acts(undone.exclude(reversal_asked_by=""), "reversal_asked_by", "reversed_at")


def _returned(owners: set[UUID]) -> list[tuple[Purse, str, datetime]]:
    # What was not approved came from no bank: who took it back may approve the next one.
    back = Payout.objects.filter(organisation__in=owners, state=PayoutState.FAILED)
    return _acts(back, "returned_by", "returned_at", "organisation_id")


def _corrected(owners: set[UUID]) -> list[tuple[Purse, str, datetime]]:
    rows = CommissionCorrection.objects.filter(state=CorrectionState.BOOKED)
    back = rows.filter(way=Way.BACK, payment__creditor__in=owners)
    of = Split.objects.filter(payment=OuterRef("payment")).values("collector")[:1]
    more = rows.filter(way=Way.MORE).annotate(collector=Subquery(of)).filter(collector__in=owners)
    return [
        *_acts(back, "asked_by", "agreed_at", "payment__creditor_id"),
        *_acts(more, "asked_by", "agreed_at", "collector"),
    ]


def _taken_in(owners: set[UUID]) -> list[tuple[Purse, str, datetime]]:
    alone = Suspense.objects.filter(
        payment__isnull=False, entry__statement__compared_at__isnull=True
    )
    of = Split.objects.filter(payment=OuterRef("payment")).values("collector")[:1]
    earned = alone.annotate(collector=Subquery(of)).filter(collector__in=owners)
    told = ("entry__statement__imported_by", "payment__received_at")
    return [
        *_acts(alone.filter(payment__creditor__in=owners), *told, "payment__creditor_id"),
        *_acts(earned, *told, "collector"),
    ]


def _acts(
    rows: QuerySet[Any], who: str, when: str, whose: str = "creditor_id"
) -> list[tuple[Purse, str, datetime]]:
    """Return for each purse and person the latest of their acts."""
    found = rows.values_list(whose, "currency", who).annotate(at=Max(when))
    return [((owner, currency), label, at) for owner, currency, label, at in found]
