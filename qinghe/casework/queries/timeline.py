"""One timeline of a claim: what happened on every floor up to this one, newest first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from qinghe.casework.queries.agreements import HardshipRow, PlanView, PromiseRow
from qinghe.casework.queries.work import AgreedCall, MandateSpan, RecordRow, Work, work_on
from qinghe.casework.terms import Action, HardshipState, PlanState, PromiseState, Result
from qinghe.claims.queries import ClaimView, Moment, moments_of
from qinghe.claims.terms import ClaimState, Component, DisputeReason, DisputeState, HoldKind
from qinghe.contact.queries import AttemptRow, attempts_of_claim, attempts_of_person
from qinghe.contact.wording.fill import amount_text
from qinghe.kernel.actor import Actor, Role
from qinghe.market.queries import case_for
from qinghe.market.terms import MandateState
from qinghe.rules.explain import sentence


@dataclass(frozen=True)
class TimelineItem:
    """
    One event, in the active language. `icon` names a symbol of the sprite, `badge` a state.

    `ref` is the row it speaks of, for a page that can open it (an attempt and its explanation).
    """

    at: datetime
    kind: str
    title: str
    detail: str
    icon: str
    badge: str
    ref: UUID | None = None


ICONS = {
    "voice": "phone",
    "sms": "message",
    "email": "mail",
    "letter": "printer",
    "visit": "map-pin",
    "submitted": "inbox",
    "evidence": "file-check",
    "dispute": "hand-stop",
    "dispute-amended": "hand-stop",
    "dispute-decided": "gavel",
    "dispute-withdrawn": "arrow-back-up",
    "hold": "player-pause",
    "hold-lifted": "player-play",
}
WORDS = {
    "submitted": gettext_lazy("Claim submitted"),
    "evidence": gettext_lazy("Evidence added"),
    "dispute": gettext_lazy("Contested by the debtor"),
    "dispute-amended": gettext_lazy("The debtor gave another reason"),
    "dispute-decided": gettext_lazy("Dispute decided"),
    "dispute-withdrawn": gettext_lazy("Dispute taken back"),
    "hold": gettext_lazy("Contact stopped"),
    "hold-lifted": gettext_lazy("Contact allowed again"),
}


def timeline(*, claim_id: UUID, actor: Actor, at: datetime) -> list[TimelineItem]:
    """
    Return the events of a claim an actor may see, newest first; a fixed number of queries.

    :raises NoMandate: a collector without a live mandate
    :raises NoSuchClaim: unknown, or not for this actor's eyes
    """
    view = case_for(claim_id=claim_id, actor=actor, at=at)
    work = work_on(claim_id=claim_id, actor=actor, at=at)
    return items_of(view=view, attempts=_attempts(view, actor), work=work)


def items_of(*, view: ClaimView, attempts: Iterable[AttemptRow], work: Work) -> list[TimelineItem]:
    """Return the same from what a page has read already. Asks nothing."""
    items = [
        *(_claim_item(moment, view.currency) for moment in moments_of(view)),
        *(_attempt_item(row) for row in attempts),
        *_mandates(work.mandates),
        *(_record_item(row) for row in work.records),
        *_promises(work.promises),
        *(_call_item(row) for row in work.call_backs),
        *_plans(work.plans),
        *_hardships(work.hardships),
    ]
    return sorted(items, key=lambda item: item.at, reverse=True)


def _lang() -> str:
    return get_language() or "en"


def _attempts(view: ClaimView, actor: Actor) -> list[AttemptRow]:
    if actor.role != Role.DEBTOR:
        return attempts_of_claim(claim_id=view.id, actor=actor)
    rows = attempts_of_person(person_id=view.debtor_id, actor=actor)
    return [row for row in rows if row.claim_id == view.id]


def _claim_item(moment: Moment, currency: str) -> TimelineItem:
    facts = moment.facts
    title = str(WORDS.get(moment.kind, "")) or _claim_title(moment.kind)
    detail = " · ".join(filter(None, (_fact(name, facts[name], currency) for name in facts)))
    badge = str(facts.get("outcome") or facts.get("hold") or moment.kind)
    return TimelineItem(
        moment.at, f"claim.{moment.kind}", title, detail, ICONS.get(moment.kind, "file-text"), badge
    )


def _claim_title(kind: str) -> str:
    if kind in ClaimState.values:
        return str(ClaimState(kind).label)
    return _("Amount changed") if kind.startswith("line-") else kind


def _fact(name: str, value: object, currency: str) -> str:
    labels = {
        "reason": DisputeReason,
        "outcome": DisputeState,
        "hold": HoldKind,
        "component": Component,
    }
    if name == "amount" and isinstance(value, int):
        return amount_text(value, currency, _lang())
    if name in labels:
        return str(labels[name](str(value)).label)
    return str(value) if name == "text" else ""


def _attempt_item(row: AttemptRow) -> TimelineItem:
    if row.refused:
        title = _("Contact refused: %(channel)s") % {"channel": row.how}
    else:
        title = _("Contact: %(channel)s") % {"channel": row.how}
    return TimelineItem(
        row.sent_at or row.at,
        f"contact.{row.state}",
        title,
        _attempt_detail(row),
        "ban" if row.refused else ICONS.get(row.channel, "message"),
        row.letter or row.outcome or row.state,
        row.id,
    )


def _attempt_detail(row: AttemptRow) -> str:
    who = row.collector_name
    if row.refused:
        return " · ".join(
            filter(None, (who, *(f"{each}: {sentence(each, _lang())}" for each in row.rules)))
        )
    return " · ".join(filter(None, (who, row.title, _came(row))))


def _came(row: AttemptRow) -> str:
    if row.ended_at:
        return _("ended by the platform: the allowed hours were over")
    return row.came


def _mandates(rows: Iterable[MandateSpan]) -> Iterator[TimelineItem]:
    for row in rows:
        taken, who = _("Order taken"), row.collector_name
        yield TimelineItem(row.starts_at, "market.taken", taken, who, "briefcase", "placed", row.id)
        # A later payment may have settled the claim again at once.
        if row.reinstated_at and row.reinstated_at != row.closed_at:
            title = _("Order in force again: a payment was undone")
            yield TimelineItem(
                row.reinstated_at, "market.reinstated", title, who, "rotate", "placed", row.id
            )
        if row.closed_at:
            title = str(MandateState(row.state).label)
            yield TimelineItem(
                row.closed_at, "market.ended", title, who, "arrow-back-up", row.state, row.id
            )


def _record_item(row: RecordRow) -> TimelineItem:
    title, detail = str(Action(row.action).label), str(Result(row.result).label)
    return TimelineItem(row.at, "casework.record", title, detail, "notes", row.result, row.id)


def _promises(rows: Iterable[PromiseRow]) -> Iterator[TimelineItem]:
    icon = "calendar-event"
    for row in rows:
        said = f"{amount_text(row.amount, row.currency, _lang())} · {row.due_on:%Y-%m-%d}"
        made = _("Promise to pay")
        yield TimelineItem(row.made_at, "casework.promise", made, said, icon, "open", row.id)
        if row.decided_at:
            title = _("Promise: %(state)s") % {"state": PromiseState(row.state).label}
            kind = "casework.promise-decided"
            yield TimelineItem(row.decided_at, kind, title, said, icon, row.state, row.id)


def _call_item(row: AgreedCall) -> TimelineItem:
    planned = f"{row.planned_at.astimezone(ZoneInfo(settings.DISPLAY_ZONE)):%Y-%m-%d %H:%M}"
    return TimelineItem(
        row.made_at,
        "casework.call-back",
        _("Call agreed"),
        planned,
        "calendar-plus",
        "",
        row.id,
    )


def _plans(rows: Iterable[PlanView]) -> Iterator[TimelineItem]:
    for row in rows:
        low = row.monthly if row.even else row.first.amount
        sums = [amount_text(each, row.currency, _lang()) for each in (low, row.largest)]
        said = f"{sums[0] if row.even else '–'.join(sums)} × {row.count}"
        for moment, state in _steps(row):
            title = _("Plan: %(state)s") % {"state": state.label}
            yield TimelineItem(moment, "casework.plan", title, said, "list-check", state, row.id)


def _steps(row: PlanView) -> Iterator[tuple[datetime, PlanState]]:
    """Give each moment of a plan and what it became then."""
    yield row.proposed_at, PlanState.PROPOSED
    if row.decided_at:
        declined = row.state == PlanState.DECLINED
        yield row.decided_at, PlanState.DECLINED if declined else PlanState.ACTIVE
    if row.reinstated_at:
        running = PlanState.ACTIVE if row.decided_at else PlanState.PROPOSED
        yield row.reinstated_at, running
    if row.ended_at:
        yield row.ended_at, PlanState(row.state)


def _hardships(rows: Iterable[HardshipRow]) -> Iterator[TimelineItem]:
    icon = "lifebuoy"
    for row in rows:
        title = _("Hardship reported")
        yield TimelineItem(row.asked_at, "casework.hardship", title, "", icon, "open", row.id)
        if row.decided_at:
            until = f"{row.pause_until:%Y-%m-%d}" if row.pause_until else ""
            title, kind = str(HardshipState(row.state).label), "casework.hardship-decided"
            yield TimelineItem(row.decided_at, kind, title, until, icon, row.state, row.id)
