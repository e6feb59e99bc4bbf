"""Verify claims: the queues by age, and one claim beside its evidence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as now_
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from qinghe.claims.contract_terms import Outcome
from qinghe.claims.findings import signatures_of
from qinghe.claims.queries import ClaimView, claim_for, review_counts, review_queue
from qinghe.claims.queries.amounts import VerificationView, agreed_for, verification_for
from qinghe.claims.queries.byhand import came_by_hand
from qinghe.claims.queries.limits import acts_of, acts_waiting
from qinghe.claims.queries.merging import being_taken, half_taken
from qinghe.claims.queries.objections import objections
from qinghe.claims.queries.papers import lacking_of
from qinghe.claims.queries.review import QUEUES, REVIEW_PAGE, Files, ReviewRow
from qinghe.claims.queries.titles import Chain, chain_for, duplicates_of, open_duplicates
from qinghe.claims.terms import TARGET_HOURS, ReviewQueue
from qinghe.parties.queries import contact_points
from qinghe.parties.roles import Permission
from qinghe.risk.queries import FlagRow, flags, open_flags, score
from qinghe.web.claimparts import equation, hold_marks
from qinghe.web.doors import StaffRequest, page
from qinghe.web.estimates import estimate
from qinghe.web.evidence import items_of
from qinghe.web.formats import as_day
from qinghe.web.legalparts import law_of
from qinghe.web.review.beside import beside
from qinghe.web.review.deciding import decision_for
from qinghe.web.review.objecting import hearing_for, may_hear
from qinghe.web.review.pairs import PairForm

FILINGS = {
    Files.WITH: _("with files"),
    Files.NONE: _("without any file"),
    Files.ALL: pgettext_lazy("queue", "all"),
}
# Nobody turns so many pages; a longer number is a mistake.
PAGE_DIGITS = 5


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
    files = _files(request.GET.get("files", ""), queue)
    number = _page_number(request.GET.get("page", ""))
    found = review_queue(
        actor=request.actor,
        queue=queue,
        files=files,
        skip=(number - 1) * REVIEW_PAGE,
        limit=REVIEW_PAGE + 1,
    )
    rows, more = found[:REVIEW_PAGE], len(found) > REVIEW_PAGE
    warned = open_flags([row.claim_id for row in rows])
    counts = review_counts(actor=request.actor, queue=queue)
    context = {
        "rows": [
            (row, (request.at - row.since).days, request.at > row.due_at, warned.get(row.claim_id))
            for row in rows
        ],
        "page": number,
        "before": number - 1,
        "after": number + 1 if more else 0,
        "taking": [(each, estimate(each.progress)) for each in being_taken(actor=request.actor)],
        "half": half_taken([row.claim_id for row in rows]),
        "lacking": lacking_of([row.claim_id for row in rows]),
        "queue": queue,
        **_shown(rows, files, counts | {Files.ALL.value: counts[queue]}, request.at),
        "queues": [(each.value, each.label, counts[each.value]) for each in QUEUES],
        "hours": TARGET_HOURS[queue],
        "pairs": open_duplicates(actor=request.actor),
        "acts": acts_waiting(actor=request.actor),
        "objections": [
            (each, may_hear(each, request.actor)) for each in objections(actor=request.actor)
        ],
    }
    return render(request, "web/review/queue.html", context)


def _shown(
    rows: list[ReviewRow], files: Files, counts: dict[str, int], at: datetime
) -> dict[str, Any]:
    """Return what the head of a queue says: which claims these are, how many, and how old."""
    oldest = min((row.created_at for row in rows), default=None)
    return {
        "files": files,
        "filings": [(each.value, FILINGS[each], counts[each]) for each in Files],
        "shown": FILINGS[files],
        "elsewhere": counts[Files.NONE] if files == Files.WITH else 0,
        "denied": sum(row.denied for row in rows),
        "oldest": (at - oldest).days if oldest else None,
        "waiting": counts[files],
    }


def _files(asked: str, queue: str) -> Files:
    """Return which claims are shown; a new one without papers is nothing a reviewer can work on."""
    usual = Files.WITH if queue == ReviewQueue.NEW else Files.ALL
    return Files(asked) if asked in set(Files) else usual


def _page_number(asked: str) -> int:
    return max(int(asked), 1) if asked.isdecimal() and len(asked) < PAGE_DIGITS else 1


def _checks(
    view: ClaimView, warnings: list[FlagRow], amount: VerificationView | None, chain: Chain
) -> list[Check]:
    """Return what the data themselves say; the reviewer looks at the papers."""
    dated = view.contract_on is not None and view.contract_on <= view.due_on
    signed = [each for row in view.evidence if row.usable for each in signatures_of(row.findings)]
    return [
        *_amount_and_title(amount, chain, view),
        Check(now_("Every paper that is needed is there"), view.papers.complete),
        Check(
            now_("No signature in a file is broken"),
            not any(each.tone == "bad" for each in signed) if view.evidence else None,
            now_("look at the file that was changed")
            if view.evidence
            else now_("no file is here yet"),
        ),
        Check(now_("The contract came before the due day"), dated or None),
        Check(
            now_("The debtor can be reached"),
            bool(view.reachable) or None,
            now_(
                "else it cannot be placed; an address counts once its city, province or country is"
                " known"
            ),
        ),
        _warned(view, warnings),
    ]


def _warned(view: ClaimView, warnings: list[FlagRow]) -> Check:
    """Return whether a warning is open or was confirmed; before the checks nobody knows."""
    words = now_("No warning is open or confirmed")
    if any(each.state == "confirmed" for each in warnings):
        return Check(words, ok=False, hint=now_("a warning was confirmed"))
    if any(each.state == "open" for each in warnings):
        return Check(words, ok=False, hint=now_("a warning waits for a decision"))
    return Check(words, ok=None if view.unseen else True, hint=now_("the checks have not run yet"))


def _amount_and_title(
    amount: VerificationView | None, chain: Chain, view: ClaimView
) -> list[Check]:
    """Return what the contract, calculated again, and the chain of creditors say."""
    known = amount is not None and amount.outcome != Outcome.CANNOT
    right = not amount.too_much if amount is not None and known else None
    doubted = bool(right and amount is not None and amount.cautions)
    return [
        Check(
            now_("The amount follows from contract and law"),
            None if doubted else right,
            _hint(known=known, doubted=doubted),
        ),
        _title(chain, view),
    ]


def _title(chain: Chain, view: ClaimView) -> Check:
    """Return what the chain says; without steps or files nothing shows whose claim it is."""
    words = now_("The claim is the creditor's")
    if not chain.unbroken:
        return Check(words, ok=False, hint=now_("the chain breaks"))
    if view.case.links and not chain.steps:
        return Check(words, ok=None, hint=now_("from whom it was assigned was not told"))
    if not chain.told:
        return Check(words, ok=None, hint=now_("the debtor was not told yet"))
    return Check(words, ok=True if view.evidence else None, hint=now_("no file is here yet"))


def _hint(*, known: bool, doubted: bool) -> str:
    if doubted:
        return now_("the sums agree, but the rate needs your judgement: answer it in the note")
    return now_("see the calculation") if known else now_("the contract's terms are missing")


@page(Permission.VERIFY_CLAIMS)
def verify_page(request: StaffRequest, claim_id: UUID) -> HttpResponse:
    """Show one claim beside its evidence, its warnings with their reasons, and the decision."""
    return shown(request, claim_id, {}, 200)


def shown(
    request: StaffRequest, claim_id: UUID, sent: Mapping[str, forms.Form], status: int
) -> HttpResponse:
    """Draw the page of a claim; forms that were refused keep what was typed."""
    view = claim_for(claim_id=claim_id, actor=request.actor)
    warnings = flags(claim_id)
    check = verification_for(claim_id=claim_id, actor=request.actor)
    chain = chain_for(claim_id=claim_id, actor=request.actor)
    pairs = duplicates_of(claim_id=claim_id, actor=request.actor)
    context = {
        "claim": view,
        "told_by_hand": came_by_hand(view),
        "half": bool(half_taken([claim_id])),
        "terms": equation(view, as_day(request.at)),
        "changes": view.changes[::-1],
        "holds": hold_marks(view.holds),
        "score": score(claim_id=claim_id, on=as_day(request.at)),
        "checks": _checks(view, warnings, check, chain),
        "points": contact_points(view.debtor_id),
        "evidence": items_of(view),
        "law": law_of(view, as_day(request.at)),
        "check": check,
        "agreed": agreed_for(claim_id=claim_id, actor=request.actor),
        "chain": chain,
        "acts": acts_of(claim_id),
        "pair_form": sent.get("pair_form", PairForm()),
        **beside(view, pairs, warnings, request.actor),
        **decision_for(view, request.actor, check, sent),
        **hearing_for(view, request.actor, sent),
    }
    return render(request, "web/review/claim.html", context, status=status)
