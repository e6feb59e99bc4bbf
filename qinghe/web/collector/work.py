"""My orders: the worklist with the next best action and its reason; promises by day."""

from __future__ import annotations

import calendar
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from qinghe.casework.queries import (
    PromiseRow,
    call_backs,
    plans,
    promises,
    worklist,
)
from qinghe.casework.queries.next_action import STEPS
from qinghe.casework.terms import PlanState, PromiseState
from qinghe.claims.terms import Stage
from qinghe.parties.roles import Permission
from qinghe.web.collector.actions import icon_of
from qinghe.web.collector.filters import filters_of
from qinghe.web.collector.walk import keep
from qinghe.web.doors import StaffRequest, page
from qinghe.web.formats import as_day
from qinghe.web.numbers import page_asked, some_day

MANY = 5


@dataclass(frozen=True)
class Day:
    """One cell of the calendar; `rows` are the promises due that day."""

    on: date
    inside: bool
    today: bool
    rows: Sequence[PromiseRow]

    @property
    def busy(self) -> bool:
        """Tell whether many promises fall due."""
        return len(self.rows) >= MANY


def _action_words(code: str) -> str:
    """Return the title of an action, or its reason where several share the title; no full stop."""
    steps = [step.suggestion for step in STEPS]
    found = next((each for each in steps if each.code == code), None)
    if found is None:
        return code
    shared = sum(1 for each in steps if str(each.title) == str(found.title)) > 1
    return str(found.reason if shared else found.title).rstrip(".。")


@page(Permission.WORK_CASES)
def orders(request: StaffRequest) -> HttpResponse:
    """Show the cases of this collector, the most urgent first, with what to do next and why."""
    asked = request.GET
    filters = filters_of(asked)
    found = worklist(actor=request.actor, at=request.at, filters=filters, page=page_asked(asked))
    keep(request, found)
    context = {
        "found": found,
        "page": found,
        "rows": [(row, icon_of(row.next_action.code)) for row in found.rows],
        "filters": filters,
        "actions": [(code, _action_words(code), n) for code, n in found.by_action.items()],
        "stages": [s for s in Stage if s != Stage.M0],
    }
    return render(request, "web/collector/orders.html", context)


@page(Permission.WORK_CASES)
def workbench(request: StaffRequest) -> HttpResponse:
    """Open the most urgent case; the others follow in their order."""
    found = worklist(actor=request.actor, at=request.at)
    keep(request, found)
    first = next(iter(found.rows), None)
    return redirect("web:case", first.claim_id) if first else redirect("web:orders")


def _weeks(month: date, rows: Sequence[PromiseRow], today: date) -> list[list[Day]]:
    weeks = calendar.Calendar().monthdatescalendar(month.year, month.month)
    return [
        [
            Day(on, on.month == month.month, on == today, [r for r in rows if r.due_on == on])
            for on in week
        ]
        for week in weeks
    ]


@page(Permission.WORK_CASES)
def promise_calendar(request: StaffRequest) -> HttpResponse:
    """Show a month of promises by due day, the planned calls, and the plans that run."""
    today = as_day(request.at)
    month = some_day(f"{request.GET.get('month', '')}-01", today).replace(day=1)
    after = (month + timedelta(days=31)).replace(day=1)
    rows = promises(actor=request.actor, states=PromiseState.values, due=(month, after))
    context = {
        "weeks": _weeks(month, rows, today),
        "month": month,
        "before": month - timedelta(days=1),
        "after": after,
        "rows": rows,
        "names": [_("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun")],
        "calls": call_backs(actor=request.actor),
        "plans": plans(actor=request.actor, states=(PlanState.PROPOSED, PlanState.ACTIVE)),
    }
    return render(request, "web/collector/promises.html", context)
