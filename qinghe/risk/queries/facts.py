"""The facts that doubts and scores are made from: many claims, a fixed number of queries."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, OuterRef

from qinghe.claims import ageing
from qinghe.claims.models import Claim, Evidence, IdentityDoubt, LimitationAct
from qinghe.claims.queries import PROVES
from qinghe.claims.queries.limits import barred_among
from qinghe.graph.queries import crossed, shared_with_debtors, sharing
from qinghe.kernel.money import to_major
from qinghe.parties.models import ContactPoint, Licence, VaultItem
from qinghe.parties.queries import reachable
from qinghe.parties.terms import LicenceKind, PointState, Secret
from qinghe.parties.vault import ring
from qinghe.risk.facts import Facts
from qinghe.risk.queries.habits import (
    bursts,
    documents,
    entered_twice,
    mutual,
    private_creditors,
    refutations,
    taken_back,
)

WRITTEN = (Secret.ADDRESS, Secret.EMAIL)


def facts(
    claim_ids: Collection[UUID], *, on: date | None = None, today: date | None = None
) -> dict[UUID, Facts]:
    """
    Return what the rules look at for many claims, with a fixed number of queries.

    Stages are those of `on`; limitation is judged on `today`, where it is given.
    """
    claims = list(Claim.objects.select_related("creditor", "debtor").filter(pk__in=claim_ids))
    people = {claim.debtor_id for claim in claims}
    phones = sharing(person_ids=people, kind=Secret.PHONE)
    channels = reachable(people)
    evidence = _evidence(claim_ids)
    alike = _alike(people)
    own = _own_debtors(claims)
    elsewhere = _known_elsewhere(claim_ids)
    creditors = {claim.creditor_id for claim in claims}
    licences, refuted = _licences(creditors), refutations(creditors)
    dropped = taken_back(creditors)
    patterns, persons = _patterns(claims), _persons(claims, today)
    return {
        claim.pk: Facts(
            principal_major=int(to_major(claim.principal, claim.currency)),
            exact_major=to_major(claim.principal, claim.currency) % 1 == 0,
            creditor_owes_itself=(claim.creditor_id, claim.debtor_id) in own,
            known_elsewhere=claim.pk in elsewhere,
            phone_shared_with=phones.get(claim.debtor_id, 0),
            same_claims=alike.get(_likeness(claim), 1),
            licensed_at_contract=_licensed(claim, licences),
            stage=ageing.stage(claim.due_on, on) if on else claim.stage,
            claimed=claim.claimed,
            paid=claim.paid,
            channels=len(channels.get(claim.debtor_id, ())),
            evidence=evidence.get(claim.pk, 0),
            hand=claim.hand,
            **patterns[claim.pk],
            **persons[claim.pk],
            refuted=refuted.get(claim.creditor_id, (0, 0))[0],
            decided=refuted.get(claim.creditor_id, (0, 0))[1],
            dropped=dropped.get(claim.creditor_id, 0),
        )
        for claim in claims
    }


def _persons(claims: Collection[Claim], today: date | None) -> dict[UUID, dict[str, Any]]:
    """Return what is known about the person and the age of each claim."""
    due = {claim.pk: claim.due_on for claim in claims}
    noted = _noted(list(due))
    barred = barred_among(due, today) if today else set()
    waiting = LimitationAct.objects.filter(claim__in=due, accepted__isnull=True)
    told = set(waiting.values_list("claim", flat=True))
    return {
        claim.pk: {
            "identity": noted.get(claim.pk, frozenset()),
            "died_before_contract": _died_before(claim),
            "time_barred": claim.pk in barred,
            "acts_waiting": claim.pk in told,
        }
        for claim in claims
    }


def _noted(claim_ids: Collection[UUID]) -> dict[UUID, frozenset[str]]:
    """Return what intake noted about the persons of claims; none is absent."""
    found: dict[UUID, frozenset[str]] = {}
    rows = IdentityDoubt.objects.filter(claim__in=claim_ids)
    for claim_id, code in rows.values_list("claim_id", "code"):
        found[claim_id] = found.get(claim_id, frozenset()) | {code}
    return found


def _died_before(claim: Claim) -> bool:
    died, signed = claim.debtor.deceased_on, claim.contract_on
    return died is not None and signed is not None and died < signed


def _patterns(claims: Collection[Claim]) -> dict[UUID, dict[str, Any]]:
    """Return what each claim shows beside many others: shared data, copies, bursts."""
    pairs = {claim.pk: (claim.creditor_id, claim.debtor_id) for claim in claims}
    both, people = set(pairs.values()), {claim.debtor_id for claim in claims}
    shared, doors, back = shared_with_debtors(both), crossed(people), mutual(both)
    again = entered_twice(list(pairs))
    copies, at_once, piles = documents(list(pairs)), bursts(claims), private_creditors(claims)
    return {
        claim_id: {
            "shared_with_creditor": tuple(sorted(shared.get(pair, ()))),
            "door_opened_by_creditor": pair in doors,
            "same_document": copies.get(claim_id, 0),
            "burst": at_once.get(claim_id, 1),
            "private_creditors": piles.get(claim_id, 1),
            "mutual": pair in back,
            "entered_twice": claim_id in again,
        }
        for claim_id, pair in pairs.items()
    }


Likeness = tuple[UUID, UUID, int, date]


def _likeness(claim: Claim) -> Likeness:
    return claim.creditor_id, claim.debtor_id, claim.claimed, claim.due_on


def _alike(people: Collection[UUID]) -> dict[Likeness, int]:
    rows = (
        Claim.objects.filter(debtor_id__in=people)
        .order_by()
        .values_list("creditor_id", "debtor_id", "claimed", "due_on")
        .annotate(n=Count("pk"))
    )
    return {(creditor, debtor, claimed, due): n for creditor, debtor, claimed, due, n in rows}


def _evidence(claim_ids: Collection[UUID]) -> dict[UUID, int]:
    proving = Evidence.objects.filter(PROVES, claim_id__in=claim_ids)
    rows = proving.order_by().values("claim_id")
    return dict(rows.annotate(n=Count("pk")).values_list("claim_id", "n"))


def _own_debtors(claims: Collection[Claim]) -> set[tuple[UUID, UUID]]:
    """Return (creditor, person) where the person's id number is the creditor's own number."""
    codes = {claim.creditor_id: claim.creditor.credit_code for claim in claims}
    by_blind = {
        blind: creditor_id
        for creditor_id, code in codes.items()
        if code
        for blind in ring().blinds(Secret.ID_NUMBER, code.upper())
    }
    rows = VaultItem.objects.filter(kind=Secret.ID_NUMBER, blind__in=list(by_blind))
    known = rows.filter(person__isnull=False).values_list("blind", "person_id")
    return {(by_blind[bytes(blind or b"")], person_id) for blind, person_id in known}


def _known_elsewhere(claim_ids: Collection[UUID]) -> set[UUID]:
    """
    Return claims that brought an address of a person whom another creditor had named before.

    The code of a letter opens all claims of a person: who can name the address could read them.
    """
    brought = ContactPoint.objects.filter(
        person=OuterRef("debtor"), kind__in=WRITTEN, created_at__gte=OuterRef("created_at")
    ).exclude(state=PointState.VALID)
    earlier = Claim.objects.filter(
        debtor=OuterRef("debtor"), created_at__lt=OuterRef("created_at")
    ).exclude(creditor=OuterRef("creditor"))
    rows = Claim.objects.filter(Exists(brought), Exists(earlier), pk__in=claim_ids)
    return set(rows.values_list("pk", flat=True))


def _licences(creditors: Collection[UUID]) -> dict[UUID, list[tuple[date, date]]]:
    rows = Licence.objects.filter(organisation_id__in=creditors, kind=LicenceKind.LENDING)
    found: dict[UUID, list[tuple[date, date]]] = {}
    for creditor_id, starts_on, ends_on in rows.values_list(
        "organisation_id", "starts_on", "ends_on"
    ):
        found.setdefault(creditor_id, []).append((starts_on, ends_on))
    return found


def _licensed(claim: Claim, licences: dict[UUID, list[tuple[date, date]]]) -> bool | None:
    periods = licences.get(claim.creditor_id)
    if not periods or claim.contract_on is None:
        return None
    day = claim.contract_on
    return any(starts_on <= day < ends_on for starts_on, ends_on in periods)
