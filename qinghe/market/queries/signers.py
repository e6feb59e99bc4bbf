"""Whether who signed beforehand still may sign for its organisation."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import Q

from qinghe.market.refusals import SignerLeft
from qinghe.parties.models import Membership


def check_signer(*, user_id: UUID | None, org_id: UUID, at: datetime) -> None:
    """
    Refuse a signature given beforehand by somebody who left since.

    :raises SignerLeft: every membership of that person there has ended
    """
    mine = Membership.objects.filter(user=user_id, organisation=org_id)
    live = mine.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=at))
    if mine.exists() and not live.exists():
        raise SignerLeft
