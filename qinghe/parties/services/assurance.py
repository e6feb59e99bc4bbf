"""Keep what is proven of a party, and with it the level that its gates read."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from qinghe.journal.services import record, verb
from qinghe.kernel.actor import Actor, system
from qinghe.kernel.errors import DomainError
from qinghe.parties.days import legal_day
from qinghe.parties.levels import WARN_DAYS, Act, Held, standing
from qinghe.parties.models import EndingNotice, Licence, Organisation, Proof
from qinghe.parties.queries import NoSuchOrganisation
from qinghe.parties.queries.standing import closed
from qinghe.parties.roles import Permission, require
from qinghe.parties.terms import ProofKind

# Levels looked at in one run; the rest waits for the next, and its gates are closed meanwhile.
AT_MOST = 20_000


class NoSuchProof(DomainError):
    code = "parties.no-such-proof"
    status = 404
    text = _("There is no such proof.")


def check_standing(organisation: Organisation, act: Act, at: datetime) -> None:
    """
    Refuse an act that the proofs of a party do not open today.

    :raises StandingLapsed: what it was proven by has ended
    :raises NotAssured: the level is too low
    """
    reason = closed(organisation, act, at)
    if reason is not None:
        raise reason


def keep_proof(
    *,
    org_id: UUID,
    kind: ProofKind,
    source: str,
    actor: Actor,
    at: datetime,
    expires_on: date | None = None,
    licence: Licence | None = None,
) -> Proof:
    """
    Keep one item of proof and count the level anew, inside the caller's transaction.

    The same proof with the same end is kept once; with another end it replaces the one before.
    """
    organisation = _locked(org_id)
    live = Proof.objects.filter(
        organisation=organisation, kind=kind, source=source, ended_at__isnull=True
    )
    same = live.filter(expires_on=expires_on).first()
    if same is not None:
        return same
    live.update(ended_at=at)
    proof = Proof.objects.create(
        organisation=organisation,
        kind=kind,
        source=source,
        licence=licence,
        decided_by=actor.label,
        decided_at=at,
        expires_on=expires_on,
    )
    record(
        kind="parties.proof-kept",
        subject=f"organisation:{org_id}",
        actor=actor,
        at=at,
        proof=kind,
        source=source,
        expires_on=expires_on,
    )
    _settle(organisation, actor, at)
    return proof


def end_proofs(
    *, org_id: UUID, kind: ProofKind, actor: Actor, at: datetime, source: str | None = None
) -> int:
    """End the proofs of one kind and count the level anew, inside the caller's transaction."""
    organisation = _locked(org_id)
    live = Proof.objects.filter(organisation=organisation, kind=kind, ended_at__isnull=True)
    ended = (live if source is None else live.filter(source=source)).update(ended_at=at)
    if ended:
        _settle(organisation, actor, at)
    return ended


@verb("parties.end_proof")
def end_proof(*, proof_id: UUID, reason: str, actor: Actor, at: datetime) -> Proof:
    """
    Say that a proof counts no more; the level falls at once if it hung on it.

    :raises NotPermitted: the actor may not verify parties
    :raises NoSuchProof: unknown, or ended before
    """
    require(actor, Permission.VERIFY_PARTIES)
    proof = Proof.objects.filter(pk=proof_id, ended_at__isnull=True).first()
    if proof is None:
        raise NoSuchProof
    organisation = _locked(proof.organisation_id)
    proof.ended_at = at
    proof.save(update_fields=["ended_at"])
    record(
        kind="parties.proof-ended",
        subject=f"organisation:{proof.organisation_id}",
        actor=actor,
        at=at,
        proof=proof.kind,
        reason=reason,
    )
    _settle(organisation, actor, at)
    return proof


def lower_levels(*, at: datetime) -> int:
    """
    Count anew the level of every party whose proofs have ended; return how many. Safe to repeat.
    """
    actor = system("parties.levels")
    due = Organisation.objects.filter(level_until__lte=legal_day(at)).order_by("pk")
    ids = list(due.values_list("pk", flat=True)[:AT_MOST])
    for org_id in ids:
        recount(org_id=org_id, actor=actor, at=at)
    return len(ids)


def warn_ending(*, at: datetime) -> int:
    """
    Put on record, thirty and seven days before, that a party's level will fall; return how many.

    Its people see it on every page from then on. Each warning is given once. Safe to repeat.
    """
    today, told = legal_day(at), 0
    for days in WARN_DAYS:
        soon = Organisation.objects.filter(
            level_until__gt=today, level_until__lte=today + timedelta(days=days)
        )
        for org_id, ends_on in soon.order_by("pk").values_list("pk", "level_until")[:AT_MOST]:
            told += ends_on is not None and _warn(org_id, ends_on, days, at)
    return told


@transaction.atomic
def _warn(org_id: UUID, ends_on: date, days: int, at: datetime) -> bool:
    _notice, new = EndingNotice.objects.get_or_create(
        organisation_id=org_id, ends_on=ends_on, days=days, defaults={"told_at": at}
    )
    if new:
        record(
            kind="parties.warned",
            subject=f"organisation:{org_id}",
            actor=system("parties.warn"),
            at=at,
            ends_on=ends_on,
            days=days,
        )
    return new


@verb("parties.recount")
def recount(*, org_id: UUID, actor: Actor, at: datetime) -> Organisation:
    """
    Count the level of one party anew from its proofs.

    :raises NotPermitted: the actor may not verify parties
    :raises NoSuchOrganisation: unknown id
    """
    require(actor, Permission.VERIFY_PARTIES)
    organisation = _locked(org_id)
    _settle(organisation, actor, at)
    return organisation


def _settle(organisation: Organisation, actor: Actor, at: datetime) -> None:
    live = Proof.objects.filter(organisation=organisation, ended_at__isnull=True)
    held = [Held(kind, end) for kind, end in live.values_list("kind", "expires_on")]
    found = standing(organisation.kind, held, legal_day(at))
    before = (organisation.level, organisation.level_until)
    if before == (found.level, found.until):
        return
    organisation.level, organisation.level_until = found.level, found.until
    organisation.save(update_fields=["level", "level_until"])
    record(
        kind="parties.level-set",
        subject=f"organisation:{organisation.pk}",
        actor=actor,
        at=at,
        before=before[0],
        level=found.level,
        until=found.until,
    )


def _locked(org_id: UUID) -> Organisation:
    found = Organisation.objects.select_for_update(no_key=True).filter(pk=org_id).first()
    if found is None:
        raise NoSuchOrganisation
    return found
