"""Parts that several pages draw of one claim: the equation, the holds, the next step."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django_stubs_ext import StrPromise

from qinghe.claims.interest import grown
from qinghe.claims.queries import ClaimView, HoldRow
from qinghe.claims.queries.rows import Term as OpenTerm
from qinghe.claims.terms import ClaimState, Component, HoldKind, LineKind, ReviewQueue
from qinghe.web import formats
from qinghe.web.parts import Term
from qinghe.web.words import label

MINUS = "−"


@dataclass(frozen=True)
class Mark:
    """One hold as a badge."""

    words: str
    since: object
    until: object


def equation(view: ClaimView, today: date) -> list[Term]:
    """Return the amount owed today as its equation: claimed + interest − corrected − paid."""
    added = [each for each in view.equation if each.kind in _PLUS and each.amount]
    terms = [_term(each) for each in sorted(added, key=_place)]
    fresh = grown(view, today)
    if fresh:
        terms.append(Term(_("Interest since then"), fresh, _growth(view, today)))
    for kinds, words in _changes(view):
        total = sum(_sum(view.equation, kind) for kind in kinds)
        if total:
            terms.append(Term(words, abs(total), "", op=MINUS if total < 0 else "+"))
    terms.append(Term(_("Paid"), -_paid(view), _paid_source(view), op=MINUS))
    source = _("as of %(day)s") % {"day": today.isoformat()}
    terms.append(Term(_("Owed"), view.owed + fresh, source, op="=", total=True))
    return terms


def _changes(view: ClaimView) -> tuple[tuple[tuple[LineKind, ...], str], ...]:
    """Return the kinds of line that make one term together; with the rest they cover every kind."""
    rejected = view.turned_down
    gone = _("Taken off: rejected here") if rejected else _("Withdrawn")
    return (
        ((LineKind.REWOUND,), str(LineKind.REWOUND.label)),
        ((LineKind.CORRECTED,), _("Corrected")),
        ((LineKind.RESTATED,), _("Corrected by the creditor")),
        ((LineKind.WAIVED,), _("Waived by the creditor")),
        ((LineKind.WITHDRAWN, LineKind.REOPENED), gone),
    )


def _growth(view: ClaimView, today: date) -> str:
    """Return over how many days interest grew that is booked when money comes."""
    words = {"days": (today - view.interest_to).days, "since": view.interest_to.isoformat()}
    return _("%(days)d days, booked up to %(since)s") % words


def _paid(view: ClaimView) -> int:
    """Return what was paid less what was undone, as the negative sum of its lines."""
    return _sum(view.equation, LineKind.PAID) + _sum(view.equation, LineKind.UNDONE)


def _paid_source(view: ClaimView) -> str:
    count = len({x.booked_at for x in view.lines if x.kind == LineKind.PAID})
    words = ngettext("%(n)d payment", "%(n)d payments", count) % {"n": count}
    return words if count else _("nothing through this platform yet")


def _sum(terms: Sequence[OpenTerm], kind: str) -> int:
    return sum(each.amount for each in terms if each.kind == kind)


_PLUS = (LineKind.CLAIMED, LineKind.ACCRUED)


def _place(each: OpenTerm) -> tuple[int, int]:
    """Return where a term stands: as claimed before accrued; principal, interest, costs."""
    parts = (Component.PRINCIPAL, Component.INTEREST, Component.COSTS)
    return _PLUS.index(LineKind(each.kind)), parts.index(Component(each.component))


def _term(each: OpenTerm) -> Term:
    if each.kind == LineKind.ACCRUED:
        return Term(_("Overdue interest"), each.amount, _accrual(each))
    return Term(label(each.component, "component"), each.amount, _("as claimed"))


def _accrual(each: OpenTerm) -> str:
    """Return over how many days and at which yearly rate interest grew; each day counts once."""
    grew = [x.facts for x in each.lines if x.kind == LineKind.ACCRUED]
    days = sum(
        (last - first).days for first, last in _joined(_span(x) for x in grew if "from" in x)
    )
    rate = str(grew[-1].get("rate_pct", "0")) if grew else "0"
    words = {"days": days, "rate": formats.number(_dec(rate), 2)}
    return _("%(days)d days, %(rate)s%% a year") % words


def _span(facts: Mapping[str, object]) -> tuple[date, date]:
    return date.fromisoformat(str(facts["from"])), date.fromisoformat(str(facts["to"]))


def _joined(spans: Iterable[tuple[date, date]]) -> list[tuple[date, date]]:
    """Return spans of days in their order, those that overlap as one."""
    found: list[tuple[date, date]] = []
    for first, last in sorted(spans):
        if found and first <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], last))
        else:
            found.append((first, last))
    return found


def _dec(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0


def hold_marks(holds: Sequence[HoldRow]) -> list[Mark]:
    """Return the live holds as badges."""
    return [Mark(label(h.kind, "hold"), h.placed_at, h.ends_at) for h in holds]


NEXT_STEPS: Final[dict[str, StrPromise]] = {
    ClaimState.SUBMITTED: gettext_lazy("A reviewer compares it with the evidence."),
    ClaimState.CHALLENGE: gettext_lazy("The debtor may object before anyone collects."),
    ClaimState.READY: gettext_lazy("It can be placed with a collector."),
    ClaimState.LISTED: gettext_lazy("It waits in the order hall, without identity."),
    ClaimState.PLACED: gettext_lazy("A collector works it; every contact passes the gate."),
}
ENDED: Final = (ClaimState.REJECTED, ClaimState.WITHDRAWN)


def next_step(view: ClaimView) -> str:
    """Say in one sentence what happens next to a claim, or why it ended."""
    if view.open_dispute:
        return _("The debtor contests it. Contact is stopped until a compliance officer decides.")
    kinds = {hold.kind for hold in view.holds}
    if HoldKind.DUPLICATE in kinds:
        return _(
            "Another claim looks like the same debt. Both stand still until a reviewer has "
            "decided; add what proves yours."
        )
    if HoldKind.BOUNCED in kinds:
        return _(
            "The notice to the debtor came back. Nobody collects until a new one has been sent and "
            "its window has ended."
        )
    if HoldKind.UNNOTIFIED in kinds:
        return _("The debtor was not told of the assignment yet. Nobody collects before that.")
    if view.state == ClaimState.READY and not view.reachable:
        return _(
            "It cannot be placed: there is no usable way to reach the debtor. A telephone or an "
            "address is usable once it is known where the debtor lives: name the city or province."
        )
    if view.state in ENDED and view.ended_because:
        return _("It ended here: %(why)s") % {"why": _why_ended(view.ended_because)}
    return _at_desk(view) or str(NEXT_STEPS.get(view.state, _("Nothing more happens to it.")))


def _at_desk(view: ClaimView) -> str:
    """Return what a claim at the review desk waits for from its creditor; empty when nothing."""
    if view.state != ClaimState.SUBMITTED:
        return ""
    if view.review == ReviewQueue.RETURNED:
        return _("A reviewer asked the creditor for something. It goes on once that was answered.")
    if view.papers.missing:
        return _("Needed papers are missing. Once they are added, a reviewer compares them.")
    return ""


def _why_ended(kept: str) -> str:
    """Return in words what was kept: a code of a rejection with words, a dispute, or words."""
    if kept.startswith("dispute:"):
        return _("the debtor contested it and was right.")
    code, _mark, words = kept.partition(": ")
    return " – ".join(filter(None, (label(code, "rejection"), words)))
