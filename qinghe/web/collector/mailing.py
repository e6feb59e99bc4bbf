"""One message to many cases: look first, then start it; how far it is and what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from qinghe.casework.queries import worklist
from qinghe.contact.queries import wordings
from qinghe.contact.queries.mailings import (
    MailingPreview,
    MailingRow,
    MailingView,
    Skipped,
    mailing_view,
    mailings,
    preview_mailing,
)
from qinghe.contact.services import start_mailing, stop_mailing
from qinghe.contact.wording import Wording, wording
from qinghe.contact.wording.fill import fill
from qinghe.kernel.errors import DomainError
from qinghe.parties.roles import Permission
from qinghe.rules.explain import sentence
from qinghe.web.collector.compose import blanks
from qinghe.web.collector.filters import filters_of
from qinghe.web.doors import StaffRequest, acted, page
from qinghe.web.numbers import ids
from qinghe.web.sentences import sentence_of
from qinghe.web.words import label

CHANNELS = ("sms", "email", "letter")
KEPT = ("all", "claim", "cases", "stage", "product", "action", "q")


@dataclass(frozen=True)
class Reason:
    """Why cases are skipped: in words, how many, from when; `rule` where a rule says it."""

    words: str
    count: int
    next_allowed_at: datetime | None
    rule: str


def reason_of(skipped: Skipped) -> Reason:
    """Return the reason of skipped cases in the reader's language."""
    words, rule = said(skipped.reason)
    return Reason(words, skipped.count, skipped.next_allowed_at, rule)


def said(reason: str) -> tuple[str, str]:
    """Return (sentence, rule) of a reason; it is a rule or the code of a refusal."""
    try:
        return sentence(reason, get_language() or "en"), reason
    except LookupError:
        return sentence_of(reason), ""


@page(Permission.CONTACT_DEBTORS, methods=("GET", "POST"))
def mailing_new(request: StaffRequest) -> HttpResponse:
    """Show who would get a message and who would be skipped, by reason; then start it."""
    sent = request.POST if request.method == "POST" else request.GET
    cases = _cases(request, sent)
    channel = sent.get("channel", "") if sent.get("channel") in CHANNELS else CHANNELS[0]
    texts = wordings(channel=channel, purpose="collect")
    chosen = next((w for w in texts if w.code == sent.get("template")), texts[0])
    found = preview_mailing(
        claim_ids=cases, channel=channel, template=chosen.code, actor=request.actor, at=request.at
    )
    refusal = ""
    if request.method == "POST":
        try:
            mailing = start_mailing(
                claim_ids=cases,
                channel=channel,
                template=chosen.code,
                actor=request.actor,
                at=request.at,
            )
        except DomainError as refused:
            refusal = refused.user_message
        else:
            return redirect("web:mailing", mailing.pk)
    context = {
        **_shown(found, texts, channel, chosen),
        "cases": ",".join(map(str, cases)),
        "kept": _kept(sent),
        "refusal": refusal,
        "recent": [(each, _title(each)) for each in mailings(actor=request.actor)],
    }
    status = 422 if refusal else 200
    return render(request, "web/collector/mailing_new.html", context, status=status)


@page(Permission.CONTACT_DEBTORS)
def mailing(request: StaffRequest, mailing_id: UUID) -> HttpResponse:
    """Show how far a mailing is, and every case with what became of it and why."""
    view = mailing_view(mailing_id=mailing_id, actor=request.actor)
    context = {
        "mailing": view,
        "title": _title(view),
        "states": [(_state(state), n) for state, n in view.by_state.items()],
        "skipped": [reason_of(each) for each in view.skipped],
        "rows": [_row(row) for row in view.rows],
    }
    answer = render(request, "web/collector/mailing.html", context)
    if view.state != "running" and "HX-Request" in request.headers:
        # Who watches sees the end as a whole page, and no button that has nothing left to stop.
        answer["HX-Refresh"] = "true"
    return answer


@page(Permission.CONTACT_DEBTORS, methods=("POST",))
def mailing_stop(request: StaffRequest, mailing_id: UUID) -> HttpResponse:
    """Stop a mailing: cases that wait get no message."""

    def act() -> object:
        return stop_mailing(mailing_id=mailing_id, actor=request.actor, at=request.at)

    return acted(request, act, to="web:mailing", done=_("Stopped."), mailing_id=mailing_id)


def _cases(request: StaffRequest, sent: QueryDict) -> list[UUID]:
    """Return the cases that were ticked, or all that a filter of the worklist lets through."""
    if listed := sent.get("cases"):
        return ids(str(listed).split(","))
    if sent.get("all"):
        found = worklist(actor=request.actor, at=request.at, filters=filters_of(sent))
        return list(found.order)
    return ids(sent.getlist("claim"))


def _shown(
    found: MailingPreview, texts: Sequence[Wording], channel: str, chosen: Wording
) -> dict[str, object]:
    lang = get_language() or "en"
    return {
        "found": found,
        "skipped": [reason_of(each) for each in found.skipped],
        "channels": [(code, label(code, "channel"), code == channel) for code in CHANNELS],
        "templates": [(w.code, w.title(lang), w is chosen) for w in texts],
        "channel": channel,
        "template": chosen.code,
        "text": fill(chosen.text(channel, lang), blanks()),
    }


def _kept(sent: QueryDict) -> list[tuple[str, str]]:
    """Return what chose the cases, so that another channel or wording keeps them."""
    return [(name, value) for name in KEPT for value in sent.getlist(name)]


def _title(view: MailingView) -> str:
    found = wording(view.template)
    title = found.title(get_language() or "en") if found else view.template
    return f"{label(view.channel, 'channel')} · {title}"


def _state(state: str) -> str:
    own = {"waiting": _("Waiting for its turn"), "skipped": _("Skipped")}
    return own.get(state) or label(state, "attempt")


def _row(row: MailingRow) -> dict[str, object]:
    words, rule = said(row.reason) if row.reason else ("", "")
    return {"row": row, "state": _state(row.state), "why": words, "rule": rule}
