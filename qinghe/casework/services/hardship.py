"""The person wants to pay but cannot: contact stops first, proof may come later."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings

from qinghe.casework.models import Hardship
from qinghe.casework.refusals import (
    BadDay,
    HardshipDecided,
    HardshipExists,
    NoReason,
    NoSuchHardship,
    SameWords,
)
from qinghe.casework.services.guard import locked_claim
from qinghe.casework.services.pausing import move_behind
from qinghe.casework.terms import (
    LONGEST_PAUSE_DAYS,
    SAME_WORDS_DAYS,
    HardshipRefusal,
    HardshipState,
)
from qinghe.claims.days import day_of
from qinghe.claims.queries import NoSuchClaim
from qinghe.claims.services import lift_hold, place_hold, stop_interest
from qinghe.claims.terms import HoldKind, StopGround
from qinghe.journal.services import record, verb
from qinghe.kernel.actor import Actor
from qinghe.parties.roles import Permission, require
from qinghe.parties.services import seal
from qinghe.parties.services.secrets import unseal
from qinghe.parties.terms import Secret


@verb("casework.ask-hardship")
def ask_hardship(*, claim_id: UUID, statement: str, actor: Actor, at: datetime) -> Hardship:
    """
    Say that paying is too hard now. Collecting this claim stops in the same moment.

    :raises NotPermitted: the role cannot ask
    :raises NoSuchClaim: somebody else's claim
    :raises ClaimOver: nothing is owed any more
    :raises HardshipExists: one is being looked at
    :raises SameWords: refused some days ago, and nothing new is said
    """
    require(actor, Permission.PROPOSE_PLAN)
    claim = locked_claim(claim_id, actor)
    if Hardship.objects.filter(claim=claim, state=HardshipState.OPEN).exists():
        raise HardshipExists
    text = statement.strip()
    _check_new(claim.pk, text, at)
    person_id = claim.debtor_id
    sealed = seal(kind=Secret.TEXT, value=text, person_id=person_id, at=at) if text else None
    asked = Hardship.objects.create(person_id=person_id, claim=claim, statement=sealed, asked_at=at)
    _hold(asked, None, actor, at)
    _note("casework.hardship-asked", asked, actor, at)
    return asked


@verb("casework.decide-hardship")
def decide_hardship(
    *,
    hardship_id: UUID,
    granted: bool,
    actor: Actor,
    at: datetime,
    pause_until: date | None = None,
    no_interest: bool = False,
    refusal: str = "",
) -> Hardship:
    """
    Grant a pause until a day, or not; collecting stays stopped through the day before.

    Whoever does not grant it says why in `refusal`, a `HardshipRefusal`.

    What a plan asks inside the pause moves behind it.

    With `no_interest` the claim bears none in the pause either: only its creditor gives that.

    :raises NotPermitted: the role does not decide it
    :raises NoSuchHardship: unknown, or on another creditor's claim
    :raises HardshipDecided: it was decided before
    :raises BadDay: a pause must end later than today, within a year
    :raises NoReason: it is not granted, and no reason is given
    :raises BadStop: interest is booked beyond the pause already
    """
    require(actor, Permission.DECIDE_HARDSHIP)
    asked = _locked(hardship_id, actor)
    if asked.state != HardshipState.OPEN:
        raise HardshipDecided
    asked.decided_at = at
    if granted:
        _check(pause_until, day_of(at))
    elif refusal not in HardshipRefusal.values:
        raise NoReason
    asked.state = HardshipState.GRANTED if granted else HardshipState.DECLINED
    asked.pause_until = pause_until if granted else None
    asked.refusal = "" if granted else refusal
    asked.save(update_fields=["state", "decided_at", "pause_until", "refusal"])
    lift_hold(cause=_cause(asked), actor=actor, at=at)
    if asked.pause_until is not None:
        _hold(asked, asked.pause_until, actor, at)
        move_behind(asked, asked.pause_until, actor, at)
    if asked.pause_until is not None and no_interest:
        _stop_interest(asked, asked.pause_until, actor, at)
    _note(f"casework.hardship-{asked.state}", asked, actor, at, pause_until=str(pause_until or ""))
    return asked


def _check_new(claim_id: UUID, text: str, at: datetime) -> None:
    since = at - timedelta(days=SAME_WORDS_DAYS)
    refused = Hardship.objects.filter(
        claim=claim_id, state=HardshipState.DECLINED, decided_at__gt=since
    )
    last = refused.select_related("statement").order_by("-decided_at").first()
    if last is None or last.decided_at is None:
        return
    before = unseal(last.statement) if last.statement else ""
    if not text or text.split() == before.split():
        day = day_of(last.decided_at)
        again = day + timedelta(days=SAME_WORDS_DAYS + 1)
        raise SameWords(day=day.isoformat(), again=again.isoformat())


def _stop_interest(asked: Hardship, until: date, actor: Actor, at: datetime) -> None:
    stop_interest(
        claim_id=asked.claim_id,
        until=until,
        ground=StopGround.HARDSHIP,
        source=_cause(asked),
        actor=actor,
        at=at,
    )


def _check(pause_until: date | None, today: date) -> None:
    longest = today + timedelta(days=LONGEST_PAUSE_DAYS)
    if pause_until is None or not today < pause_until <= longest:
        raise BadDay(days=LONGEST_PAUSE_DAYS)


def _hold(asked: Hardship, until: date | None, actor: Actor, at: datetime) -> None:
    zone = ZoneInfo(settings.DISPLAY_ZONE)
    place_hold(
        person_id=asked.person_id,
        claim_id=asked.claim_id,
        kind=HoldKind.HARDSHIP,
        cause=_cause(asked),
        ends_at=datetime.combine(until, time(), tzinfo=zone) if until else None,
        actor=actor,
        at=at,
    )


def _cause(asked: Hardship) -> str:
    return f"hardship:{asked.pk}"


def _locked(hardship_id: UUID, actor: Actor) -> Hardship:
    found = Hardship.objects.filter(pk=hardship_id).values_list("claim_id", flat=True).first()
    if found is None:
        raise NoSuchHardship
    try:
        locked_claim(found, actor)
    except NoSuchClaim:
        raise NoSuchHardship from None
    return Hardship.objects.get(pk=hardship_id)


def _note(kind: str, asked: Hardship, actor: Actor, at: datetime, **facts: Any) -> None:
    record(
        kind=kind,
        subject=f"claim:{asked.claim_id}",
        actor=actor,
        at=at,
        person_id=asked.person_id,
        hardship=asked.pk,
        **facts,
    )
