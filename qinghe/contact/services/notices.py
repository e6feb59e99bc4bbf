"""
Tell a debtor that a claim was registered, before anyone may collect: without it the challenge
window does not begin. The platform writes, by letter or else by e-mail to an address that is known
to be the debtor's, under the same gate.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from qinghe.claims.models import Claim, Hold
from qinghe.claims.services import ask_address
from qinghe.claims.terms import ClaimState
from qinghe.contact.models import Attempt
from qinghe.contact.queries.letters import ANEW, notices_to_print
from qinghe.contact.refusals import LetterOnItsWay
from qinghe.contact.services.gate import lock_debtor
from qinghe.contact.services.requests import request_contact
from qinghe.contact.terms import FIRST_NOTICE, AttemptState, ContactPurpose
from qinghe.journal.services import record, verb
from qinghe.kernel.actor import Actor, system
from qinghe.parties.models import ContactPoint
from qinghe.parties.queries import reachable
from qinghe.parties.roles import Permission, require
from qinghe.parties.terms import Channel, PointState, Secret

NOTIFIER: Final = system("contact.notify")
TEMPLATE: Final = FIRST_NOTICE
DOOR_LETTER: Final = "door_letter"
AT_MOST: Final = 500
# No address in service for the channel.
NO_ADDRESS: Final = "PLT-IN-03"
PAST: Final = (ClaimState.READY, ClaimState.LISTED, ClaimState.PLACED)
TRY_AGAIN_AFTER: Final = timedelta(days=1)
# Printed, posted, delivered: before that nobody can say that a letter was lost.
LETTER_TRAVELS: Final = timedelta(days=7)
ON_THE_WAY: Final = (AttemptState.PERMITTED, AttemptState.SENDING, AttemptState.DONE)


def notify(*, at: datetime) -> dict[str, int]:
    """
    Ask for the first notice of every claim whose challenge window runs without one.

    Each in a transaction of its own; run again it asks for what is still missing. Returns counts.
    """
    waiting = list(_without_notice(at).order_by("challenge_ends_at", "pk")[:AT_MOST])
    known = _known_mail(waiting)
    states = [
        _ask(claim, Channel.EMAIL if claim.debtor_id in known else Channel.LETTER, at)
        for claim in waiting
    ]
    return {
        "permitted": states.count(AttemptState.PERMITTED),
        "refused": states.count(AttemptState.REFUSED),
    }


def _ask(claim: Claim, channel: Channel, at: datetime) -> str:
    """Ask for one notice; where no address can take it, its creditor is asked for one."""
    attempt = request_contact(
        claim_id=claim.pk,
        channel=channel,
        template=TEMPLATE,
        purpose=ContactPurpose.LEGAL_NOTICE,
        actor=NOTIFIER,
        at=at,
    )
    if attempt.state == AttemptState.REFUSED and NO_ADDRESS in attempt.rules:
        ask_address(claim_id=claim.pk, actor=NOTIFIER, at=at)
    return attempt.state


@verb("contact.send-door-letter")
def send_door_letter(*, claim_id: UUID, actor: Actor, at: datetime) -> Attempt:
    """
    Ask for a letter that brings a debtor a new code: the old one was lost, or rests.

    It goes to the address on record and nowhere else, and the gate decides as about any contact.

    :raises NotPermitted: the role does not manage debtors' access
    :raises NoSuchClaim: unknown claim
    :raises LetterOnItsWay: the person was sent such a letter in the last days
    """
    require(actor, Permission.MANAGE_DEBTOR_ACCESS)
    person_id = lock_debtor(claim_id)
    if _on_its_way(person_id, at):
        raise LetterOnItsWay(days=LETTER_TRAVELS.days)
    attempt = request_contact(
        claim_id=claim_id,
        channel=Channel.LETTER,
        template=DOOR_LETTER,
        # Looking at what is held about oneself is a right; a wish for silence does not end it.
        purpose=ContactPurpose.LEGAL_NOTICE,
        actor=NOTIFIER,
        at=at,
    )
    record(
        kind="contact.door-letter-asked",
        subject=f"claim:{claim_id}",
        actor=actor,
        at=at,
        person_id=attempt.person_id,
        attempt=attempt.pk,
    )
    return attempt


def _on_its_way(person_id: UUID, at: datetime) -> bool:
    letters = Attempt.objects.filter(
        person=person_id, at__gt=at - LETTER_TRAVELS, template__startswith=f"{DOOR_LETTER}@"
    )
    return letters.filter(state__in=ON_THE_WAY).exists()


def _without_notice(at: datetime) -> QuerySet[Claim]:
    tried = Attempt.objects.filter(
        claim=OuterRef("pk"),
        purpose=ContactPurpose.LEGAL_NOTICE,
        template__startswith=TEMPLATE,
        # What came back told nobody.
        bounced_at__isnull=True,
    )
    # What has left began a window; a claim without one was raised since, and is told anew.
    standing = Q(state__in=(AttemptState.PERMITTED, AttemptState.SENDING))
    refused = Q(state=AttemptState.REFUSED) & (
        Q(next_allowed_at__isnull=True) & ~Exists(_new_address()) | Q(next_allowed_at__gt=at)
    )
    lately = Q(state__in=(AttemptState.FAILED, AttemptState.CANCELLED), at__gt=at - TRY_AGAIN_AFTER)
    anew = Hold.objects.filter(ANEW).values("claim")
    claims = Claim.objects.filter(
        Q(state=ClaimState.CHALLENGE) | Q(pk__in=anew, state__in=PAST), noticed_at__isnull=True
    )
    waiting = notices_to_print().filter(claim=OuterRef("pk"))
    # An e-mail that began nothing is not repeated at every look.
    mailed = Q(state=AttemptState.DONE, channel=Channel.EMAIL, at__gt=at - TRY_AGAIN_AFTER)
    return claims.exclude(Exists(tried.filter(standing | refused | lately | mailed))).exclude(
        Exists(waiting)
    )


def _new_address() -> QuerySet[ContactPoint]:
    """Return what came to be usable since a notice was refused: then it is asked for again."""
    since = Q(created_at__gt=OuterRef("at")) | Q(
        checked_at__gt=OuterRef("at"), state=PointState.VALID
    )
    points = ContactPoint.objects.filter(since, person=OuterRef("person"))
    return points.exclude(state=PointState.INVALID)


def _known_mail(claims: Collection[Claim]) -> set[UUID]:
    """
    Return who has no postal address but an e-mail address that is known to be theirs.

    One that only the creditor gave may be the creditor's own: nobody would be told.
    """
    people = {claim.debtor_id for claim in claims}
    channels = reachable(people)
    mail = ContactPoint.objects.filter(person__in=people, kind=Secret.EMAIL, state=PointState.VALID)
    known = set(mail.values_list("person", flat=True))
    return {pk for pk in known if Channel.LETTER not in channels.get(pk, frozenset())}
