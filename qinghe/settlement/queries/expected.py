"""What debtors are expected to pay, as far as entries of the bank may be about it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

from django.db.models import F, Q

from qinghe.casework.models import Instalment, Promise
from qinghe.casework.terms import PlanState, PromiseState
from qinghe.claims.days import day_of, end_of
from qinghe.claims.models import Claim
from qinghe.claims.terms import OPEN_STATES
from qinghe.parties.models import VaultItem
from qinghe.parties.queries import find_by_value
from qinghe.parties.terms import Secret
from qinghe.settlement.bank_terms import Sign
from qinghe.settlement.models import CashierOrder
from qinghe.settlement.terms import OrderState

# So far back an order to pay may have led to a transfer.
ORDERED_WITHIN: Final = timedelta(days=25)
# A number that is shorter may stand in any text by chance.
SHORTEST_NUMBER: Final = 8
# Claims with one and the same amount: more than these tell nobody anything.
MOST: Final = 500
TOKEN: Final = re.compile(r"[\w-]*\d[\w-]*", re.ASCII)


@dataclass(frozen=True)
class Asked:
    """One entry for which claims are sought."""

    id: UUID
    amount: int
    currency: str
    day: date
    text: str
    payer: str
    # Numbers of claims that a misspelt reference may have meant.
    near: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Due:
    """One payment expected for a claim; a day is of an order or of a due date."""

    sign: Sign
    amount: int
    ordered_on: date | None = None
    due_on: date | None = None


@dataclass(frozen=True)
class Lead:
    """A claim that some entries may be about, with what it expects."""

    claim_id: UUID
    debtor_id: UUID
    currency: str
    numbers: tuple[str, ...]
    dues: tuple[Due, ...]


def open_claims() -> int:
    """Return how many claims can be paid: among so many an entry seeks its own."""
    return Claim.objects.filter(state__in=OPEN_STATES).count()


def bearers(names: Iterable[str]) -> dict[str, set[UUID]]:
    """Return the persons who bear each name."""
    found = {}
    for name in set(names) - {""}:
        items = VaultItem.objects.filter(pk__in=find_by_value(Secret.NAME, name))
        people = items.exclude(person=None).values_list("person_id", flat=True)
        found[name] = set(people)
    return found


def leads(asked: Sequence[Asked], people: set[UUID]) -> list[Lead]:
    """Return the open claims that entries may be about; a fixed number of queries."""
    amounts = {each.amount for each in asked}
    since = min((each.day for each in asked), default=date.max) - ORDERED_WITHIN
    tokens = {token.upper() for each in asked for token in TOKEN.findall(each.text)}
    tokens = {token for token in tokens if len(token) >= SHORTEST_NUMBER}
    ids = _by_what_is_due(amounts, since)
    numbers = tokens.union(*(each.near for each in asked))
    named = Q(contract_number__in=tokens) | Q(number__in=numbers) | Q(debtor__in=people)
    owing = F("principal") + F("interest") + F("costs")
    rows = Claim.objects.filter(state__in=OPEN_STATES).annotate(owing=owing)
    about = list(rows.filter(named | Q(pk__in=ids)).order_by("pk"))
    about += list(rows.filter(owing__in=amounts).exclude(pk__in=[c.pk for c in about])[:MOST])
    dues = _dues([claim.pk for claim in about], since)
    return [_lead(claim, dues[claim.pk]) for claim in about]


def _lead(claim: Claim, dues: list[Due]) -> Lead:
    numbers = (claim.number, claim.contract_number)
    long = tuple(each for each in numbers if len(each) >= SHORTEST_NUMBER)
    owed = Due(Sign.OWED, claim.owed)
    return Lead(claim.pk, claim.debtor_id, claim.currency, long, (*dues, owed))


def _orders(since: date) -> Any:
    late = CashierOrder.objects.filter(created_at__gte=end_of(since - timedelta(days=1)))
    return late.exclude(state=OrderState.PAID)


def _instalments() -> Any:
    open_ = Instalment.objects.filter(plan__state=PlanState.ACTIVE)
    return open_.annotate(left=F("amount") - F("paid")).filter(left__gt=0)


def _by_what_is_due(amounts: set[int], since: date) -> set[UUID]:
    promised = Promise.objects.filter(state=PromiseState.OPEN, amount__in=amounts)
    return {
        *_orders(since).filter(amount__in=amounts).values_list("claim_id", flat=True)[:MOST],
        *_instalments().filter(left__in=amounts).values_list("plan__claim_id", flat=True)[:MOST],
        *promised.values_list("claim_id", flat=True)[:MOST],
    }


def _dues(ids: Sequence[UUID], since: date) -> dict[UUID, list[Due]]:
    found: dict[UUID, list[Due]] = defaultdict(list)
    orders = _orders(since).filter(claim__in=ids).values_list("claim_id", "amount", "created_at")
    for claim_id, amount, at in orders:
        found[claim_id].append(Due(Sign.ORDER, amount, ordered_on=day_of(at)))
    parts = _instalments().filter(plan__claim__in=ids)
    for claim_id, left, due_on in parts.values_list("plan__claim_id", "left", "due_on"):
        found[claim_id].append(Due(Sign.INSTALMENT, left, due_on=due_on))
    promised = Promise.objects.filter(state=PromiseState.OPEN, claim__in=ids)
    for claim_id, amount, due_on in promised.values_list("claim_id", "amount", "due_on"):
        found[claim_id].append(Due(Sign.PROMISE, amount, due_on=due_on))
    return found
