"""One timeline of a claim: what happened on every floor up to this one, newest first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from qinghe.casework.models import CallBack, Hardship, Plan, Promise, Record
from qinghe.casework.terms import Action, HardshipState, PlanState, PromiseState, Result
from qinghe.claims.models import Claim
from qinghe.claims.queries import NoSuchClaim, visible
from qinghe.claims.queries import timeline as claim_moments
from qinghe.claims.queries.timeline import Moment
from qinghe.claims.terms import ClaimState, Component, DisputeReason, DisputeState, HoldKind
from qinghe.contact.queries import AttemptRow, attempts_of_claim, attempts_of_person
from qinghe.contact.terms import AttemptState, Outcome
from qinghe.contact.wording.fill import amount_text
from qinghe.kernel.actor import Actor, Role
from qinghe.market.models import Mandate
from qinghe.market.queries import mandate_for
from qinghe.market.terms import MandateState
from qinghe.parties.terms import Channel
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
    "dispute-decided": "gavel",
    "hold": "player-pause",
    "hold-lifted": "player-play",
}
WORDS = {
    "submitted": gettext_lazy("Claim submitted"),
    "evidence": gettext_lazy("Evidence added"),
    "dispute": gettext_lazy("Contested by the debtor"),
    "dispute-decided": gettext_lazy("Dispute decided"),
    "hold": gettext_lazy("Contact stopped"),
    "hold-lifted": gettext_lazy("Contact allowed again"),
}


def timeline(*, claim_id: UUID, actor: Actor, at: datetime) -> list[TimelineItem]:
    """
    Return the events of a claim an actor may see, newest first; a fixed number of queries.

    :raises NoMandate: a collector without a live mandate
    :raises NoSuchClaim: unknown, or not for this actor's eyes
    """
    if actor.role == Role.COLLECTOR:
        claim = mandate_for(claim_id=claim_id, actor=actor, at=at).claim
    else:
        found = Claim.objects.filter(visible(actor), pk=claim_id).first()
        if found is None:
            raise NoSuchClaim
        claim = found
    items = [
        *(_claim_item(moment, claim.currency) for moment in claim_moments(claim_id)),
        *(_attempt_item(row) for row in _attempts(claim, actor)),
        *_mandates(claim_id),
        *_records(claim_id),
        *_promises(claim),
        *_call_backs(claim_id),
        *_plans(claim),
        *_hardships(claim_id),
    ]
    return sorted(items, key=lambda item: item.at, reverse=True)


def _lang() -> str:
    return get_language() or "en"


def _attempts(claim: Claim, actor: Actor) -> list[AttemptRow]:
    if actor.role != Role.DEBTOR:
        return attempts_of_claim(claim_id=claim.pk, actor=actor)
    rows = attempts_of_person(person_id=claim.debtor_id, actor=actor)
    return [row for row in rows if row.claim_id == claim.pk]


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
        title = _("Contact refused: %(channel)s") % {"channel": Channel(row.channel).label}
    else:
        title = _("Contact: %(channel)s") % {"channel": Channel(row.channel).label}
    return TimelineItem(
        row.sent_at or row.at,
        f"contact.{row.state}",
        title,
        _attempt_detail(row),
        "ban" if row.refused else ICONS.get(row.channel, "message"),
        row.outcome or row.state,
        row.id,
    )


def _attempt_detail(row: AttemptRow) -> str:
    who = row.collector_name
    if row.refused:
        return " · ".join(
            filter(None, (who, *(f"{each}: {sentence(each, _lang())}" for each in row.rules)))
        )
    state = Outcome(row.outcome).label if row.outcome else AttemptState(row.state).label
    return " · ".join(filter(None, (who, row.title, str(state))))


def _mandates(claim_id: UUID) -> list[TimelineItem]:
    rows = Mandate.objects.filter(claim=claim_id).values_list(
        "id", "starts_at", "closed_at", "state", "collector__name"
    )
    items = []
    for pk, starts_at, closed_at, state, collector in rows:
        items.append(
            TimelineItem(
                starts_at, "market.taken", _("Order taken"), collector, "briefcase", "placed", pk
            )
        )
        if closed_at:
            title = str(MandateState(state).label)
            items.append(
                TimelineItem(
                    closed_at, "market.ended", title, collector, "arrow-back-up", state, pk
                )
            )
    return items


def _records(claim_id: UUID) -> list[TimelineItem]:
    rows = Record.objects.filter(claim=claim_id).values_list("id", "at", "action", "result")
    return [
        TimelineItem(
            at,
            "casework.record",
            str(Action(action).label),
            str(Result(result).label),
            "notes",
            result,
            pk,
        )
        for pk, at, action, result in rows
    ]


def _promises(claim: Claim) -> list[TimelineItem]:
    items = []
    for row in Promise.objects.filter(claim=claim):
        said = f"{amount_text(row.amount, claim.currency, _lang())} · {row.due_on:%Y-%m-%d}"
        made = _("Promise to pay")
        items.append(
            TimelineItem(
                row.made_at, "casework.promise", made, said, "calendar-event", "open", row.pk
            )
        )
        if row.decided_at:
            title = _("Promise: %(state)s") % {"state": PromiseState(row.state).label}
            items.append(
                TimelineItem(
                    row.decided_at,
                    "casework.promise-decided",
                    title,
                    said,
                    "calendar-event",
                    row.state,
                    row.pk,
                )
            )
    return items


def _call_backs(claim_id: UUID) -> list[TimelineItem]:
    rows = CallBack.objects.filter(claim=claim_id).values_list("id", "made_at", "planned_at")
    return [
        TimelineItem(
            made_at,
            "casework.call-back",
            _("Call agreed"),
            planned_at.isoformat(timespec="minutes"),
            "calendar-plus",
            "",
            pk,
        )
        for pk, made_at, planned_at in rows
    ]


def _plans(claim: Claim) -> list[TimelineItem]:
    items = []
    for row in Plan.objects.filter(claim=claim):
        said = f"{amount_text(row.monthly, claim.currency, _lang())} × {row.count}"
        moments = [(row.proposed_at, PlanState.PROPOSED)]
        if row.decided_at:
            declined = row.state == PlanState.DECLINED
            moments.append((row.decided_at, PlanState.DECLINED if declined else PlanState.ACTIVE))
        if row.ended_at:
            moments.append((row.ended_at, PlanState(row.state)))
        items += [
            TimelineItem(
                moment,
                "casework.plan",
                _("Plan: %(state)s") % {"state": state.label},
                said,
                "list-check",
                state,
                row.pk,
            )
            for moment, state in moments
        ]
    return items


def _hardships(claim_id: UUID) -> list[TimelineItem]:
    items = []
    for row in Hardship.objects.filter(claim=claim_id):
        items.append(
            TimelineItem(
                row.asked_at,
                "casework.hardship",
                _("Hardship reported"),
                "",
                "lifebuoy",
                "open",
                row.pk,
            )
        )
        if row.decided_at:
            until = f"{row.pause_until:%Y-%m-%d}" if row.pause_until else ""
            items.append(
                TimelineItem(
                    row.decided_at,
                    "casework.hardship-decided",
                    str(HardshipState(row.state).label),
                    until,
                    "lifebuoy",
                    row.state,
                    row.pk,
                )
            )
    return items
