"""The integrity desk: flags that wait, one flag with its evidence, and how the rules have fared."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from qinghe.kernel.money import to_minor
from qinghe.parties.pairs import tied
from qinghe.parties.queries import display_names
from qinghe.parties.roles import Permission
from qinghe.parties.services import reveal
from qinghe.parties.terms import Purpose
from qinghe.quality.queries.integrity.desk import FlagView, flag_for, queue, rule_figures
from qinghe.quality.services.integrity.appealing import decide_objection, object_to
from qinghe.quality.services.integrity.deposits import call_deposit
from qinghe.quality.services.integrity.hearing import hear
from qinghe.quality.services.integrity.retiring import retire_rule, revive_rule
from qinghe.quality.services.integrity.ruling import decide_ruling, rule
from qinghe.quality.signs.table import number
from qinghe.settlement.queries.lowerings import lowerings_at_the_desk
from qinghe.web.compliance.integrityforms import (
    CURRENCY,
    AnswerForm,
    CallForm,
    HearForm,
    LetterForm,
    RetireForm,
    RuleForm,
)
from qinghe.web.doors import StaffRequest, acted, page, unclear

LIST = "web:integrity"
ONE = "web:integrity-flag"
RULES = "web:integrity-rules"


@page(Permission.SUSPEND)
def integrity_list(request: StaffRequest) -> HttpResponse:
    """Show the flags that wait, the oldest first, and those decided."""
    context = {
        "waiting": [(row, row.age(request.at)) for row in queue(actor=request.actor)],
        "decided": queue(actor=request.actor, decided=True),
        "lowered": lowerings_at_the_desk(actor=request.actor),
    }
    return render(request, "web/integrity/list.html", context)


@page(Permission.SUSPEND)
def integrity_flag(request: StaffRequest, flag_id: UUID) -> HttpResponse:
    """Show one flag: who, what, the evidence, the answers, and what may be decided."""
    view = flag_for(flag_id=flag_id, actor=request.actor)
    return render(request, "web/integrity/flag.html", _context(request, view))


@page(Permission.SUSPEND, methods=("POST",))
def integrity_hear(request: StaffRequest, flag_id: UUID) -> HttpResponse:
    """Ask the organisations of a flag for their side."""
    form = HearForm(request.POST)
    if not form.is_valid():
        return unclear(request, form, ONE, flag_id=flag_id)

    def act() -> object:
        return hear(flag_id=flag_id, **form.cleaned_data, actor=request.actor, at=request.at)

    return acted(
        request, act, to=ONE, done=_("Asked. They find it on their page."), flag_id=flag_id
    )


@page(Permission.SUSPEND, methods=("POST",))
def integrity_rule(request: StaffRequest, flag_id: UUID, org_id: UUID) -> HttpResponse:
    """Find a flag unfounded, or ask a second officer to agree to a sanction."""
    form = RuleForm(request.POST)
    if not form.is_valid():
        return unclear(request, form, ONE, flag_id=flag_id)
    told = form.cleaned_data
    done = _("Done.") if told["outcome"] == "unfounded" else _("A second officer decides.")

    def act() -> object:
        return rule(
            flag_id=flag_id,
            org_id=org_id,
            outcome=told["outcome"],
            reason=told["reason"],
            stop_days=told["stop_days"] or 0,
            damage=to_minor(told["damage"] or Decimal(0), CURRENCY),
            currency=CURRENCY,
            harmed_id=form.harmed_id(),
            actor=request.actor,
            at=request.at,
        )

    return acted(request, act, to=ONE, done=done, flag_id=flag_id)


@page(Permission.SUSPEND, methods=("POST",))
def ruling_decide(request: StaffRequest, flag_id: UUID, ruling_id: UUID) -> HttpResponse:
    """Agree to a sanction as the second officer, or not."""
    yes = request.POST.get("agreed") == "1"

    def act() -> object:
        return decide_ruling(ruling_id=ruling_id, agreed=yes, actor=request.actor, at=request.at)

    done = _("In force.") if yes else _("Dropped. Another decision can be asked for.")
    return acted(request, act, to=ONE, done=done, flag_id=flag_id)


@page(Permission.SUSPEND, methods=("POST",))
def ruling_letter(request: StaffRequest, flag_id: UUID, ruling_id: UUID) -> HttpResponse:
    """Record the objection that a suspended organisation sent by letter."""
    form = LetterForm(request.POST)
    if not form.is_valid():
        return unclear(request, form, ONE, flag_id=flag_id)

    def act() -> object:
        return object_to(
            ruling_id=ruling_id, **form.cleaned_data, actor=request.actor, at=request.at
        )

    done = _("On record. A third officer decides.")
    return acted(request, act, to=ONE, done=done, flag_id=flag_id)


@page(Permission.SUSPEND, methods=("POST",))
def ruling_objection(request: StaffRequest, flag_id: UUID, ruling_id: UUID) -> HttpResponse:
    """Decide an objection as a third officer."""
    form = AnswerForm(request.POST)
    if not form.is_valid():
        return unclear(request, form, ONE, flag_id=flag_id)

    def act() -> object:
        return decide_objection(
            ruling_id=ruling_id,
            accepted=request.POST.get("accepted") == "1",
            answer=form.cleaned_data["answer"],
            actor=request.actor,
            at=request.at,
        )

    return acted(request, act, to=ONE, done=_("Decided."), flag_id=flag_id)


@page(Permission.SUSPEND, methods=("POST",))
def ruling_call(request: StaffRequest, flag_id: UUID, ruling_id: UUID) -> HttpResponse:
    """Call a part of a deposit for a proven breach."""
    form = CallForm(request.POST)
    if not form.is_valid():
        return unclear(request, form, ONE, flag_id=flag_id)

    def act() -> object:
        return call_deposit(
            ruling_id=ruling_id,
            cover_id=form.cleaned_data["cover"],
            amount=to_minor(form.cleaned_data["amount"], CURRENCY),
            actor=request.actor,
            at=request.at,
        )

    done = _("Called. The operator books the money when it arrives.")
    return acted(request, act, to=ONE, done=done, flag_id=flag_id)


@page(Permission.SUSPEND)
def rule_list(request: StaffRequest) -> HttpResponse:
    """Show every rule, why its thresholds are so, and how often it was right."""
    lang = get_language() or "zh"
    rows = [(each, each.rule.because(lang)) for each in rule_figures(actor=request.actor)]
    return render(request, "web/integrity/rules.html", {"rows": rows, "form": RetireForm()})


@page(Permission.SUSPEND, methods=("POST",))
def rule_retire(request: StaffRequest, code: str) -> HttpResponse:
    """Let a rule raise no more flags, or take it back."""
    if request.POST.get("revive"):

        def back() -> object:
            return revive_rule(rule=code, actor=request.actor, at=request.at)

        return acted(request, back, to=RULES, done=_("The rule raises flags again."))
    form = RetireForm(request.POST)
    if not form.is_valid():
        return unclear(request, form, RULES)

    def act() -> object:
        return retire_rule(rule=code, **form.cleaned_data, actor=request.actor, at=request.at)

    return acted(request, act, to=RULES, done=_("The rule raises no more flags."))


def _context(request: StaffRequest, view: FlagView) -> dict[str, Any]:
    rulings = [each.ruling for each in view.parties if each.ruling]
    users = {_user(label) for r in rulings for label in (r.asked_by, r.decided_by)}
    users |= {_user(entry.actor) for entry in view.history}
    near = tied({ruling.asked_by for ruling in rulings}, request.actor.label)
    return {
        "view": view,
        "because": view.rule.because(get_language() or "zh"),
        "parties": [
            (each, _words(request, each), _stage(request, each, near)) for each in view.parties
        ],
        "names": {str(k): v for k, v in display_names(u for u in users if u).items()},
        "history": [(e, e.kind.partition("-")[2], _name_of(e.actor)) for e in view.history],
        "answer_days": number("hearing_days"),
        "hear_form": HearForm(),
        "rule_form": RuleForm(),
        "letter_form": LetterForm(),
        "answer_form": AnswerForm(),
        "call_form": CallForm(),
    }


def _words(request: StaffRequest, party: Any) -> dict[str, str]:
    """Return what an organisation wrote; opening it is put on record."""
    items = {"statement": party.respondent.statement_id}
    items["objection"] = party.ruling.appeal_id if party.ruling else None
    return {
        name: reveal(item_id=item, purpose=Purpose.COMPLAINT, actor=request.actor, at=request.at)
        for name, item in items.items()
        if item is not None
    }


def _stage(request: StaffRequest, party: Any, near: set[str]) -> str:
    """Return which step is open about an organisation: the page draws one form per step."""
    ruling, asked = party.ruling, party.respondent
    if ruling is None:
        over = asked.due_at is not None and asked.due_at <= request.at
        return "rule" if asked.stated_at or over else "hear"
    if ruling.state == "asked":
        return "own" if ruling.asked_by in near else "second"
    if ruling.state != "standing" or ruling.objection_until is None:
        return "done"
    if ruling.appealed_at:
        return "objection" if ruling.appeal_decided_at is None else _final(request, ruling)
    return "letter" if request.at < ruling.objection_until else _final(request, ruling)


def _final(request: StaffRequest, ruling: Any) -> str:
    late = request.at >= ruling.objection_until
    return "call" if late and ruling.outcome == "proven" and ruling.damage else "done"


def _user(label: str) -> UUID | None:
    try:
        return UUID(label.partition(":")[2])
    except ValueError:
        return None


def _name_of(label: str) -> str:
    return str(_user(label) or "")
