"""The guard of this room: which claims an actor may see at all."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from qinghe.claims.models import Claim
from qinghe.kernel.actor import Actor, Role
from qinghe.kernel.errors import DomainError
from qinghe.parties.roles import OVERSIGHT

NOTHING = Q(pk__in=[])


class NoSuchClaim(DomainError):
    code = "claims.no-such-claim"
    status = 404
    text = _("There is no such claim.")


class NoSuchBatch(DomainError):
    code = "claims.no-such-batch"
    status = 404
    text = _("There is no such batch.")


class NoSuchDispute(DomainError):
    code = "claims.no-such-dispute"
    status = 404
    text = _("There is no such dispute.")


def visible(actor: Actor) -> Q:
    """
    Narrow claims to those an actor may see: creditors and debtors their own, oversight all.

    Collectors see none here: their right is a live mandate, which stands a floor above.
    """
    if actor.role in OVERSIGHT:
        return Q()
    if actor.role is Role.CREDITOR and actor.org_id:
        return Q(creditor_id=actor.org_id)
    if actor.role is Role.DEBTOR and actor.person_id:
        return Q(debtor_id=actor.person_id)
    return NOTHING


def require_claim(claim_id: UUID, actor: Actor) -> None:
    """
    Check that an actor may see a claim, before anything is done for it.

    :raises NoSuchClaim: unknown, or a stranger's
    """
    if not Claim.objects.filter(visible(actor), pk=claim_id).exists():
        raise NoSuchClaim
