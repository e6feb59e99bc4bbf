"""
Book what came by bank where its purpose is clear, and note for the rest what it may be.

First the reference whose check digits are right, then scored leads; whoever is not clearly ahead
waits for two persons, and so does money with a misspelt reference, whatever else speaks for it.
Claims are locked before the money.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from uuid import UUID

from qinghe.claims.models import Claim
from qinghe.claims.payments import earliest_payment
from qinghe.claims.terms import OPEN_STATES
from qinghe.journal.services import record, verb
from qinghe.kernel.actor import Actor
from qinghe.parties.roles import Permission, require
from qinghe.settlement.bank_terms import CANDIDATES, Sign, Wish
from qinghe.settlement.matching import (
    Came,
    Expected,
    bare,
    choose,
    levels,
    marks,
    weigh,
    weights,
)
from qinghe.settlement.misspelt import near_numbers
from qinghe.settlement.models import Candidate, StatementEntry, Suspense
from qinghe.settlement.queries.expected import Asked, Due, Lead, bearers, leads, open_claims
from qinghe.settlement.queries.named import words_of
from qinghe.settlement.services.backdating import book_from_its_day
from qinghe.settlement.services.booking import Item, lock_claims
from qinghe.settlement.services.suspended import lock_suspense, one_at_a_time, tell_rest
from qinghe.settlement.terms import PaymentSource

# What one run looks at.
BATCH = 20_000


@dataclass(frozen=True)
class Matched:
    """What a run booked, in minor units of whatever currency, and how much waits."""

    booked: int
    booked_minor: int
    waiting: int


@dataclass(frozen=True)
class Scored:
    """A claim that an entry may pay, and why."""

    suspense_id: UUID
    claim_id: UUID
    score: float
    signs: tuple[Sign, ...]
    expected: int
    # It names the claim, or the only debtor of its sender's name: amounts alone are many people's.
    telling: bool

    @property
    def place(self) -> tuple[UUID, UUID | None]:
        """Return what entries compete for: who names a claim takes it from nobody."""
        own = Sign.NUMBER in self.signs or Sign.NEAR in self.signs
        return self.claim_id, self.suspense_id if own else None


@verb("settlement.match-suspense")
def match_suspense(*, actor: Actor, at: datetime) -> Matched:
    """
    Book what is clear of the money in suspense, and write candidates down for the rest.

    What persons look at, or undid, is left to persons.

    :raises NotPermitted: the actor does not manage payments
    """
    require(actor, Permission.MANAGE_PAYMENTS)
    one_at_a_time()
    waiting = _waiting()
    booked = _book(_by_reference(waiting), actor, at)
    left = [each for each in waiting if each.pk not in booked]
    scored = _scored(left)
    by = weights()
    pairs = [(each.suspense_id, each.place, each.score) for each in scored]
    clear = choose(pairs, accept=by.accept, margin=by.margin)
    telling = {(each.suspense_id, each.place) for each in scored if each.telling}
    misspelt = {each.suspense_id for each in scored if Sign.NEAR in each.signs}
    telling = {pair for pair in telling if pair[0] not in misspelt}
    sure = [each for each in clear if (each.came, each.expected) in telling]
    booked |= _book([(each.came, each.expected[0]) for each in sure], actor, at)
    _note(scored, [each.pk for each in waiting], set(booked))
    result = Matched(len(booked), sum(booked.values()), Suspense.objects.filter(rest__gt=0).count())
    if booked:
        record(
            kind="suspense.matched",
            subject="suspense",
            actor=actor,
            at=at,
            booked=result.booked,
            amount=result.booked_minor,
        )
    return result


def book_transfer(suspense: Suspense, claim: Claim, actor: Actor, at: datetime) -> None:
    """Book what waits of locked money as a payment of a locked claim."""
    _book_round([(suspense, claim)], actor, at)


def _waiting() -> list[Suspense]:
    """Return what nobody decided about yet, oldest first."""
    rows = Suspense.objects.filter(rest__gt=0, wish=Wish.NONE, booked=0, known=0)
    return list(rows.select_related("entry", "entry__words").order_by("since", "pk")[:BATCH])


def _by_reference(waiting: Sequence[Suspense]) -> list[tuple[UUID, UUID]]:
    numbers = {each.entry.claim_number for each in waiting} - {""}
    claims = dict(Claim.objects.filter(number__in=numbers).values_list("number", "pk"))
    named = [(each.pk, claims.get(each.entry.claim_number)) for each in waiting]
    return [(pk, claim_id) for pk, claim_id in named if claim_id is not None]


def _book(pairs: Sequence[tuple[UUID, UUID]], actor: Actor, at: datetime) -> dict[UUID, int]:
    """Book pairs of money and claim that still fit under lock; return the amounts booked."""
    claims = lock_claims(sorted({claim_id for _pk, claim_id in pairs}))
    money = lock_suspense(pk for pk, _claim_id in pairs)
    rounds: dict[int, list[tuple[Suspense, Claim]]] = defaultdict(list)
    times: dict[UUID, int] = defaultdict(int)
    for pk, claim_id in sorted(pairs, key=lambda pair: money[pair[0]].entry.booked_on):
        suspense, claim = money[pk], claims.get(claim_id)
        if claim is None or not _fits(suspense, claim):
            continue
        rounds[times[claim_id]].append((suspense, claim))
        times[claim_id] += 1
    for number in sorted(rounds):
        _book_round(rounds[number], actor, at)
    told = [each for number in rounds for each, _claim in rounds[number] if each.booked]
    return {each.pk: each.amount - each.rest for each in told}


def _fits(suspense: Suspense, claim: Claim) -> bool:
    free = suspense.rest > 0 and suspense.wish == Wish.NONE and not suspense.booked
    possible = came_on(suspense.entry) >= earliest_payment(claim.contract_on)
    return free and possible and payable(claim) and claim.currency == suspense.currency


def payable(claim: Claim) -> bool:
    """Tell whether money can be applied to a claim."""
    return claim.state in OPEN_STATES and claim.owed > 0


def came_on(entry: StatementEntry) -> date:
    """Return the day on which money came: what the bank books late counts from its value day."""
    return min(entry.booked_on, entry.value_on)


def _book_round(pairs: Sequence[tuple[Suspense, Claim]], actor: Actor, at: datetime) -> None:
    """Book at most one entry per claim; one that an earlier round settled is left waiting."""
    fresh = lock_claims(sorted(claim.pk for _suspense, claim in pairs))
    fits = [(suspense, fresh[claim.pk]) for suspense, claim in pairs if payable(fresh[claim.pk])]
    items = [_item(suspense, claim) for suspense, claim in fits]
    by_claim = {each.claim_id: each for each in book_from_its_day(items=items, actor=actor, at=at)}
    for suspense, claim in fits:
        suspense.payment = by_claim[claim.pk]
        suspense.booked += 1
        suspense.save(update_fields=["payment", "booked"])
        tell_rest(suspense)


def _item(suspense: Suspense, claim: Claim) -> Item:
    again = f":{suspense.booked}" if suspense.booked else ""
    paid_on = came_on(suspense.entry)
    reference = f"{suspense.pk}{again}"
    return Item(claim.pk, suspense.rest, paid_on, PaymentSource.TRANSFER, reference)


def _scored(left: Sequence[Suspense]) -> list[Scored]:
    """Return each entry with the claims it may pay, the likeliest expectation of each claim."""
    asked = [_asked(each) for each in left]
    named = bearers(each.payer for each in asked)
    found = leads(asked, {person for people in named.values() for person in people})
    places = _places(found)
    debtors = {lead.debtor_id for lead in found}
    among, scored = open_claims(), []
    for entry in asked:
        same = named.get(entry.payer, set()) & debtors
        keys = {entry.amount, *marks(entry.text), *map(bare, entry.near), *same}
        near = {lead.claim_id: lead for key in keys for lead in places.get(key, ())}
        scored += [
            _best(entry, lead, same, among)
            for lead in near.values()
            if lead.currency == entry.currency
        ]
    return scored


def _places(found: Sequence[Lead]) -> dict[object, list[Lead]]:
    """Return where to look leads up: amounts, numbers and debtors."""
    places: dict[object, list[Lead]] = defaultdict(list)
    for lead in found:
        keys = {due.amount for due in lead.dues} | {bare(number) for number in lead.numbers}
        for key in keys | {lead.debtor_id}:
            places[key].append(lead)
    return places


def _best(entry: Asked, lead: Lead, same: set[UUID], among: int) -> Scored:
    payer = ("only" if len(same) == 1 else "several") if lead.debtor_id in same else ""
    rated = []
    for due in lead.dues:
        came = Came(entry.amount, entry.day, entry.text, entry.near)
        compared = levels(came, _expected(due, lead, payer))
        rated.append((weigh(compared, weights(), among=among), due, compared))
    score, due, compared = max(rated, key=lambda each: each[0])
    signs = [Sign.NUMBER] if compared.get("number") == "named" else []
    signs += [Sign.NEAR] if compared.get("number") == "near" else []
    signs += [Sign.PAYER] if payer else []
    signs += [due.sign] if compared["amount"] != "far" else []
    telling = Sign.NUMBER in signs or payer == "only"
    return Scored(entry.id, lead.claim_id, score, tuple(signs), due.amount, telling)


def _expected(due: Due, lead: Lead, payer: str) -> Expected:
    return Expected(due.amount, due.ordered_on, due.due_on, numbers=lead.numbers, payer=payer)


def _asked(each: Suspense) -> Asked:
    entry, said = each.entry, words_of(each.entry)
    text, near = said["text"], near_numbers(said["text"])
    return Asked(each.pk, each.rest, each.currency, entry.booked_on, text, said["payer"], near)


def _note(scored: Sequence[Scored], looked: Sequence[UUID], booked: set[UUID]) -> None:
    """Write down the likeliest claims of what waits on, in place of those of an earlier run."""
    Candidate.objects.filter(suspense__in=looked).delete()
    waits = [each for each in scored if each.suspense_id not in booked]
    waits.sort(key=lambda each: (each.suspense_id, -each.score, each.claim_id))
    rows = []
    for _pk, each in groupby(waits, key=lambda each: each.suspense_id):
        rows += [_candidate(one) for one in list(each)[:CANDIDATES]]
    Candidate.objects.bulk_create(rows, batch_size=BATCH)


def _candidate(scored: Scored) -> Candidate:
    return Candidate(
        suspense_id=scored.suspense_id,
        claim_id=scored.claim_id,
        score=round(scored.score * 100),
        signs=[str(each) for each in scored.signs],
        expected=scored.expected,
    )
