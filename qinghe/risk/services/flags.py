"""Raise doubts about claims, and let people decide them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import Exists, F, OuterRef, TextField, Value
from django.db.models.functions import Cast, Concat
from django.utils.translation import gettext_lazy as _

from qinghe.claims.days import day_of
from qinghe.claims.models import Claim, Hold
from qinghe.claims.services import lift_hold, place_hold
from qinghe.claims.services.locks import locked
from qinghe.claims.services.reviewing import note_doubt
from qinghe.claims.terms import OPEN_STATES, HoldKind, ReviewStep
from qinghe.graph.services import note_crossing
from qinghe.journal.services import record, verb
from qinghe.kernel.actor import Actor
from qinghe.kernel.errors import DomainError
from qinghe.parties.pairs import independent
from qinghe.parties.roles import Permission, require
from qinghe.risk.doubts import BY_CODE, doubts
from qinghe.risk.models import Flag
from qinghe.risk.queries import NoSuchFlag, facts


class FlagDecided(DomainError):
    code = "risk.flag-decided"
    text = _("This warning was decided before.")


class FlagNoteMissing(DomainError):
    code = "risk.flag-note-missing"
    status = 422
    text = _("Write what you found about the warning: it stays with the claim.")


class FlagSecondPerson(DomainError):
    code = "risk.flag-second-person"
    text = _(
        "Somebody else must hold this warning harmless: you decided about it first, or your "
        "accounts are not independent."
    )


# A word at least: "ok" tells nobody what was found.
SHORTEST_NOTE: Final = 4
CHUNK: Final = 500


@verb("risk.raise_flags")
def raise_flags(*, claim_ids: Collection[UUID], actor: Actor, at: datetime) -> int:
    """
    Look at claims and raise every doubt that is not known yet; return how many are new.

    A grave doubt holds the claim at once. A doubt that a person has decided is not raised again.
    """
    rows = Claim.objects.select_for_update(of=("self",), no_key=True).order_by("pk")
    claims = {claim.pk: claim for claim in rows.filter(pk__in=claim_ids, state__in=OPEN_STATES)}
    known = set(Flag.objects.filter(claim_id__in=claims).values_list("claim_id", "code"))
    flags = [
        Flag(claim_id=claim_id, code=doubt.code, facts=named, raised_at=at)
        for claim_id, found in facts(list(claims), today=day_of(at)).items()
        for doubt, named in doubts(found)
        if (claim_id, doubt.code) not in known
    ]
    Flag.objects.bulk_create(flags)
    for flag in flags:
        if BY_CODE[flag.code].grave:
            _hold(flag, claims[flag.claim_id], actor, at)
    if flags:
        codes = sorted({flag.code for flag in flags})
        record(
            kind="risk.flags-raised",
            subject="claims",
            actor=actor,
            at=at,
            flags=[flag.pk for flag in flags],
            codes=codes,
        )
    return len(flags)


@verb("risk.raise_flag")
def raise_flag(*, claim_id: UUID, code: str, actor: Actor, at: datetime) -> bool:
    """
    Raise one doubt that a floor above has seen; tell whether it is new.

    :raises NoSuchClaim: unknown claim
    """
    claim = locked(claim_id)
    if Flag.objects.filter(claim=claim, code=code).exists():
        return False
    flag = Flag.objects.create(claim=claim, code=code, raised_at=at)
    if BY_CODE[code].grave:
        _hold(flag, claim, actor, at)
    record(
        kind="risk.flags-raised",
        subject=f"claim:{claim.pk}",
        actor=actor,
        at=at,
        flags=[flag.pk],
        codes=[code],
    )
    return True


@verb("risk.note_door")
def note_door(*, device: str, person_id: UUID, actor: Actor, at: datetime) -> int:
    """Doubt the claims of a creditor whose browser opened the debtor's door; return how many."""
    owners = note_crossing(device=device, person_id=person_id, actor=actor, at=at)
    claims = Claim.objects.filter(
        debtor_id=person_id, creditor_id__in=owners, state__in=OPEN_STATES
    )
    found = list(claims.values_list("pk", flat=True)) if owners else []
    return raise_flags(claim_ids=found, actor=actor, at=at) if found else 0


