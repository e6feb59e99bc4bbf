"""Payments and statements: what came in, how it was divided, what was paid out; with files."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from qinghe.parties.queries import organisations
from qinghe.parties.roles import Permission, may
from qinghe.settlement.documents import (
    parts_of,
    statement_csv,
    statement_pdf,
    statement_xlsx,
)
from qinghe.settlement.objection_terms import Ground
from qinghe.settlement.queries import (
    Statement,
    currencies,
    earnings,
    payments,
    payouts,
    statement,
)
from qinghe.settlement.queries.runs import came_back, purses
from qinghe.settlement.terms import PaymentState
from qinghe.web.doors import StaffRequest, page
from qinghe.web.formats import as_day
from qinghe.web.numbers import ids, page_asked, some_day

PAGE = 50
# Booked still, and somebody wants it undone.
ASKED = "asked"
# Of a statement on one page; its files have all.
LINES = 100
TYPES = {
    "pdf": "application/pdf",
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@page(Permission.SEE_STATEMENTS)
def payment_list(request: StaffRequest) -> HttpResponse:
    """Show the payments this actor may see, and how each was divided."""
    number = page_asked(request.GET)
    state = request.GET.get("state", "")
    rows = payments(
        actor=request.actor,
        asked_at=request.at if state == ASKED else None,
        state=state if state in PaymentState.values else None,
        offset=(number - 1) * PAGE,
        limit=PAGE + 1,
    )
    context = {
        "rows": rows[:PAGE],
        "more": len(rows) > PAGE,
        "number": number,
        "state": state,
        "states": [*PaymentState.choices, (ASKED, _("Undoing asked for"))],
        "reports": may(request.actor, Permission.REPORT_PAYMENTS),
        "reverses": may(request.actor, Permission.MANAGE_PAYMENTS),
    }
    return render(request, "web/money/payments.html", context)


def _period(asked: QueryDict, today: date) -> tuple[date, date]:
    """Return the days asked for; the month so far when nothing or nonsense was asked."""
    first = some_day(asked.get("from"), today.replace(day=1))
    last = some_day(asked.get("to"), today)
    return (first, last) if first <= last else (today.replace(day=1), today)


def _statement(request: StaffRequest) -> Statement:
    starts_on, ends_on = _period(request.GET, as_day(request.at))
    return statement(
        actor=request.actor,
        starts_on=starts_on,
        ends_on=ends_on,
        org_id=next(iter(ids([request.GET.get("org", "")])), None),
        currency=request.GET.get("currency") or None,
    )


def _months(today: date) -> list[tuple[date, date]]:
    """Return the last six months as (first day, last day), the newest first."""
    found, last = [], today
    for _month in range(6):
        first = last.replace(day=1)
        found.append((first, last))
        last = first - timedelta(days=1)
    return found


@page(Permission.SEE_STATEMENTS)
def statement_page(request: StaffRequest) -> HttpResponse:
    """Show the statement of an organisation over a period, from the ledger itself, in pages."""
    found = _statement(request)
    context: dict[str, Any] = {
        "statement": found,
        "page": Paginator(found.lines, LINES).get_page(request.GET.get("page")),
        "payments": found.payments[:PAGE],
        "parts": parts_of(found),
        "currencies": currencies(actor=request.actor, org_id=found.organisation_id),
        "months": _months(as_day(request.at)),
        "orgs": organisations() if request.actor.role == "operator" else [],
        "objects": request.actor.org_id == found.organisation_id,
        "grounds": Ground.choices,
    }
    return render(request, "web/money/statement.html", context)


@page(Permission.SEE_STATEMENTS)
def statement_file(request: StaffRequest, fmt: str) -> HttpResponse:
    """
    Download the statement as PDF, CSV or XLSX.

    :raises Http404: another format
    """
    if fmt not in TYPES:
        raise Http404
    found = _statement(request)
    made = {
        "pdf": lambda: statement_pdf(found, at=request.at),
        "csv": lambda: statement_csv(found),
        "xlsx": lambda: statement_xlsx(found, at=request.at),
    }
    content = made[fmt]()
    name = f"statement-{found.starts_on.isoformat()}-{found.ends_on.isoformat()}.{fmt}"
    return HttpResponse(
        content,
        content_type=TYPES[fmt],
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@page(Permission.SEE_STATEMENTS)
def own_payout_page(request: StaffRequest) -> HttpResponse:
    """Show an organisation what is paid to it, in which state, and why something is not."""
    rows = payouts(actor=request.actor) if request.actor.org_id else []
    context = {
        "purses": purses(actor=request.actor, at=request.at),
        "rows": rows,
        "back": came_back(actor=request.actor),
    }
    return render(request, "web/money/own_payouts.html", context)


@page(Permission.TAKE_ORDERS)
def earning_page(request: StaffRequest) -> HttpResponse:
    """Show what a collector earned, what waits for quality, and what was paid out."""
    context = {
        "earnings": earnings(actor=request.actor),
        "payouts": payouts(actor=request.actor),
        "rows": payments(actor=request.actor, limit=20),
    }
    return render(request, "web/money/earnings.html", context)
