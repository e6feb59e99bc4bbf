"""Why a contact was let through or stopped, in a few plain sentences for its person."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import gettext as _

from qinghe.contact.queries import AttemptRow, Sentences
from qinghe.contact.terms import AttemptState, ContactPurpose, OverrideReason
from qinghe.parties.terms import Channel

FULL_DAY = timedelta(hours=23)
STOPPED = (AttemptState.REFUSED, AttemptState.CANCELLED)


def why(row: AttemptRow, law: Sentences, zone: str) -> list[str]:
    """Return the reasons of one contact, each one thought; `zone` is the person's own."""
    if row.state in STOPPED:
        return [*_stopped(row, law)]
    return [
        *_allowed(row, ZoneInfo(zone or settings.DISPLAY_ZONE)),
        *(_let_through(row, law) if row.set_aside else ()),
    ]


def _stopped(row: AttemptRow, law: Sentences) -> Iterator[str]:
    for rule_id in row.denied_by:
        yield law.of(row.pack, rule_id) or _("A rule of that time forbade it.")
    if not row.denied_by:
        yield _("It waited too long. So we dropped it.")


def _allowed(row: AttemptRow, zone: ZoneInfo) -> Iterator[str]:
    if row.purpose == ContactPurpose.LEGAL_NOTICE and not row.set_aside:
        yield _("The law asks that you are told this.")
    opened = [(a.astimezone(zone), b.astimezone(zone)) for a, b in row.hours if a <= row.at < b]
    for start, end in opened:
        if end - start < FULL_DAY:
            yield _("It came at {time}. Allowed that day: {start} to {end}.").format(
                time=f"{row.at.astimezone(zone):%H:%M}",
                start=f"{start:%H:%M}",
                end=f"{end:%H:%M}",
            )
    yield from _counted(row)
    if not row.set_aside:
        yield _("No wish of yours and no rule spoke against it.")


def _let_through(row: AttemptRow, law: Sentences) -> Iterator[str]:
    """Say that two persons set a limit of the platform aside for a notice, and why."""
    said = _("The law required this notice at once: {reason}. Two people of this platform agreed.")
    yield said.format(reason=OverrideReason(row.set_aside_for).label)
    for rule_id in row.set_aside:
        yield _("What usually holds: {rule}").format(rule=law.of(row.pack, rule_id))


def _counted(row: AttemptRow) -> Iterator[str]:
    if row.channel == Channel.VOICE and "person_dials_today" in row.counters:
        yield _("It was call number {n} to you that day, from anyone.").format(
            n=row.counters["person_dials_today"] + 1
        )
    elif row.channel in (Channel.SMS, Channel.EMAIL) and "person_messages_today" in row.counters:
        yield _("It was message number {n} to you that day, from anyone.").format(
            n=row.counters["person_messages_today"] + 1
        )
