"""Interest stops for a while (停息): by law, for hardship, or as agreed; each time is explained."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from qinghe.claims.days import day_of
from qinghe.claims.models import Claim, InterestStop
from qinghe.claims.services.books import book, line
from qinghe.claims.services.locks import locked
from qinghe.claims.services.money import accrue_interest
from qinghe.claims.services.states import WrongClaimState
from qinghe.claims.terms import (
    LONGEST_STOP_DAYS,
    OPEN_STATES,
    ClaimState,
    Component,
    LineKind,
    StopGround,
)
from qinghe.journal.services import record, verb
from qinghe.kernel.actor import Actor, Role
from qinghe.kernel.errors import DomainError
from qinghe.kernel.redaction import redact
from qinghe.parties.roles import Permission, require


class BadStop(DomainError):
    code = "claims.bad-stop"
    status = 422
    text = _("Interest stops from the day it is booked to, until a later day, {days} days at most.")


class StopWithoutSource(DomainError):
    code = "claims.stop-without-source"
    status = 422
    text = _("Write the law, the ruling or the agreement on which interest stops.")


@verb("claims.stop-interest")
def stop_interest(
    *,
    claim_id: UUID,
    until: date,
    ground: str,
    source: str,
    actor: Actor,
    at: datetime,
    since: date | None = None,
) -> InterestStop:
    """
    Let a claim bear no interest from a day (else today) until another, which bears it again.

    What grew before is booked; of the time itself a line says that nothing grows, and why. A stop
    is not ended early: the debtor was told. Another one may follow it.

    :raises NotPermitted: neither the creditor nor, by a law, compliance
    :raises NoSuchClaim: unknown, or another creditor's
    :raises WrongClaimState: the claim is over
    :raises BadStop: no length, too long, of a day to come, or interest is booked past its first day
    :raises StopWithoutSource: an unknown ground, or nothing it stands on
    """
    _may(ground, actor)
    claim = locked(claim_id, actor)
    if claim.state not in OPEN_STATES:
        raise WrongClaimState(state=ClaimState(claim.state).label)
    words = redact(source.strip())
    if ground not in StopGround.values or not words:
        raise StopWithoutSource
    today = day_of(at)
    since = max(claim.interest_to, today) if since is None else since
    # A stop that follows another begins where that one ends, though this lies ahead.
    begins = claim.interest_to <= since <= max(today, claim.interest_to)
    if not begins or not 0 < (until - since).days <= LONGEST_STOP_DAYS:
        raise BadStop(days=LONGEST_STOP_DAYS)
    claim = accrue_interest(claim_id=claim.pk, to=since, actor=actor, at=at)
    made = InterestStop.objects.create(
        claim=claim, since=since, until=until, ground=ground, source=words, by=actor.label, at=at
    )
    _stop(claim, made, at)
    record(
        kind="claims.interest-stopped",
        subject=f"claim:{claim.pk}",
        actor=actor,
        at=at,
        person_id=claim.debtor_id,
        since=since,
        until=until,
        ground=ground,
    )
    return made


def _may(ground: str, actor: Actor) -> None:
    by_law = ground == StopGround.STATUTORY and actor.role != Role.CREDITOR
    require(actor, Permission.MANAGE_HOLDS if by_law else Permission.MANAGE_CLAIMS)


def _stop(claim: Claim, made: InterestStop, at: datetime) -> None:
    """Tell the stop by a line of nothing, and let interest go on where it ends."""
    facts = {
        "stopped": made.ground,
        "since": made.since.isoformat(),
        "until": made.until.isoformat(),
        "source": made.source,
    }
    book(claim, [line(claim.pk, Component.INTEREST, LineKind.STOPPED, 0, at, facts)])
    claim.interest_to = made.until
    claim.save(update_fields=["interest_to"])
