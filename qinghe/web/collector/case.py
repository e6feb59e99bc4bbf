"""The case page: the amount as an equation, the budget, one timeline, the next lawful step."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render

from qinghe.casework.queries import Suggestion, TimelineItem, items_of, work_on
from qinghe.casework.queries.history import history_of
from qinghe.claims.queries import ClaimView, view_of
from qinghe.contact.queries import (
    AttemptRow,
    BudgetView,
    Explanation,
    attempts_of_claim,
    budget_of,
    explain,
)
from qinghe.contact.queries.worker import obstacle
from qinghe.contact.terms import AttemptState
from qinghe.market.queries import mandate_for
from qinghe.market.refusals import NoMandate
from qinghe.parties.roles import Permission
from qinghe.web.claimparts import equation, hold_marks
from qinghe.web.collector.actions import icon_of
from qinghe.web.collector.compose import composer
from qinghe.web.collector.forms import case_forms
from qinghe.web.collector.walk import place_of
from qinghe.web.contactparts import budget_part, why_not
from qinghe.web.doors import StaffRequest, page
from qinghe.web.formats import as_day
from qinghe.web.happenings import happenings, shown
from qinghe.web.mandatepage import clocks_of
from qinghe.web.numbers import ids


def _refusal(request: StaffRequest, claim_id: UUID) -> Explanation | None:
    """Return the decision just made, when the address names an attempt on this claim."""
    asked = ids([request.GET.get("attempt", "")])
    if not asked:
        return None
    found = explain(attempt_id=asked[0], actor=request.actor)
    return found if found.claim_id == claim_id else None


def _timeline(request: StaffRequest, view: ClaimView, items: list[TimelineItem]) -> dict[str, Any]:
    tagged = happenings(items=items, claim_id=view.id)
    return shown(tagged, kind=request.GET.get("kind", ""), everything="all" in request.GET)


def _without_outcome(attempts: list[AttemptRow]) -> AttemptRow | None:
    """Return the newest call that was let through and whose outcome is not recorded."""
    through = (AttemptState.PERMITTED, AttemptState.SENDING, AttemptState.DONE)
    calls = (a for a in attempts if a.channel == "voice" and a.state in through and not a.outcome)
    return next(calls, None)


def _left(day: BudgetView, attempts: list[AttemptRow]) -> dict[str, Any]:
    return {
        "budget": budget_part(day, attempts),
        "why_not": why_not(day),
        "pack": day.pack,
        "call": _without_outcome(attempts),
    }


def _right(
    request: StaffRequest, view: ClaimView, day: BudgetView, suggested: Suggestion
) -> dict[str, Any]:
    asked = {key: request.GET.get(key, "") for key in ("channel", "template")}
    return {
        "next": suggested,
        "next_icon": icon_of(suggested.code),
        "composer": composer(view, day, request.org_name, asked, as_day(request.at)),
        **case_forms(view.currency),
    }


@page(Permission.WORK_CASES)
def case(request: StaffRequest, claim_id: UUID) -> HttpResponse:
    """Show one case to the collector that holds its mandate."""
    mandate = mandate_for(claim_id=claim_id, actor=request.actor, at=request.at)
    view = view_of(mandate.claim)
    day = budget_of(claim=mandate.claim, mandate=mandate, at=request.at)
    attempts = attempts_of_claim(claim_id=claim_id, actor=request.actor)
    work = work_on(claim_id=claim_id, actor=request.actor, at=request.at)
    if work.suggestion is None:
        raise NoMandate
    context = {
        "claim": view,
        "mandate": mandate,
        "place": place_of(request, claim_id),
        "days_left": (mandate.ends_at - request.at).days,
        "terms": equation(view, as_day(request.at)),
        "holds": hold_marks(view.holds),
        "refusal": _refusal(request, claim_id),
        "obstacle": obstacle(mandate_id=mandate.id, actor=request.actor, at=request.at),
        "plan": work.plan,
        "promised": work.promised,
        "history": history_of(mandate),
        **clocks_of(request, mandate),
        **_left(day, attempts),
        **_timeline(request, view, items_of(view=view, attempts=attempts, work=work)),
        **_right(request, view, day, work.suggestion),
    }
    return render(request, "web/collector/case.html", context)
