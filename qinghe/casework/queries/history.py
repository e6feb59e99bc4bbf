"""
What earlier hands left on a claim, for the one who works it next.

Promises, plans, counts of attempts, wishes and why orders came back; never who worked it, and no
word of theirs.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Count

from qinghe.casework.models import Plan, Promise
from qinghe.contact.models import Attempt
from qinghe.contact.queries import wishes
from qinghe.contact.terms import AttemptState
from qinghe.kernel.actor import Actor
from qinghe.market.models import Listing, Mandate
from qinghe.market.queries import listing_for, mandate_for
from qinghe.market.queries.returned import HandRow, earlier_hands


@dataclass(frozen=True)
class PromiseLine:
    """One promise of an earlier hand; amount in minor units."""

    amount: int
    due_on: date
    state: str


@dataclass(frozen=True)
class PlanLine:
    """One plan of an earlier hand; amounts in minor units."""

    monthly: int
    count: int
    state: str
    proposed_at: datetime


@dataclass(frozen=True)
class Hand:
    """One earlier hand: when, how it ended, and what it did, in numbers."""

    row: HandRow
    attempts: int
    refused: int
    talks: int
    by_channel: dict[str, int]
    promises: tuple[PromiseLine, ...]


@dataclass(frozen=True)
class History:
    """All earlier hands, the plans of the claim, and what the person wishes."""

    hands: tuple[Hand, ...]
    plans: tuple[PlanLine, ...]
    wishes: tuple[str, ...]


@dataclass(frozen=True)
class Past:
    """What the hall may say of earlier hands: counts alone, before anybody has taken it."""

    hands: int
    attempts: int
    promised: int
    kept: int
    plans: int
    return_codes: tuple[str, ...]


def history_for(*, claim_id: UUID, actor: Actor, at: datetime) -> History:
    """
    Return what earlier hands left to the collector that holds the claim now.

    :raises NoMandate: it does not hold it
    """
    return history_of(mandate_for(claim_id=claim_id, actor=actor, at=at))


def history_of(mandate: Mandate) -> History:
    """Return the same for the live mandate of the one who asks; one query where nobody was."""
    rows = earlier_hands(mandate.claim_id)
    if not rows:
        return History((), (), ())
    attempts, promises = _attempts(rows), _promises(rows)
    plans = Plan.objects.filter(claim=mandate.claim_id).order_by("proposed_at", "pk")
    wished = {wish.kind for wish in wishes(person_id=mandate.claim.debtor_id)}
    return History(
        hands=tuple(
            _hand(row, attempts.get(row.mandate_id, []), promises.get(row.mandate_id, ()))
            for row in rows
        ),
        plans=tuple(
            PlanLine(plan.monthly, plan.count, plan.state, plan.proposed_at) for plan in plans
        ),
        wishes=tuple(sorted(wished)),
    )


def past_of(claim_id: UUID) -> Past:
    """Return the counts that the hall may show of a claim; nobody and no amount stands there."""
    rows = earlier_hands(claim_id)
    ids = [row.mandate_id for row in rows]
    states = Counter(Promise.objects.filter(mandate__in=ids).values_list("state", flat=True))
    return Past(
        hands=len(rows),
        attempts=sum(n for line in _attempts(rows).values() for *_rest, n in line),
        promised=sum(states.values()),
        kept=states["kept"],
        plans=Plan.objects.filter(claim=claim_id).count(),
        return_codes=tuple(row.return_code for row in rows if row.return_code),
    )


def past_of_listing(*, listing_id: UUID, actor: Actor, at: datetime) -> Past:
    """
    Return the counts of the claim behind an order that an actor may see.

    :raises NoSuchListing: unknown, or not for this actor
    """
    listing_for(listing_id=listing_id, actor=actor, at=at)
    return past_of(Listing.objects.values_list("claim_id", flat=True).get(pk=listing_id))


Line = tuple[str, str, str | None, int]


def _attempts(rows: Iterable[HandRow]) -> dict[UUID, list[Line]]:
    ids = [row.mandate_id for row in rows]
    counted = Attempt.objects.filter(mandate__in=ids).values(
        "mandate", "channel", "state", "outcome"
    )
    found: dict[UUID, list[Line]] = {}
    for row in counted.annotate(n=Count("pk")).order_by("mandate", "channel", "state", "outcome"):
        line = (row["channel"], row["state"], row["outcome"], row["n"])
        found.setdefault(row["mandate"], []).append(line)
    return found


def _promises(rows: Iterable[HandRow]) -> dict[UUID, tuple[PromiseLine, ...]]:
    made = Promise.objects.filter(mandate__in=[row.mandate_id for row in rows])
    found: dict[UUID, tuple[PromiseLine, ...]] = {}
    for each in made.order_by("made_at", "pk"):
        if each.mandate_id:
            line = PromiseLine(each.amount, each.due_on, each.state)
            found[each.mandate_id] = (*found.get(each.mandate_id, ()), line)
    return found


def _hand(row: HandRow, lines: list[Line], promises: tuple[PromiseLine, ...]) -> Hand:
    sent: Counter[str] = Counter()
    refused = talks = 0
    for channel, state, outcome, n in lines:
        if state == AttemptState.REFUSED:
            refused += n
            continue
        sent[channel] += n
        talks += n if outcome == "talk" else 0
    return Hand(row, sum(sent.values()), refused, talks, dict(sent), promises)
