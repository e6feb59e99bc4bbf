"""Verify claims: the queues by age, and one claim beside its evidence."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as now_

from qinghe.claims.contract_terms import Outcome
from qinghe.claims.findings import signatures_of
from qinghe.claims.queries import ClaimView, claim_for, review_counts, review_queue
from qinghe.claims.queries.amounts import VerificationView, verification_for
from qinghe.claims.queries.limits import acts_of, acts_waiting
from qinghe.claims.queries.merging import being_taken, half_taken
from qinghe.claims.queries.review import QUEUES
from qinghe.claims.queries.titles import Chain, chain_for, duplicates_of, open_duplicates
from qinghe.claims.terms import TARGET_HOURS, ReviewQueue
from qinghe.parties.queries import contact_points
from qinghe.parties.roles import Permission
from qinghe.risk.queries import flags, score
from qinghe.web.claimparts import equation, hold_marks
from qinghe.web.doors import StaffRequest, page
from qinghe.web.estimates import estimate
from qinghe.web.evidence import items_of
from qinghe.web.formats import as_day
from qinghe.web.legalparts import law_of
from qinghe.web.review.deciding import decision_for
from qinghe.web.review.pairs import PairForm


@dataclass(frozen=True)
class Check:
    """One line of the checklist: what is looked at, whether the data agree, and a hint."""

    words: str
    ok: bool | None
    hint: str = ""


@page(Permission.VERIFY_CLAIMS)
def verify_queue(request: StaffRequest) -> HttpResponse:
    """Show one queue of the desk, the oldest first, with ages and targets."""
    asked = request.GET.get("queue", "")
    queue = asked if asked in QUEUES else ReviewQueue.NEW
    rows = review_queue(actor=request.actor, queue=queue)
    counts = review_counts(actor=request.actor)
    context = {
        "rows": [(row, (request.at - row.since).days, request.at > row.due_at) for row in rows],
        "taking": [(each, estimate(each.progress)) for each in being_taken(actor=request.actor)],
        "half": half_taken([row.claim_id for row in rows]),
        "queue": queue,
        "queues": [(each.value, each.label, counts[each.value]) for each in QUEUES],
        "waiting": counts[queue],
        "hours": TARGET_HOURS[queue],
        "pairs": open_duplicates(actor=request.actor),
        "acts": acts_waiting(actor=request.actor),
    }
    return render(request, "web/review/queue.html", context)


def _checks(
    view: ClaimView, open_flags: int, amount: VerificationView | None, chain: Chain
) -> list[Check]:
    """Return what the data themselves say; the reviewer looks at the papers."""
    dated = view.contract_on is not None and view.contract_on <= view.due_on
    signed = [each for row in view.evidence if row.usable for each in signatures_of(row.findings)]
    return [
        *_amount_and_title(amount, chain),
        Check(now_("Every paper that is needed is there"), view.papers.complete),
        Check(
            now_("No signature in a file is broken"),
            not any(each.tone == "bad" for each in signed),
            now_("look at the file that was changed"),
        ),
        Check(now_("The contract came before the due day"), dated or None),
        Check(
            now_("The debtor can be reached"),
            bool(view.reachable) or None,
            now_("else it cannot be placed"),
        ),
        Check(now_("No warning is open"), open_flags == 0),
    ]


def _amount_and_title(amount: VerificationView | None, chain: Chain) -> list[Check]:
    """Return what the contract, calculated again, and the chain of creditors say."""
    known = amount is not None and amount.outcome != Outcome.CANNOT
    right = not amount.too_much if amount is not None and known else None
    told = chain.unbroken and chain.told
    return [
        Check(
            now_("The amount follows from contract and law"),
            right,
            now_("see the calculation") if known else now_("the contract's terms are missing"),
        ),
        Check(
            now_("The claim is the creditor's"),
            told or (None if chain.unbroken else False),
            now_("the debtor was not told yet") if chain.unbroken else now_("the chain breaks"),
        ),
    ]


@page(Permission.VERIFY_CLAIMS)
def verify_page(request: StaffRequest, claim_id: UUID) -> HttpResponse:
    """Show one claim beside its evidence, its warnings with their reasons, and the decision."""
    view = claim_for(claim_id=claim_id, actor=request.actor)
    warnings = flags(claim_id)
    check = verification_for(claim_id=claim_id, actor=request.actor)
    chain = chain_for(claim_id=claim_id, actor=request.actor)
    still_open = [each for each in warnings if each.state == "open"]
    context = {
        "claim": view,
        "half": bool(half_taken([claim_id])),
        "terms": equation(view, as_day(request.at)),
        "holds": hold_marks(view.holds),
        "flags": warnings,
        "score": score(claim_id=claim_id, on=request.at.date()),
        "checks": _checks(view, len(still_open), check, chain),
        "points": contact_points(view.debtor_id),
        "evidence": items_of(view),
        "law": law_of(view, as_day(request.at)),
        "check": check,
        "chain": chain,
        "acts": acts_of(claim_id),
        "pairs": duplicates_of(claim_id=claim_id, actor=request.actor),
        "pair_form": PairForm(),
        **decision_for(view, request.actor),
    }
    return render(request, "web/review/claim.html", context)
