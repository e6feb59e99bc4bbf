"""The first pages of creditors, operators and regulators, and a collector's quality record."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from qinghe.casework.queries import hardships, plans
from qinghe.claims.queries import batches, disputes
from qinghe.claims.queries.answers import left_to
from qinghe.claims.queries.papers import count_lacking
from qinghe.claims.queries.untold import untold
from qinghe.kernel.tables import as_csv
from qinghe.parties.roles import Permission
from qinghe.quality.queries import complaints
from qinghe.reporting.queries import (
    Figure,
    collector_dashboard,
    creditor_dashboard,
    operator_dashboard,
)
from qinghe.web.doors import StaffRequest, page
from qinghe.web.figures import figures_of, stage_chart, value_words
from qinghe.web.queues import nav_counts

LATEST = 5


@page(Permission.SUBMIT_CLAIMS)
def creditor_home(request: StaffRequest) -> HttpResponse:
    """Show a creditor what was claimed, what came back, and what waits for an answer."""
    board = creditor_dashboard(actor=request.actor, at=request.at)
    left = left_to(actor=request.actor, at=request.at)
    context = {
        "figures": figures_of(board.figures),
        "stages": board.stages,
        "chart": stage_chart(board.stages, board.currency),
        "batches": batches(actor=request.actor, limit=LATEST),
        "plans": plans(actor=request.actor),
        "hardships": hardships(actor=request.actor),
        "disputes": sorted(disputes(actor=request.actor), key=lambda each: each.due_at),
        "untold": untold(actor=request.actor),
        "asked": left.asked,
        "rejected": left.rejected,
        "lacking": count_lacking(actor=request.actor),
    }
    return render(request, "web/creditor/home.html", context)


@page(Permission.MANAGE_ACCOUNTS)
def operator_home(request: StaffRequest) -> HttpResponse:
    """Show the operator the market's figures and what waits for somebody."""
    board = operator_dashboard(actor=request.actor, at=request.at)
    context = {
        "figures": figures_of(board.figures),
        "stages": board.stages,
        "chart": stage_chart(board.stages, board.currency),
        "waits": nav_counts(request),
    }
    return render(request, "web/operator/home.html", context)


@page(Permission.SEE_FIGURES)
def regulator_home(request: StaffRequest) -> HttpResponse:
    """Show the market's figures, each with its numerator and denominator."""
    board = operator_dashboard(actor=request.actor, at=request.at)
    rows = [(each, value_words(each)) for each in board.figures]
    context = {"rows": rows, "stages": board.stages, "currency": board.currency}
    return render(request, "web/regulator/home.html", context)


@page(Permission.SEE_FIGURES)
def figures_file(request: StaffRequest) -> HttpResponse:
    """Download the figures as CSV: definition, value, numerator, denominator."""
    board = operator_dashboard(actor=request.actor, at=request.at)
    head = [_("Definition"), _("Figure"), _("Value"), _("Counted"), _("Divided by"), _("Currency")]
    return HttpResponse(
        as_csv([head, *[_line(each) for each in board.figures]]),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="figures.csv"'},
    )


def _line(each: Figure) -> list[object]:
    value = "" if each.value is None else f"{float(each.value):.6g}"
    below = "" if each.denominator is None else each.denominator
    return [
        each.definition_id,
        str(each.definition.title),
        value,
        each.numerator,
        below,
        each.currency,
    ]


@page(Permission.TAKE_ORDERS)
def quality_record(request: StaffRequest) -> HttpResponse:
    """Show a collector its own record: what moves its commission and its standing."""
    board = collector_dashboard(actor=request.actor, at=request.at)
    context = {
        "figures": figures_of(board.figures),
        "complaints": complaints(actor=request.actor),
        "stages": board.stages,
    }
    return render(request, "web/collector/quality.html", context)
