"""Why one contact was permitted or refused: the decision as it was kept, with its proof."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django_stubs_ext import StrPromise

from qinghe.contact.queries import Explanation, explain
from qinghe.contact.queries.explaining import SeenWish
from qinghe.contact.wording import wording
from qinghe.journal.queries import Proof, proof
from qinghe.kernel.actor import Role
from qinghe.market.queries import case_for
from qinghe.parties.roles import ROLES, Permission, may
from qinghe.parties.terms import Channel
from qinghe.rules.packs import rule
from qinghe.web import formats
from qinghe.web.contactparts import COUNTERS, hours_words
from qinghe.web.doors import StaffRequest, page
from qinghe.web.words import label

MORE_COUNTERS = {
    "cn_talks_today": gettext_lazy("Talks today for this creditor"),
    "cn_oneway_today": gettext_lazy("Recorded calls today for this creditor"),
    "cn_unanswered_today": gettext_lazy("Unanswered calls today for this creditor"),
    "us_calls_7d": gettext_lazy("Calls in seven days about this debt (US)"),
}
EVENTS = {
    "contact.refused": gettext_lazy("Asked for, and refused"),
    "contact.permitted": gettext_lazy("Asked for, and permitted"),
    "contact.cancelled": gettext_lazy("Stopped before sending"),
    "contact.done": gettext_lazy("Handed over to be delivered"),
    "contact.failed": gettext_lazy("Sending failed"),
    "contact.outcome": gettext_lazy("Outcome recorded"),
    "contact.printed": gettext_lazy("Letter printed"),
    "contact.posted": gettext_lazy("Letter posted"),
}
TYPESET = gettext_lazy("Letter typeset, waits for the printer")
REASONS = {"stuck": gettext_lazy("It waited too long and was dropped, not sent late.")}


@dataclass(frozen=True)
class Fact:
    """One thing that was looked at, in words."""

    name: str
    words: str


@page(Permission.WORK_CASES, Permission.MANAGE_CLAIMS, Permission.SEE_ALL_CLAIMS)
def attempt(request: StaffRequest, attempt_id: UUID) -> HttpResponse:
    """Show one decision: findings, facts, counters, what happened then, and the journal's seal."""
    told = explain(attempt_id=attempt_id, actor=request.actor)
    view = case_for(claim_id=told.claim_id, actor=request.actor, at=request.at)
    found = wording(told.template)
    context = {
        "told": told,
        "claim": view,
        "back": _back(request, told),
        "wording": found.title(get_language() or "en") if found else told.template,
        "verdict": _verdict(told),
        "rules": [(each, _known(each.id)) for each in told.rules],
        "facts": facts_of(told),
        "counters": counters_of(told),
        "history": [(each, _event(told, each.kind)) for each in told.history],
        "reasons": REASONS,
        "roles": {role.value: ROLES[role].display_name for role in ROLES},
        "proof": _proof(request, told),
        "may_prove": may(request.actor, Permission.SEE_JOURNAL),
    }
    return render(request, "web/contact/attempt.html", context)


def _event(told: Explanation, kind: str) -> StrPromise | str:
    """Return one entry in words; a letter that is typeset has not been handed to anybody."""
    if kind == "contact.done" and told.channel == Channel.LETTER:
        return TYPESET
    return EVENTS.get(kind, kind)


def facts_of(told: Explanation) -> list[Fact]:
    """Return what was looked at besides the counters, one line each."""
    seen = told.seen
    if not seen.zones:
        return []
    zone, zones = ZoneInfo(seen.zones[0]), dict.fromkeys(map(formats.zone_words, seen.zones))
    local = [(a.astimezone(zone).time(), b.astimezone(zone).time()) for a, b in seen.hours]
    open_words = hours_words(local) if local else _("closed all day")
    return [
        Fact(_("Zones of the person"), formats.listed(zones)),
        Fact(_("Open that day"), f"{open_words} ({formats.zone_words(seen.zones[0])})"),
        Fact(_("Holds that stood"), _listed(label(each.kind, "hold") for each in seen.holds)),
        Fact(_("Wishes of the person"), _listed(_wish(each) for each in seen.wishes)),
    ]


def counters_of(told: Explanation) -> Sequence[tuple[str, int]]:
    """Return the counters that were looked at, in words; those of other countries when used."""
    names = {**COUNTERS, **MORE_COUNTERS}
    return [
        (str(names.get(name, name)), used)
        for name, used in told.counters.items()
        if name in COUNTERS or (used and _counts(name, told.pack))
    ]


def _counts(name: str, pack: str) -> bool:
    """Tell whether a counter belongs to one of the packs that judged."""
    return f"{name.partition('_')[0]}-" in pack


def _listed(words: Any) -> str:
    return formats.listed(words) or _("none")


def _wish(wish: SeenWish) -> str:
    words = label(wish.kind, "wish")
    if wish.window:
        return f"{words} {hours_words([wish.window])}"
    if wish.channels:
        named = formats.listed(label(each, "channel") for each in wish.channels)
        return f"{words} ({named})"
    return words


def _verdict(told: Explanation) -> str:
    if told.refused:
        return _("Refused. Nobody was disturbed.")
    if told.stopped_by:
        return _("Permitted at first, then stopped before it was sent.")
    if any(each.level == "warn" for each in told.rules):
        return _("Permitted, with a caution.")
    return _("Permitted. No rule spoke against it.")


def _known(rule_id: str) -> bool:
    try:
        rule(rule_id)
    except LookupError:
        return False
    return True


def _back(request: StaffRequest, told: Explanation) -> str:
    mine = request.actor.role is Role.COLLECTOR
    return reverse("web:case" if mine else "web:claim", args=[told.claim_id])


def _proof(request: StaffRequest, told: Explanation) -> Proof | None:
    """
    Return the proof of the decision's entry when it is asked for: it reads a whole seal.

    Its leaf is the entry itself and names accounts: only for who may read the journal.
    """
    may_read = may(request.actor, Permission.SEE_JOURNAL)
    if "proof" not in request.GET or not told.history or not may_read:
        return None
    return proof(entry_id=told.history[0].entry_id)
