"""Rate the other side of a mandate, unseen by it; and tell how one felt treated."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.utils.crypto import salted_hmac

from qinghe.claims.days import day_of
from qinghe.contact.models import Attempt
from qinghe.contact.terms import AttemptState
from qinghe.journal.services import record, verb
from qinghe.kernel.actor import Actor, system
from qinghe.market.models import Mandate
from qinghe.market.terms import LIVE
from qinghe.parties.roles import Permission, require
from qinghe.quality.models import Rating, Signal
from qinghe.quality.queries.ratings import MARKS, SIDES
from qinghe.quality.refusals import (
    BadMarks,
    NothingToFeel,
    NothingToRate,
    RatedAlready,
    RatingClosed,
    SignalGiven,
)
from qinghe.quality.services.grading import look_again
from qinghe.quality.terms import RATING_DAYS, SIGNAL_DAYS, Face, Side

WORST, BEST = 1, 5
# The journal, too, is not told who said how they felt.
SOMEBODY = system("quality.signal")


@verb("quality.rate")
def rate_mandate(*, mandate_id: UUID, marks: Sequence[int], actor: Actor, at: datetime) -> Rating:
    """
    Answer the four questions about the other side of an ended mandate, once and for good.

    Nobody sees it before the other side has answered too or the time is over, so nobody can pay
    back; from then on nobody can answer.

    :raises NotPermitted: neither creditor nor collector
    :raises NothingToRate: unknown, somebody else's, or still live
    :raises RatingClosed: the time is over
    :raises RatedAlready: this side has answered
    :raises BadMarks: not four answers from 1 to 5
    """
    require(actor, Permission.DECLARE_PARTY)
    side = SIDES[actor.role]
    mandates = Mandate.objects.select_for_update(no_key=True).exclude(state__in=LIVE)
    mandate = mandates.filter(pk=mandate_id, **{side: actor.org_id}).first()
    if mandate is None or mandate.closed_at is None:
        raise NothingToRate
    opens_at = mandate.closed_at + timedelta(days=RATING_DAYS)
    if at >= opens_at:
        raise RatingClosed
    if Rating.objects.filter(mandate=mandate, side=side).exists():
        raise RatedAlready
    if len(marks) != len(MARKS) or not all(WORST <= mark <= BEST for mark in marks):
        raise BadMarks
    made = Rating.objects.create(
        mandate=mandate,
        side=side,
        by_id=mandate.creditor_id if side == Side.CREDITOR else mandate.collector_id,
        about_id=mandate.collector_id if side == Side.CREDITOR else mandate.creditor_id,
        **dict(zip(MARKS, marks, strict=True)),
        given_by=actor.label,
        given_at=at,
        opens_at=opens_at,
    )
    _open_soon(mandate, at)
    # The marks stay out of the journal: who reads it would read what is sealed.
    record(
        kind="quality.rated",
        subject=f"mandate:{mandate.pk}",
        actor=actor,
        at=at,
        rating=made.pk,
        side=side,
    )
    return made


@verb("quality.signal")
def give_signal(*, attempt_id: UUID, face: str, actor: Actor, at: datetime) -> None:
    """
    Keep how a debtor felt treated in one contact, without keeping who said so about which contact.

    :raises NotPermitted: not a debtor
    :raises NothingToFeel: unknown, somebody else's, by the platform itself, or long ago
    :raises SignalGiven: told before
    """
    require(actor, Permission.SET_WISHES)
    since = at - timedelta(days=SIGNAL_DAYS)
    mine = Attempt.objects.filter(person=actor.person_id, collector__isnull=False)
    done = mine.filter(pk=attempt_id, state=AttemptState.DONE, at__gt=since, at__lte=at)
    attempt = done.values_list("collector_id", "channel").first()
    if attempt is None or face not in Face.values:
        raise NothingToFeel
    collector_id, channel = attempt
    _row, new = Signal.objects.get_or_create(
        token=token_of(attempt_id),
        defaults={
            "collector_id": collector_id,
            "month": day_of(at).replace(day=1),
            "channel": channel,
            "face": face,
        },
    )
    if not new:
        raise SignalGiven
    record(kind="quality.signal-given", subject="signals", actor=SOMEBODY, at=at)


def token_of(attempt_id: UUID) -> bytes:
    """Return the keyed hash under which a contact's signal is known; it leads nowhere back."""
    made = salted_hmac("quality.signal", str(attempt_id), settings.SECRET_KEY, algorithm="sha256")
    return bytes(made.digest())


def _open_soon(mandate: Mandate, at: datetime) -> None:
    """Have the collector graded when the ratings are opened: tonight, or when the time is over."""
    both = Rating.objects.filter(mandate=mandate).count() == len(Side)
    assert mandate.closed_at is not None
    opens = at if both else mandate.closed_at + timedelta(days=RATING_DAYS)
    look_again([mandate.collector_id], day_of(opens) + timedelta(days=0 if both else 1))
