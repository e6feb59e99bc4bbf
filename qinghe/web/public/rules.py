"""The rules in force, readable by everybody: every rule, its source, and since when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from qinghe.kernel import clock
from qinghe.rules.explain import sentence
from qinghe.rules.packs import PACK_NAMES, Rule, pack_version, rule, rules_on
from qinghe.web.formats import chinese, home_zone
from qinghe.web.public.words import GRADES, LEVELS, PACKS


@dataclass(frozen=True)
class RuleRow:
    """A rule as the list shows it."""

    id: str
    title: str
    source: str
    clause: str
    since: object
    level: str
    grade: str


def _lang() -> str:
    return "zh" if chinese() else "en"


def _row(each: Rule) -> RuleRow:
    return RuleRow(
        each.id,
        each.title(_lang()),
        each.source,
        each.clause,
        each.effective_from,
        str(LEVELS[each.level]),
        each.grade,
    )


def _matches(each: Rule, words: str) -> bool:
    text = f"{each.id} {each.title_zh} {each.title_en} {each.source}".lower()
    return all(word in text for word in words.lower().split())


def _asked_pack(request: HttpRequest) -> str:
    asked = request.GET.get("pack", "CN").upper()
    return asked if asked in PACK_NAMES else "CN"


@require_safe
def rules(request: HttpRequest) -> HttpResponse:
    """Show the rules of one pack in force today, filtered by words."""
    pack = _asked_pack(request)
    words = request.GET.get("q", "").strip()
    today = clock.now().astimezone(home_zone()).date()
    rows = [_row(r) for r in rules_on(today) if r.pack == pack and _matches(r, words)]
    context = {
        "rows": rows,
        "pack": pack,
        "packs": [(name, PACKS[name]) for name in PACK_NAMES],
        "version": pack_version(pack),
        "q": words,
        "grades": GRADES,
    }
    return render(request, "web/public/rules.html", context)


def _parameters(found: Rule) -> Sequence[tuple[str, str]]:
    shown = []
    for name, value in found.parameters.items():
        words = "、".join(map(str, value)) if isinstance(value, list) else str(value)
        shown.append((name, words))
    return shown


@require_safe
def rule_page(request: HttpRequest, rule_id: str) -> HttpResponse:
    """
    Show one rule: its source, its days, how the software reads it, and the sentence people get.

    :raises Http404: no such rule
    """
    try:
        found = rule(rule_id)
    except LookupError as unknown:
        raise Http404 from unknown
    context = {
        "rule": found,
        "title": found.title(_lang()),
        "version": pack_version(found.pack),
        "pack_words": PACKS[found.pack],
        "level": LEVELS[found.level],
        "grade": GRADES.get(found.grade, found.grade),
        "parameters": _parameters(found),
        "sentences": [
            (_("To the person who works the case"), sentence(found.id, _lang(), "worker")),
            (_("To the person who is asked to pay"), sentence(found.id, _lang(), "debtor")),
        ],
    }
    return render(request, "web/public/rule.html", context)
