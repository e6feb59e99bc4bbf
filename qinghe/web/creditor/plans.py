"""Commission plans: written as figures, read as sentences, tried out before anybody signs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _

from qinghe.kernel.money import exponent
from qinghe.market.commission.plan import LAST_HAND, STAGES
from qinghe.market.contracts.figures import Figures, sentences
from qinghe.market.queries.signed import commission_plan, commission_plans
from qinghe.market.refusals import BadCommissionPlan
from qinghe.market.services import retire_plan, write_plan
from qinghe.market.terms import Measure
from qinghe.parties.roles import Permission
from qinghe.web.doors import StaffRequest, acted, formed, page, refusals_in
from qinghe.web.formats import as_day, chinese
from qinghe.web.numbers import whole
from qinghe.web.simulated import Asked, simulation

HUNDRED = Decimal(100)
CURRENCY = "CNY"
STEPS = (1, 2, 3)
USUAL = {"M1": 8, "M2": 12, "M3": 16, "M4": 20, "M5": 24, "M6": 28, "M7": 32}
# Which field of the form a refused figure stands in.
PLACES = {
    "name": "name",
    "ladder.steps": "from_1",
    "quality.share": "share",
    "quality.weights": "weight_complaints",
}
WEIGHTS = {"complaints": 40, "promises": 20, "refusals": 20, "documentation": 20}


def _per_cent(label: Any, **more: Any) -> forms.DecimalField:
    given = {"min_value": 0, "max_value": 100, "decimal_places": 2, **more}
    return forms.DecimalField(label=label, **given)


class PlanForm(forms.Form):
    """A commission plan in per cent: base rates, more for later hands, a ladder, quality."""

    name = forms.CharField(label=_("Name"), max_length=80)
    second = _per_cent(_("Added for the second hand, points"), max_value=20, initial=3)
    third = _per_cent(_("Added from the third hand on, points"), max_value=20, initial=6)
    share = _per_cent(_("Part that hangs on quality, %"), min_value=1, initial=25)
    review_days = forms.IntegerField(
        label=_("Decided after days"), min_value=1, max_value=180, initial=30
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for stage in STAGES:
            label = now("%(stage)s, %%") % {"stage": stage}
            self.fields[f"rate_{stage}"] = _per_cent(label, max_value=50, initial=USUAL[stage])
        for step in STEPS:
            start = now("Step %(n)d: from %% recovered") % {"n": step}
            more = now("Step %(n)d: added points") % {"n": step}
            self.fields[f"from_{step}"] = _per_cent(start, required=False)
            self.fields[f"add_{step}"] = _per_cent(more, required=False, max_value=20)
        for measure in Measure:
            initial = WEIGHTS[measure.value]
            self.fields[f"weight_{measure.value}"] = _per_cent(measure.label, initial=initial)

    def content(self) -> dict[str, Any]:
        """Return the plan as data; a step without a beginning is none."""
        data = self.cleaned_data
        hands = (([1], Decimal(0)), ([2], data["second"]), (None, data["third"]))
        later = list(range(3, LAST_HAND + 1))
        rows: list[dict[str, Any]] = [
            {
                "stages": [stage],
                "hands": later if which is None else which,
                "rate": _share(data[f"rate_{stage}"] + more),
            }
            for stage in STAGES
            for which, more in hands
        ]
        rows.append({"rate": _share(data[f"rate_{STAGES[0]}"])})
        steps = [
            {"from": _share(data[f"from_{n}"]), "add": _share(data[f"add_{n}"] or Decimal(0))}
            for n in STEPS
            if data[f"from_{n}"]
        ]
        weights = {each.value: _share(data[f"weight_{each.value}"]) for each in Measure}
        return {
            "rows": rows,
            "ladder": {"by": "share", "steps": steps},
            "quality": {
                "share": _share(data["share"]),
                "review_days": data["review_days"],
                "weights": weights,
            },
        }

    def groups(self) -> list[tuple[Any, list[forms.BoundField]]]:
        """Return the fields under their headings."""
        rates = [self[f"rate_{stage}"] for stage in STAGES]
        steps = [self[f"{part}_{n}"] for n in STEPS for part in ("from", "add")]
        weights = [self[f"weight_{measure.value}"] for measure in Measure]
        return [
            (_("Base rate by stage"), [*rates, self["second"], self["third"]]),
            (_("Ladder"), steps),
            (_("Quality"), [self["share"], self["review_days"], *weights]),
        ]


def _share(per_cent: Decimal) -> str:
    return str(per_cent / HUNDRED)


@contextmanager
def _said_in(form: PlanForm) -> Iterator[None]:
    """Put a refusal beside the figure that it is about."""
    with refusals_in(form):
        try:
            yield
        except BadCommissionPlan as refusal:
            where = PLACES.get(str(refusal.facts["field"]))
            if where is None:
                raise
            form.add_error(where, str(refusal.facts["why"]))


@page(Permission.PLACE_CLAIMS)
def plan_list(request: StaffRequest) -> HttpResponse:
    """Show the plans that can be offered."""
    retired = request.GET.get("retired") == "1"
    rows = commission_plans(actor=request.actor, retired=retired)
    context = {"rows": rows, "retired": retired}
    return render(request, "web/creditor/plans.html", context)


@page(Permission.PLACE_CLAIMS, methods=("GET", "POST"))
def plan_new(request: StaffRequest) -> HttpResponse:
    """Write a plan; under a known name, its next version."""
    form = PlanForm(request.POST or None)
    if form.is_bound and form.is_valid():
        with _said_in(form):
            made = write_plan(
                name=form.cleaned_data["name"],
                content=form.content(),
                actor=request.actor,
                at=request.at,
            )
            return redirect("web:plan", made.pk)
    return formed(request, "web/creditor/plan_new.html", {}, form)


@page(Permission.PLACE_CLAIMS)
def plan_page(request: StaffRequest, plan_id: UUID) -> HttpResponse:
    """Show a plan in sentences, and what it would pay in a case of one's choice."""
    row = commission_plan(plan_id=plan_id, actor=request.actor)
    plan = row.plan
    asked = _asked(request.GET)
    zero = Decimal(0)
    context = {
        "row": row,
        "sentences": sentences(Figures(zero, zero, 90, plan=plan), "zh" if chinese() else "en"),
        "asked": asked,
        "major": asked.owed // 10 ** exponent(CURRENCY),
        "stages": STAGES,
        "hands": range(1, LAST_HAND + 1),
        "sim": simulation(plan, asked, as_day(request.at)),
    }
    return render(request, "web/creditor/plan_page.html", context)


@page(Permission.PLACE_CLAIMS, methods=("POST",))
def plan_retire(request: StaffRequest, plan_id: UUID) -> HttpResponse:
    """Offer a plan no more."""

    def act() -> object:
        return retire_plan(plan_id=plan_id, actor=request.actor, at=request.at)

    return acted(request, act, to="web:plans", done=_("The plan is offered no more."))


def _asked(sent: QueryDict) -> Asked:
    stage = sent.get("stage", "")
    major = min(max(whole(sent.get("amount"), 10_000), 1), 10**9)
    return Asked(
        owed=major * 10 ** exponent(CURRENCY),
        stage=stage if stage in STAGES else STAGES[0],
        hand=min(max(whole(sent.get("hand"), 1), 1), LAST_HAND),
        currency=CURRENCY,
    )
