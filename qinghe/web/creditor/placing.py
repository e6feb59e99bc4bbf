"""Publish claims: what would happen, on which terms; and the listings that are open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django_stubs_ext import StrPromise

from qinghe.market.contracts.figures import LONGEST_LEVEL, USUAL, Levels
from qinghe.market.placing import Passed
from qinghe.market.queries import StandingRow, hall, standing_of
from qinghe.market.queries.preview import preview
from qinghe.market.queries.prospect import prospect
from qinghe.market.queries.signed import PlanRow, commission_plans
from qinghe.market.services import place_own_team_many, publish_many, withdraw_listing
from qinghe.market.terms import Grade, Mode
from qinghe.parties.queries import organisations
from qinghe.parties.roles import Permission
from qinghe.parties.terms import OrgKind, OrgState
from qinghe.web.creditor.expecting import plan_told, spoken, wished
from qinghe.web.creditor.inviting import closing_field, invited, usual_closing
from qinghe.web.creditor.packages import USUAL as SIZES
from qinghe.web.creditor.packages import packaged, size_field
from qinghe.web.doors import StaffRequest, acted, formed, page, refusals_in
from qinghe.web.numbers import ids, page_asked, whole
from qinghe.web.sentences import reasons_of

HUNDRED = Decimal(100)
# Collectors a person compares before choosing one.
SHOWN = 50
GRADES = list(Grade.values)
COLLECTOR_MODES = (Mode.DESIGNATED, Mode.OWN_TEAM)


@dataclass(frozen=True)
class Outcome:
    """What became of the claims in words, and why some were not offered."""

    said: str
    passed: list[Passed]


def _days(label: StrPromise) -> forms.IntegerField:
    """Return a field of a service level; left empty, the usual one counts."""
    return forms.IntegerField(label=label, min_value=1, max_value=LONGEST_LEVEL, required=False)


class TermsForm(forms.Form):
    """On which terms claims are offered. Rates are typed in per cent."""

    mode = forms.ChoiceField(
        label=_("How"),
        choices=[
            (Mode.GRAB, _("In the order hall: the first suitable collector takes it")),
            (Mode.BID, _("By sealed bids: collectors name their commission, the best one gets it")),
            (Mode.DISPATCH, _("By dispatch: to whoever is expected to do best with it")),
            (Mode.DESIGNATED, _("To one collector, who accepts it")),
            (Mode.PACKAGE, _("In packages: one collector takes all orders of a package or none")),
            (Mode.OWN_TEAM, _("To the operator's own team, at once")),
        ],
        widget=forms.RadioSelect,
    )
    collector = forms.ChoiceField(label=_("Collector"), required=False)
    commission = forms.DecimalField(
        label=_("Commission, % of what is recovered"),
        min_value=0,
        max_value=50,
        decimal_places=2,
        help_text=_("For sealed bids: the highest you accept. No bidder sees it."),
    )
    closes_at = closing_field()
    quality = forms.DecimalField(
        label=_("Part of it that hangs on quality, %"),
        min_value=1,
        max_value=100,
        decimal_places=2,
        help_text=_("Paid only without justified complaints. It cannot be zero."),
    )
    plan = forms.ChoiceField(
        label=_("Commission plan"),
        required=False,
        help_text=_("A plan gives the rate of each case; the two figures above then do not count."),
    )
    period_days = forms.IntegerField(label=_("Period in days"), min_value=1, max_value=365)
    smallest = size_field(
        _("Orders in a package, at least (packages only)"),
        _("If fewer are left because some were stopped or paid, the package ends."),
    )
    largest = size_field(_("Orders in a package, at most (packages only)"))
    first_action_days = _days(_("First action within days"))
    idle_days = _days(_("Longest idle time in days"))
    report_days = _days(_("A report every so many days"))

    def __init__(self, *args: Any, plans: Sequence[PlanRow], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen = self.fields["plan"]
        assert isinstance(chosen, forms.ChoiceField)
        named = [(str(row.id), f"{row.name} ({row.version})") for row in plans]
        chosen.choices = [("", _("None: one rate for every case")), *named]
        kinds = (OrgKind.AGENCY, OrgKind.OWN_TEAM)
        self.collectors = {str(o.pk): o for o in organisations(kinds=kinds, state=OrgState.ACTIVE)}
        names = [(pk, f"{o.name} ({o.get_kind_display()})") for pk, o in self.collectors.items()]
        field = self.fields["collector"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("Nobody in particular")), *names]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        mode, chosen = data.get("mode"), self.collectors.get(data.get("collector", ""))
        if mode in COLLECTOR_MODES and chosen is None:
            self.add_error("collector", _("Choose the collector."))
        elif mode == Mode.OWN_TEAM and chosen and chosen.kind != OrgKind.OWN_TEAM:
            self.add_error("collector", _("Choose the own team."))
        if mode == Mode.BID and "closes_at" in data and data["closes_at"] is None:
            self.add_error("closes_at", _("Say until when bids may be handed in."))
        if mode == Mode.OWN_TEAM and data.get("plan"):
            self.add_error("plan", _("The own team works at one rate; choose no plan."))
        if mode == Mode.PACKAGE and data.get("plan"):
            self.add_error("plan", _("A package has one commission for all; choose no plan."))
        return data

    def terms(self) -> dict[str, Any]:
        """Return the terms as the market wants them: shares of one."""
        return {
            "commission_rate": self.cleaned_data["commission"] / HUNDRED,
            "quality_share": self.cleaned_data["quality"] / HUNDRED,
            "period_days": self.cleaned_data["period_days"],
        }

    def more(self) -> dict[str, Any]:
        """Return what an order in the hall is offered on besides: the plan, service levels."""
        data = self.cleaned_data
        levels = Levels(**{name: data[name] or usual for name, usual in vars(USUAL).items()})
        return {"plan_id": UUID(data["plan"]) if data["plan"] else None, "levels": levels}

    def chosen(self) -> UUID | None:
        """Return the collector, where the mode has one."""
        asked = self.cleaned_data["collector"]
        return UUID(asked) if asked and self.cleaned_data["mode"] in COLLECTOR_MODES else None


def _asked(sent: QueryDict) -> list[UUID] | None:
    """Return the claims that were ticked, or None for all that are ready."""
    return None if sent.get("all") else ids(sent.getlist("claim"))


def _offer(request: StaffRequest, form: TermsForm, claim_ids: list[UUID]) -> Outcome:
    """Publish or place what can be."""
    given = {"claim_ids": claim_ids, **form.terms(), "actor": request.actor, "at": request.at}
    chosen = form.chosen()
    if form.cleaned_data["mode"] == Mode.OWN_TEAM and chosen:
        levels = form.more()["levels"]
        placed = place_own_team_many(collector_id=chosen, levels=levels, **given)
        words = ngettext(
            "%(n)d claim was placed with the own team.",
            "%(n)d claims were placed with the own team.",
            placed.placed,
        )
        return Outcome(words % {"n": placed.placed}, placed.passed)
    if form.cleaned_data["mode"] == Mode.BID:
        return Outcome(*invited(given, form.cleaned_data["closes_at"]))
    if form.cleaned_data["mode"] == Mode.PACKAGE:
        return Outcome(*packaged(given, form.cleaned_data, form.more()["levels"]))
    given = {**given, **form.more()}
    done = publish_many(mode=form.cleaned_data["mode"], designated_to=chosen, **given)
    words = ngettext("%(n)d claim was listed.", "%(n)d claims were listed.", done.listed)
    return Outcome(words % {"n": done.listed}, done.passed)


def _tell(request: StaffRequest, said: str, passed: list[Passed]) -> None:
    """Say how many were offered, and which others were not and why."""
    messages.success(request, said)
    for each in reasons_of(passed):
        words = ngettext(
            "%(n)d claim was not: %(why)s", "%(n)d claims were not: %(why)s", each.claims
        )
        told = words % {"n": each.claims, "why": each.words}
        messages.warning(request, f"{told} {each.which}".strip())


def _changed(form: TermsForm, sent: QueryDict, placeable: int) -> bool:
    """Refuse to place fewer claims than the page promised; it says anew what would happen."""
    promised = whole(sent.get("seen"), placeable)
    if placeable >= promised:
        return False
    words = ngettext(
        "On these terms %(n)d of %(seen)d claims can be placed; why is told under “What will "
        "happen”. Press again to place it, or change the terms.",
        "On these terms %(n)d of %(seen)d claims can be placed; why is told under “What will "
        "happen”. Press again to place them, or change the terms.",
        placeable,
    )
    form.add_error(None, words % {"n": placeable, "seen": promised})
    return True


def _collectors(form: TermsForm, at: datetime) -> list[tuple[Any, StandingRow | None]]:
    """Return collectors that could be chosen with what is published of each, the best first."""
    firms = list(form.collectors.values())
    told = standing_of([firm.pk for firm in firms], at)

    def place(firm: Any) -> tuple[int, str]:
        row = told.get(firm.pk)
        return (-GRADES.index(row.grade) if row else 1, firm.name)

    return [(firm, told.get(firm.pk)) for firm in sorted(firms, key=place)[:SHOWN]]


def _first(at: datetime) -> dict[str, Any]:
    """Return the terms that the form begins with."""
    return {
        "mode": Mode.GRAB,
        "commission": 12,
        "quality": 25,
        "period_days": 90,
        "closes_at": usual_closing(at),
        **SIZES,
        **vars(USUAL),
    }


@page(Permission.PLACE_CLAIMS, methods=("GET", "POST"))
def publish(request: StaffRequest) -> HttpResponse:
    """Show how many of the chosen claims can be offered and why others not; then offer them."""
    sent = request.POST if request.method == "POST" else request.GET
    asked = _asked(sent)
    if asked == []:
        every = preview(claim_ids=None, actor=request.actor, at=request.at)
        return render(request, "web/creditor/publish_none.html", {"found": every})
    plans = commission_plans(actor=request.actor)
    bound = request.POST if "mode" in request.POST else None
    form = TermsForm(bound, initial=_first(request.at), plans=plans)
    told = plan_told(form, plans)
    wish, actor, at = wished(form), request.actor, request.at
    outlook = prospect(claim_ids=asked, actor=actor, at=at, plan=told, wish=wish)
    found = outlook.preview
    ready = form.is_bound and form.is_valid() and "look" not in request.POST
    if ready and not _changed(form, request.POST, len(found.placeable)):
        with refusals_in(form):
            done = _offer(request, form, list(found.placeable) if asked is None else asked)
            _tell(request, done.said, [*(found.passed if asked is None else ()), *done.passed])
            return redirect("web:listings")
    context = {
        "collectors": _collectors(form, request.at),
        "found": found,
        "outlook": spoken(outlook, told),
        "passed": reasons_of(found.passed),
        "every": bool(sent.get("all")),
    }
    return formed(request, "web/creditor/publish.html", context, form)


@page(Permission.PLACE_CLAIMS)
def listings(request: StaffRequest) -> HttpResponse:
    """Show the open listings of this creditor (or, to the operator, of all)."""
    found = hall(actor=request.actor, at=request.at, page=page_asked(request.GET))
    return render(request, "web/creditor/listings.html", {"found": found, "page": found})


@page(Permission.PLACE_CLAIMS, methods=("POST",))
def listing_withdraw(request: StaffRequest, listing_id: UUID) -> HttpResponse:
    """Take an open listing out of the hall."""

    def act() -> object:
        return withdraw_listing(listing_id=listing_id, actor=request.actor, at=request.at)

    return acted(request, act, to="web:listings", done=_("The listing was withdrawn."))
