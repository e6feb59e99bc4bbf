"""The way of a letter out of the house: opened to be printed, marked as printed, then as posted."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from qinghe.claims.services import notice_sent
from qinghe.contact.models import Delivery
from qinghe.contact.queries.letters import LETTER, current_notices, printable
from qinghe.contact.refusals import (
    LetterNotPrinted,
    LetterPosted,
    LetterPrinted,
    LetterUnopened,
    LetterVoid,
    NoSuchLetter,
)
from qinghe.journal.services import record, verb
from qinghe.kernel.actor import Actor
from qinghe.parties.roles import Permission, require
from qinghe.parties.services import open_file
from qinghe.parties.terms import Purpose


def open_to_print(*, attempt_id: UUID, actor: Actor, at: datetime) -> bytes:
    """
    Return a letter that waits for the printer, as PDF; the look is on record.

    A printed letter stays shut: it carries a name, an address and a code of the debtor's door.

    :raises NotPermitted: the role prints no letters
    :raises NoSuchLetter: no letter was made for this contact
    :raises LetterPrinted: it is printed already
    :raises LetterVoid: its claim has moved on
    """
    # The answer of a repeated request must not keep the content.
    return _open(attempt_id=attempt_id, actor=actor.with_key(None), at=at)


@verb("contact.open-to-print")
def _open(*, attempt_id: UUID, actor: Actor, at: datetime) -> bytes:
    letter = _lock(attempt_id, actor)
    letter.opened_by = sorted({*letter.opened_by, actor.label})
    letter.save(update_fields=["opened_by"])
    return open_file(sha256=letter.file_sha256, purpose=Purpose.DELIVER, actor=actor, at=at)


@verb("contact.mark-printed")
def mark_printed(*, attempt_id: UUID, actor: Actor, at: datetime) -> Delivery:
    """
    Note that a letter is on paper; it leaves the list of those that wait.

    The challenge window of a first notice counts from here, and not from when it was typeset.

    :raises NotPermitted: the role prints no letters
    :raises NoSuchLetter: no letter was made for this contact
    :raises LetterPrinted: it is printed already
    :raises LetterVoid: its claim has moved on
    :raises LetterUnopened: the actor has not had its file
    """
    letter = _lock(attempt_id, actor)
    if actor.label not in letter.opened_by:
        raise LetterUnopened
    letter.printed_at = at
    letter.save(update_fields=["printed_at"])
    record(
        kind="contact.printed",
        subject=f"claim:{letter.attempt.claim_id}",
        actor=actor,
        at=at,
        person_id=letter.attempt.person_id,
        attempt=attempt_id,
    )
    # An old letter may name an amount that was released again since: it begins nothing.
    if current_notices().filter(pk=attempt_id).exists():
        notice_sent(claim_id=letter.attempt.claim_id, actor=actor, at=at)
    return letter


@verb("contact.mark-posted")
def mark_posted(*, attempt_id: UUID, actor: Actor, at: datetime) -> Delivery:
    """
    Note that a printed letter went to the post; before this no page says that it was sent.

    What was posted is told also when it no longer held: the list had warned, and no page lies.

    :raises NotPermitted: the role prints no letters
    :raises NoSuchLetter: no letter was made for this contact
    :raises LetterNotPrinted: it is not on paper yet
    :raises LetterPosted: it was noted before
    """
    require(actor, Permission.PRINT_LETTERS)
    letter = _found(attempt_id)
    if letter.printed_at is None:
        raise LetterNotPrinted
    if letter.posted_at is not None:
        raise LetterPosted
    letter.posted_at = at
    letter.save(update_fields=["posted_at"])
    record(
        kind="contact.posted",
        subject=f"claim:{letter.attempt.claim_id}",
        actor=actor,
        at=at,
        person_id=letter.attempt.person_id,
        attempt=attempt_id,
    )
    return letter


def _lock(attempt_id: UUID, actor: Actor) -> Delivery:
    """Return a letter that waits, locked: it is printed once."""
    require(actor, Permission.PRINT_LETTERS)
    letter = _found(attempt_id)
    if letter.printed_at is not None:
        raise LetterPrinted
    if not printable().filter(pk=letter.pk).exists():
        raise LetterVoid
    return letter


def _found(attempt_id: UUID) -> Delivery:
    found = Delivery.objects.filter(LETTER, attempt=attempt_id).select_related("attempt")
    letter = found.select_for_update(of=("self",)).first()
    if letter is None:
        raise NoSuchLetter
    return letter
