"""Every contact ever made to a person, and every one that was refused, in plain words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from qinghe.contact.queries import AttemptRow, Sentences, attempts_of_person
from qinghe.contact.terms import AttemptState, LetterState, Outcome
from qinghe.kernel import clock
from qinghe.kernel.tables import as_csv
from qinghe.portal.doors import DebtorRequest, page
from qinghe.portal.reasons import why
from qinghe.quality.terms import SIGNAL_DAYS

MOST = 5_000
# A call that nobody took said nothing, whatever it was meant to say; nor does an unsent letter.
HEARD = (Outcome.TALK, Outcome.DELIVERED, Outcome.VOICEMAIL, Outcome.DROPPED)
LETTERS = {
    LetterState.WAITING: gettext_lazy("being prepared, not printed and not sent yet"),
    LetterState.PRINTED: gettext_lazy("printed, not posted yet"),
    LetterState.POSTED: gettext_lazy("Sent by post"),
    LetterState.VOID: gettext_lazy("not sent: it no longer held"),
}


@dataclass(frozen=True)
class Contact:
    """One contact as its person reads it."""

    at: datetime
    claim_id: UUID
    claim_number: str
    words: str
    who: str
    why: list[str]
    not_before: datetime | None
    text: str
    reached: bool
    # Set where the person may still say how they felt treated.
    ask: UUID | None = None


def contacts_of(request: DebtorRequest) -> list[Contact]:
    """Return every contact about a person, the newest first."""
    rows = attempts_of_person(person_id=request.person_id, actor=request.actor, limit=MOST)
    law = Sentences((row.pack for row in rows), "debtor")
    now = clock.now()
    return [_contact(row, law, request.zone, now) for row in rows]


@page()
def contacts(request: DebtorRequest) -> HttpResponse:
    """Show every contact, newest first."""
    context = {"contacts": contacts_of(request), "zone": request.zone}
    return render(request, "portal/contacts.html", context)


@page()
def contacts_file(request: DebtorRequest) -> HttpResponse:
    """Give every contact as a table that spreadsheets open."""
    zone = ZoneInfo(request.zone or settings.DISPLAY_ZONE)
    table = as_csv(_rows(request, zone))
    response = HttpResponse(table, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="contacts.csv"'
    return response


def _rows(request: DebtorRequest, zone: ZoneInfo) -> Iterator[list[str]]:
    heads = [_("Time"), _("Contact and result"), _("By whom"), _("Claim"), _("Why")]
    yield [*heads, _("What was said")]
    for each in contacts_of(request):
        moment = each.at.astimezone(zone).strftime("%Y-%m-%d %H:%M")
        yield [moment, each.words, each.who, each.claim_number, " ".join(each.why), each.text]


def _contact(row: AttemptRow, law: Sentences, zone: str, now: datetime) -> Contact:
    # A letter that has not gone to the post has reached nobody.
    kept = bool(row.letter) and row.letter != LetterState.POSTED
    return Contact(
        at=row.letter_at or row.sent_at or row.at,
        claim_id=row.claim_id,
        claim_number=row.claim_number,
        words=_words(row),
        who=_who(row),
        why=[] if kept else why(row, law, zone),
        not_before=row.next_allowed_at if row.refused else None,
        text=row.text if row.outcome in HEARD and not kept else "",
        reached=not kept and row.state not in (AttemptState.REFUSED, AttemptState.CANCELLED),
        ask=row.id if _fresh(row, now) else None,
    )


def _fresh(row: AttemptRow, now: datetime) -> bool:
    done = row.state == AttemptState.DONE and bool(row.collector_name)
    return done and now - row.at < timedelta(days=SIGNAL_DAYS)


def _words(row: AttemptRow) -> str:
    how = row.how
    match AttemptState(row.state):
        case AttemptState.REFUSED:
            return _("Not let through: {how}").format(how=how)
        case AttemptState.CANCELLED:
            return _("Stopped before it reached you: {how}").format(how=how)
        case AttemptState.PERMITTED | AttemptState.SENDING:
            return _("On its way: {how}").format(how=how)
    return f"{how} · {_came(row)} · {row.title}"


def _came(row: AttemptRow) -> str:
    if row.letter:
        return str(LETTERS[LetterState(row.letter)])
    if row.ended_at:
        return _("ended by the platform: the allowed hours were over")
    return row.came


def _who(row: AttemptRow) -> str:
    if not row.collector_name:
        return _("The platform, for {creditor}").format(creditor=row.creditor_name)
    return _("{who}, for {creditor}").format(who=row.collector_name, creditor=row.creditor_name)
