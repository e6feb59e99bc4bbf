"""Whose organisation it is: its own people change what it declares, and the operator for it."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from qinghe.kernel.actor import Actor, Role
from qinghe.kernel.errors import DomainError
from qinghe.parties.models import Application, Organisation
from qinghe.parties.queries import NoSuchOrganisation
from qinghe.parties.terms import ApplicationState

OPEN_TO_CHANGE = (ApplicationState.DRAFT, ApplicationState.RETURNED)
_PEOPLE = (Role.CREDITOR, Role.COLLECTOR)


class UnderReview(DomainError):
    code = "parties.under-review"
    text = _(
        "This was handed in and is being reviewed, or was decided. Ask the reviewer to return it."
    )


def own_organisation(org_id: UUID, actor: Actor) -> Organisation:
    """
    Lock and return an organisation that the actor may declare things for.

    :raises NoSuchOrganisation: unknown, or another's
    """
    mine = actor.role in _PEOPLE and actor.org_id == org_id
    if not mine and actor.role not in (Role.OPERATOR, Role.SYSTEM):
        raise NoSuchOrganisation
    found = Organisation.objects.select_for_update(no_key=True).filter(pk=org_id).first()
    if found is None:
        raise NoSuchOrganisation
    return found


def declaring(org_id: UUID, actor: Actor) -> Organisation:
    """
    Return an organisation whose application may still be changed.

    :raises NoSuchOrganisation: unknown, or another's
    :raises UnderReview: handed in, or decided
    """
    found = own_organisation(org_id, actor)
    applied = Application.objects.filter(organisation=org_id)
    if applied.exclude(state__in=OPEN_TO_CHANGE).exists():
        raise UnderReview
    return found