@verb("risk.decide_flag")
def decide_flag(
    *, flag_id: UUID, confirmed: bool, actor: Actor, at: datetime, note: str = ""
) -> Flag:
    """
    Clear a doubt, which lets the claim go on, or confirm it, which holds the claim.

    A grave one, and one that was confirmed and proved wrong, is cleared by two persons: the first
    only proposes it. The first may be who confirmed it.

    :raises NotPermitted: the actor may not decide flags
    :raises NoSuchFlag: unknown id
    :raises FlagDecided: decided before
    :raises FlagNoteMissing: no note that says what was found
    :raises FlagSecondPerson: the one who proposed it, or not independent of them
    """
    require(actor, Permission.DECIDE_FLAGS)
    claim_id = Flag.objects.filter(pk=flag_id).values_list("claim_id", flat=True).first()
    if claim_id is None:
        raise NoSuchFlag
    claim = locked(claim_id)
    flag = Flag.objects.select_for_update().get(pk=flag_id)
    again = flag.state == Flag.State.CONFIRMED and not confirmed
    if flag.state != Flag.State.OPEN and not again:
        raise FlagDecided
    if len(note.strip()) < SHORTEST_NOTE:
        raise FlagNoteMissing
    taken = _decided(flag, claim, confirmed=confirmed, actor=actor, at=at)
    note_doubt(claim, taken=taken, code=flag.code, words=note, actor=actor, at=at)
    record(
        kind="risk.flag-decided",
        subject=f"claim:{flag.claim_id}",
        actor=actor,
        at=at,
        flag=flag.pk,
        code=flag.code,
        confirmed=confirmed,
        final=taken is not ReviewStep.HARMLESS,
        note=note,
    )
    return flag


def _decided(
    flag: Flag, claim: Claim, *, confirmed: bool, actor: Actor, at: datetime
) -> ReviewStep:
    if not confirmed:
        first = flag.proposed_by
        if first and not independent(actor.label, first):
            raise FlagSecondPerson
        if not first and (BY_CODE[flag.code].grave or flag.state == Flag.State.CONFIRMED):
            flag.proposed_by = actor.label
            flag.save(update_fields=["proposed_by"])
            return ReviewStep.HARMLESS
    else:
        # What was held harmless before counts no more: both look again.
        flag.proposed_by = ""
    flag.state = Flag.State.CONFIRMED if confirmed else Flag.State.CLEARED
    flag.decided_at, flag.decided_by = at, actor.label
    flag.save(update_fields=["state", "decided_at", "decided_by", "proposed_by"])
    if not confirmed:
        lift_hold(cause=f"flag:{flag.pk}", actor=actor, at=at)
    elif not BY_CODE[flag.code].grave and claim.state in OPEN_STATES:
        _hold(flag, claim, actor, at)
    return ReviewStep.DOUBTED if confirmed else ReviewStep.CLEARED


@verb("risk.hold_confirmed")
def hold_confirmed(*, actor: Actor, at: datetime) -> int:
    """
    Hold open claims whose confirmed doubt holds nothing yet, as before it did; return how many.

    Safe to run twice.
    """
    held = Hold.objects.annotate(flag=Concat(Value("flag:"), Cast(OuterRef("pk"), TextField())))
    standing = held.filter(cause=F("flag"), lifted_at__isnull=True)
    rows = Flag.objects.filter(
        ~Exists(standing), state=Flag.State.CONFIRMED, claim__state__in=OPEN_STATES
    )
    found = list(rows.order_by("claim_id", "pk").values_list("pk", "claim_id")[:CHUNK])
    for flag_id, claim_id in found:
        claim = locked(claim_id)
        flag = Flag.objects.select_for_update().get(pk=flag_id)
        if flag.state == Flag.State.CONFIRMED and claim.state in OPEN_STATES:
            _hold(flag, claim, actor, at)
    return len(found)


def _hold(flag: Flag, claim: Claim, actor: Actor, at: datetime) -> None:
    place_hold(
        person_id=claim.debtor_id,
        claim_id=claim.pk,
        kind=HoldKind.FLAG,
        cause=f"flag:{flag.pk}",
        ends_at=None,
        actor=actor,
        at=at,
    )
