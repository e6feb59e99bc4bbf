"""One mandate for its two sides: period, service, reports, quality, predicted against actual."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from qinghe.casework.queries.activity import service_view
from qinghe.kernel.actor import Role
from qinghe.market.queries import mandate_by_id
from qinghe.market.queries.extensions import extensions
from qinghe.market.queries.service import reports
from qinghe.market.services import report
from qinghe.market.terms import LIVE, NextStep, Outlook
from qinghe.parties.queries import org_name
from qinghe.parties.roles import Permission
from qinghe.settlement.comparing import REASONS
from qinghe.settlement.queries.comparison import by_collector, comparison, reviews
from qinghe.web.doors import StaffRequest, acted, page, unclear

WHY = {
    "amount": _("Another amount came in than expected"),
    "back": _("Payments were taken back"),
    "stage": _("The stage had moved on when the money came"),
    "ladder": _("Another step of the ladder was reached"),
    "quality": _("Quality part not earned"),
}


# The same where a column has no room for a sentence.
BRIEF = {
    "amount": _("Amount"),
    "back": _("Reversed"),
    "stage": _("Stage"),
    "ladder": _("Ladder"),
    "quality": _("Quality"),
}


class ReportForm(forms.Form):
    """How a case stands, in codes: nothing personal is passed on."""

    outlook = forms.ChoiceField(
        label=_("How it looks"), choices=[("", _("choose")), *Outlook.choices]
    )
    next_step = forms.ChoiceField(
        label=_("What comes next"), choices=[("", _("choose")), *NextStep.choices]
    )


def clocks_of(request: StaffRequest, mandate: Any) -> dict[str, Any]:
    """Return what the clocks of a mandate show: why its end moved, and what is due when."""
    return {
        "extended": extensions([mandate.pk]).get(mandate.pk, []),
        "service": service_view(mandate, request.at) if mandate.state in LIVE else None,
    }


@page(Permission.PLACE_CLAIMS, Permission.WORK_CASES)
def mandate(request: StaffRequest, mandate_id: UUID) -> HttpResponse:
    """Show everything about one mandate but the case itself."""
    found = mandate_by_id(mandate_id=mandate_id, actor=request.actor)
    compared = comparison(mandate_id=mandate_id, actor=request.actor)
    works = request.actor.role == Role.COLLECTOR
    context = {
        "mandate": found,
        "claim": found.claim,
        "works": works,
        "creditor": org_name(found.creditor_id),
        "collector": org_name(found.collector_id),
        "compared": compared,
        "lines": [(WHY[name], sum_) for name, sum_ in compared.lines] if compared else [],
        "reports": reports(mandate_id=mandate_id, actor=request.actor),
        "reviews": reviews(mandate_id=mandate_id, actor=request.actor),
        "report_form": ReportForm() if works and found.state == "active" else None,
        **clocks_of(request, found),
    }
    return render(request, "web/parts/mandate.html", context)


@page(Permission.WORK_CASES, methods=("POST",))
def mandate_report(request: StaffRequest, mandate_id: UUID) -> HttpResponse:
    """Send the creditor a report in codes."""
    form = ReportForm(request.POST)
    if not form.is_valid():
        return unclear(request, form, "web:mandate", mandate_id=mandate_id)

    def act() -> object:
        return report(
            mandate_id=mandate_id, **form.cleaned_data, actor=request.actor, at=request.at
        )

    done = _("The creditor has your report.")
    return acted(request, act, to="web:mandate", done=done, mandate_id=mandate_id)


@page(Permission.PLACE_CLAIMS, Permission.WORK_CASES)
def commission(request: StaffRequest) -> HttpResponse:
    """Show predicted and actual commission per collector, and why they differ."""
    rows = by_collector(actor=request.actor)
    context = {
        "rows": [(row, [(BRIEF[name], sum_) for name, sum_ in row.sums.lines]) for row in rows],
        "reasons": [(BRIEF[name], WHY[name]) for name in REASONS],
        "works": request.actor.role == Role.COLLECTOR,
    }
    return render(request, "web/parts/commission.html", context)
