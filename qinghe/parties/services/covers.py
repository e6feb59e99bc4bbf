"""Deposits and insurances that cover what a collector holds: recorded by one, confirmed by another.

No money moves here; what is on file is the amount a paper shows.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from django.conf import settings
from django.db.models import F, Q, Sum
from django.utils.translation import gettext_lazy as _

from qinghe.journal.services import record, verb
from qinghe.kernel.actor import Actor
from qinghe.kernel.errors import DomainError
from qinghe.kernel.money import to_major
from qinghe.parties.days import legal_day
from qinghe.parties.models import Cover, Organisation
from qinghe.parties.pairs import independent
from qinghe.parties.queries import NoSuchOrganisation
from qinghe.parties.roles import Permission, require
from qinghe.parties.services.assurance import end_proofs, keep_proof
from qinghe.parties.services.lifting import forget, second_agrees
from qinghe.parties.terms import CoverKind, OrgKind, ProofKind


class BadCover(DomainError):
    code = "parties.bad-cover"
    status = 422
    text = _("Give an amount above zero, and a last day that is still to come.")


class NoSuchCover(DomainError):
    code = "parties.no-such-cover"
    status = 404
    text = _("There is no such deposit or insurance, or it was decided before.")


class CoverBySamePerson(DomainError):
    code = "parties.cover-same-person"
    status = 403
    text = _("Who recorded it cannot confirm it, nor somebody who made that person's account.")


class NotADeposit(DomainError):
    code = "parties.not-a-deposit"
    text = _("Only a deposit can be called here; an insurance is claimed from its insurer.")


class CoverTooSmall(DomainError):
    code = "parties.cover-too-small"
    status = 422
    text = _("Give an amount above zero; {left} {currency} are left of this deposit.")


@verb("parties.record_cover")
def record_cover(
    *,
    org_id: UUID,
    kind: str,
    amount: int,
    currency: str,
    actor: Actor,
    at: datetime,
    reference: str = "",
    paper: str = "",
    ends_on: date | None = None,
) -> Cover:
    """
    Put a deposit or an insurance of an agency on file; it covers once another person confirms it.

    `amount` in minor units; `ends_on` is the first day without it, `paper` a sealed file's hash.

    :raises NotPermitted: the actor may not manage accounts
    :raises NoSuchOrganisation: unknown, or no agency
    :raises BadCover: nothing, or over already
    """
    require(actor, Permission.MANAGE_ACCOUNTS)
    if not Organisation.objects.filter(pk=org_id, kind=OrgKind.AGENCY).exists():
        raise NoSuchOrganisation
    if amount <= 0 or (ends_on is not None and ends_on <= legal_day(at)):
        raise BadCover
    cover = Cover.objects.create(
        organisation_id=org_id,
        kind=kind,
        amount=amount,
        currency=currency,
        paper=paper,
        reference=reference,
        recorded_by=actor.label,
        recorded_at=at,
        ends_on=ends_on,
    )
    _note("recorded", cover, actor, at)
    return cover


@verb("parties.confirm_cover")
def confirm_cover(*, cover_id: UUID, actor: Actor, at: datetime) -> Cover:
    """
    Confirm what a colleague recorded; from now on it caps what the agency may hold.

    :raises NotPermitted: the actor may not manage accounts
    :raises NoSuchCover: unknown, or decided before
    :raises CoverBySamePerson: recorded by this very person, or by one who made the other
    """
    require(actor, Permission.MANAGE_ACCOUNTS)
    cover = _locked(cover_id)
    if cover.confirmed_at is not None:
        raise NoSuchCover
    if cover.recorded_by == actor.label or not independent(cover.recorded_by, actor.label):
        raise CoverBySamePerson
    cover.confirmed_by, cover.confirmed_at = actor.label, at
    cover.save(update_fields=["confirmed_by", "confirmed_at"])
    _note("confirmed", cover, actor, at)
    keep_proof(
        org_id=cover.organisation_id,
        kind=ProofKind.COVER,
        source=f"cover:{cover.pk}",
        expires_on=cover.ends_on,
        actor=actor,
        at=at,
    )
    return cover


@verb("parties.release_cover")
def release_cover(*, cover_id: UUID, reason: str, actor: Actor, at: datetime) -> Cover:
    """
    Take a deposit or an insurance off file: given back, called in, or never confirmed.

    What two persons confirmed two give back: the first asks and changes nothing, the second does.

    :raises NotPermitted: the actor may not manage accounts
    :raises NoSuchCover: unknown, or released before
    :raises LiftedBySamePerson: the same person asked for it, or stands behind the one who did
    :raises LiftedBySubject: the actor's own organisation
    """
    require(actor, Permission.MANAGE_ACCOUNTS)
    cover = _locked(cover_id)
    measure, org_id = f"cover:{cover.pk}", cover.organisation_id
    if cover.confirmed_at is not None and not second_agrees(
        org_id=org_id, measure=measure, reason=reason, actor=actor, at=at
    ):
        return cover
    cover.released_at = at
    cover.save(update_fields=["released_at"])
    _note("released", cover, actor, at, reason=reason)
    end_proofs(
        org_id=cover.organisation_id,
        kind=ProofKind.COVER,
        source=f"cover:{cover.pk}",
        actor=actor,
        at=at,
    )
    return cover


@verb("parties.call_cover")
def call_cover(*, cover_id: UUID, amount: int, cause: str, actor: Actor, at: datetime) -> Cover:
    """
    Take a part of a deposit for a proven breach, in minor units; only the rest covers from now on.

    :raises NotPermitted: the actor may not suspend
    :raises NoSuchCover: unknown, released, or never confirmed
    :raises NotADeposit: an insurance is claimed from its insurer, by its own terms
    :raises CoverTooSmall: less is left of it
    """
    require(actor, Permission.SUSPEND)
    cover = _locked(cover_id)
    if cover.confirmed_at is None:
        raise NoSuchCover
    if cover.kind != CoverKind.DEPOSIT:
        raise NotADeposit
    left = cover.amount - cover.called
    if not 0 < amount <= left:
        raise CoverTooSmall(left=f"{to_major(left, cover.currency):,}", currency=cover.currency)
    cover.called += amount
    cover.save(update_fields=["called"])
    forget(org_id=cover.organisation_id, measure=f"cover:{cover.pk}")
    _note("called", cover, actor, at, cause=cause, called=str(amount))
    if cover.called == cover.amount:
        end_proofs(
            org_id=cover.organisation_id,
            kind=ProofKind.COVER,
            source=f"cover:{cover.pk}",
            actor=actor,
            at=at,
        )
    return cover


def exposure_cap(*, org_id: UUID, currency: str, at: datetime) -> int | None:
    """
    Return the most that may be open under an agency's mandates, in minor units of a currency.

    None: nothing was ever confirmed for it, so nothing caps it here.
    """
    return caps(org_ids=[org_id], currency=currency, at=at).get(org_id)


def caps(*, org_ids: Iterable[UUID], currency: str, at: datetime) -> dict[UUID, int]:
    """Return the caps of those of many agencies that have one, in one query."""
    valid = Q(released_at__isnull=True) & (Q(ends_on__isnull=True) | Q(ends_on__gt=legal_day(at)))
    confirmed = Cover.objects.filter(organisation_id__in=org_ids, confirmed_at__isnull=False)
    sums = confirmed.values_list("organisation_id").annotate(
        sum=Sum(F("amount") - F("called"), filter=valid & Q(currency=currency))
    )
    multiple = int(settings.COVER_MULTIPLE)
    return {org_id: int(amount or 0) * multiple for org_id, amount in sums.order_by()}


def _locked(cover_id: UUID) -> Cover:
    rows = Cover.objects.select_for_update(of=("self",)).filter(released_at__isnull=True)
    cover = rows.filter(pk=cover_id).first()
    if cover is None:
        raise NoSuchCover
    return cover


def _note(what: str, cover: Cover, actor: Actor, at: datetime, **facts: str) -> None:
    record(
        kind=f"parties.cover-{what}",
        subject=f"organisation:{cover.organisation_id}",
        actor=actor,
        at=at,
        cover=cover.pk,
        amount=cover.amount,
        currency=cover.currency,
        about=facts,
    )
