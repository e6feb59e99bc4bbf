"""How an organisation is taxed, from which month on."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from qinghe.journal.services import record, verb
from qinghe.kernel.actor import Actor
from qinghe.kernel.errors import DomainError
from qinghe.parties.days import legal_day
from qinghe.parties.models import TaxStatus
from qinghe.parties.roles import Permission, require
from qinghe.parties.services.own import own_organisation
from qinghe.parties.terms import TaxpayerKind


class NotThatMonth(DomainError):
    code = "parties.not-that-month"
    status = 422
    text = _(
        "A tax status begins on the first of a month, of this month at the earliest: what was"
        " divided before stays as it was."
    )


@verb("parties.tell-taxpayer")
def tell_taxpayer(
    *, org_id: UUID, taxpayer: str, from_on: date, actor: Actor, at: datetime
) -> TaxStatus:
    """
    Say how an organisation is taxed from the first of a month on; said again, the last word counts.

    :raises NotPermitted: the actor may not manage accounts
    :raises NoSuchOrganisation: unknown
    :raises NotThatMonth: not the first of a month, or of one that is over
    """
    require(actor, Permission.MANAGE_ACCOUNTS)
    organisation = own_organisation(org_id, actor)
    if from_on.day != 1 or from_on < legal_day(at).replace(day=1):
        raise NotThatMonth
    status, _made = TaxStatus.objects.update_or_create(
        organisation=organisation,
        from_on=from_on,
        defaults={
            "taxpayer": TaxpayerKind(taxpayer),
            "told_by": actor.label,
            "told_at": at,
        },
    )
    record(
        kind="parties.taxpayer-told",
        subject=f"organisation:{org_id}",
        actor=actor,
        at=at,
        taxpayer=taxpayer,
        from_on=from_on,
    )
    return status
