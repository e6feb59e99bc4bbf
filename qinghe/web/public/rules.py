"""The rules in force, readable by everybody: every rule, its source, and since when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from qinghe.contact.queries.law import kept_versions
from qinghe.contact.queries.refusals import refusals_of
from qinghe.kernel import clock
from qinghe.rules.explain import sentence
from qinghe.rules.history import Version, history_of
from qinghe.rules.packs import PACK_NAMES, Rule, pack_version, rule, rules_on
from qinghe.web.formats import chinese, home_zone, number
from qinghe.web.public.examples import examples_of
from qinghe.web.public.words import GRADES, LEVELS, PACKS, PAPERS

SMALL = 10


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


@dataclass(frozen=True)
class Reading:
    """One reading of a rule: known from when to when, what it changed, and its numbers then."""

    known_from: date
    known_to: date | None
    since: date | None
    until: date | None
    changed: Sequence[str]
    parameters: Sequence[tuple[str, str]]


def readings_of(found: Rule) -> list[Reading]:
    """Return how a rule has read, newest first: enacted, corrected, or learned of."""
    return [_reading(each) for each in reversed(history_of(found.id))]


def _reading(version: Version) -> Reading:
    then = version.rule
    return Reading(
        version.known_from,
        version.known_to,
        then.effective_from,
        then.effective_to,
        list(dict.fromkeys(str(PAPERS.get(name, name)) for name in version.changed)),
        _parameters(then.parameters),
    )


def about(n: int) -> str:
    """
    Return a count for a public page: in tens, and none below ten.

    Two looks a day apart must not tell that one more person was called.
    """
    if n < SMALL:
        return _("fewer than %(n)d") % {"n": SMALL}
    return _("about %(n)s") % {"n": number(n // SMALL * SMALL)}


def _refuses(found: Rule) -> bool:
    return found.level == "deny" and not {"contact", "gate"}.isdisjoint(found.evaluated_by)


def _refused(found: Rule) -> dict[str, object]:
    counted = refusals_of(rule=found.id, at=clock.now())
    return {"month": about(counted.month), "year": about(counted.year), "until": counted.until}


def _parameters(numbers: Mapping[str, object]) -> Sequence[tuple[str, str]]:
    shown = []
    for name, value in numbers.items():
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
        "parameters": _parameters(found.parameters),
        "readings": readings_of(found),
        "decided": kept_versions(rule=found.id),
        "refused": _refused(found) if _refuses(found) else None,
        "examples": examples_of(found.id),
        "sentences": [
            (_("To the person who works the case"), sentence(found.id, _lang(), "worker")),
            (_("To the person who is asked to pay"), sentence(found.id, _lang(), "debtor")),
        ],
    }
    return render(request, "web/public/rule.html", context)
