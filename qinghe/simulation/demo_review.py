"""Leave a claim at the review desk of a demonstration that takes two, and one that is doubtful."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random
from typing import Final

from qinghe.claims.days import day_of
from qinghe.claims.models import Claim
from qinghe.claims.queries import papers_of
from qinghe.claims.services import add_evidence, post_claim, tell_chain
from qinghe.claims.terms import TWO_REVIEWERS_MAJOR
from qinghe.kernel.actor import Actor, Role, system
from qinghe.parties.models import Membership
from qinghe.risk.services import raise_flags
from qinghe.simulation.agreements import agreed
from qinghe.simulation.bought import bought_from
from qinghe.simulation.evidence import contract_pdf
from qinghe.simulation.people import make

OWNER: Final = "creditor@example.com"
LARGE: Final = "DEMO-LARGE-1"
# The same paper under another number: who did not lend the money twice has entered it twice.
TWIN: Final = "DEMO-LARGE-2"
SEED: Final = 7
EARLIER: Final = timedelta(hours=2)


def leave_to_review(*, at: datetime) -> None:
    """Post a claim above the threshold of two reviewers, and its doubtful twin; once."""
    owner = _owner()
    if owner is None or Claim.objects.filter(contract_number=LARGE).exists():
        return
    for number, when in ((LARGE, at - EARLIER), (TWIN, at)):
        claim = _posted(number, owner, when)
        _prove(claim, owner, when)
        raise_flags(claim_ids=[claim.pk], actor=system("risk.look"), at=when)


def _owner() -> Actor | None:
    found = Membership.objects.filter(user__email=OWNER, role=Role.CREDITOR).first()
    return Actor(Role.CREDITOR, found.user_id, found.organisation_id) if found else None


def _posted(number: str, owner: Actor, at: datetime) -> Claim:
    assert owner.org_id is not None
    debtor, day = make(Random(SEED)), day_of(at)  # noqa: S311  the same person each time
    due = day - timedelta(days=75)
    told = {
        "contract_number": number,
        "debtor_name": debtor.name,
        "id_number": debtor.id_number,
        "phone": debtor.phone,
        "address": debtor.address,
        "region": debtor.region,
        "product": "small_loan",
        "principal": f"{TWO_REVIEWERS_MAJOR + 60_250}.00",
        "interest": "4338.00",
        "currency": "CNY",
        "contract_date": (due - timedelta(days=365)).isoformat(),
        "due_date": due.isoformat(),
        "annual_overdue_rate": "8.0",
    }
    # Both numbers stand for one paper: its terms and repayments are the same.
    told |= agreed(told | {"contract_number": LARGE}, day)
    post_claim(creditor_id=owner.org_id, told=told, as_of=day, accept=True, actor=owner, at=at)
    return Claim.objects.get(creditor=owner.org_id, contract_number=number)


def _prove(claim: Claim, owner: Actor, at: datetime) -> None:
    for part in papers_of([claim.pk])[claim.pk].missing:
        add_evidence(
            claim_id=claim.pk,
            kind=part.need.paper.value,
            filename=f"{part.need.paper}.pdf",
            content=contract_pdf(claim.number, f"{part.need.paper} {part.link or ''}".strip()),
            actor=owner,
            at=at,
        )
    tell_chain(claim_id=claim.pk, steps=[bought_from(claim)], actor=owner, at=at)
