"""The creditor of a file: locked, so that its files are taken over one after the other."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from qinghe.kernel.actor import Actor, Role
from qinghe.kernel.errors import DomainError
from qinghe.parties.levels import Act
from qinghe.parties.models import Organisation
from qinghe.parties.queries import NoSuchOrganisation
from qinghe.parties.queries.standing import closed
from qinghe.parties.services.assurance import check_standing
from qinghe.parties.terms import OrgKind, OrgState

CREDITORS: Final = (OrgKind.INSTITUTION, OrgKind.PRIVATE_CREDITOR)


class CreditorInactive(DomainError):
    code = "claims.creditor-inactive"
    text = _(
        "You cannot post claims now: you are not approved yet, or were suspended. What is missing "
        "stands under “Our standing”."
    )


def creditor_of(creditor_id: UUID, actor: Actor) -> Organisation:
    """
    Return a creditor that the actor may speak for, locked.

    :raises NoSuchOrganisation: another creditor's, or no creditor
    :raises CreditorInactive: not verified, or suspended
    """
    if actor.role is not Role.SYSTEM and actor.org_id != creditor_id:
        raise NoSuchOrganisation
    return active_creditor(creditor_id)


def standing_creditor(creditor_id: UUID, actor: Actor, at: datetime) -> Organisation:
    """
    Return a creditor that may submit claims at an instant, locked.

    :raises NoSuchOrganisation: another creditor's, or no creditor
    :raises CreditorInactive: not verified, or suspended
    :raises NotAssured: the creditor's account is not proven
    :raises StandingLapsed: a licence or an authority of the creditor has ended
    """
    creditor = creditor_of(creditor_id, actor)
    check_standing(creditor, Act.SUBMIT, at)
    return creditor


def why_closed(creditor_id: UUID, at: datetime) -> DomainError | None:
    """Return why a creditor may not post claims at an instant; None where it may. Locks nothing."""
    creditor = Organisation.objects.filter(pk=creditor_id, kind__in=CREDITORS).first()
    if creditor is None:
        return NoSuchOrganisation()
    if creditor.state != OrgState.ACTIVE:
        return CreditorInactive()
    return closed(creditor, Act.SUBMIT, at)


def active_creditor(creditor_id: UUID) -> Organisation:
    """
    Return a creditor, locked.

    :raises NoSuchOrganisation: no creditor
    :raises CreditorInactive: not verified, or suspended
    """
    rows = Organisation.objects.select_for_update(no_key=True).filter(kind__in=CREDITORS)
    creditor = rows.filter(pk=creditor_id).first()
    if creditor is None:
        raise NoSuchOrganisation
    if creditor.state != OrgState.ACTIVE:
        raise CreditorInactive
    return creditor
