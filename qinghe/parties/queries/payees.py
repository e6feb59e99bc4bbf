"""
Accounts that were changed lately: money waits a while, so that whoever did not do it can say so.

A changed account is how money is stolen from within: somebody signs in as a member, enters an
account of their own and waits for the next payout.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db.models import Exists, OuterRef

from qinghe.parties.models import SettlementAccount
from qinghe.parties.terms import SettlementState

WAIT: Final = timedelta(hours=72)


def replaced_proven(org_id: Any) -> Exists:
    """Tell whether a party had another account that was proven: then the present one is changed."""
    rows = SettlementAccount.objects.filter(organisation=org_id, state=SettlementState.REPLACED)
    return Exists(rows.filter(proven_at__isnull=False))


def waiting_until(org_ids: Iterable[UUID], at: datetime) -> dict[UUID, datetime]:
    """Return until when nothing is paid to parties whose account was changed. One query."""
    rows = SettlementAccount.objects.exclude(state=SettlementState.REPLACED).filter(
        replaced_proven(OuterRef("organisation")),
        organisation__in=set(org_ids),
        added_at__gt=at - WAIT,
    )
    return {pk: added_at + WAIT for pk, added_at in rows.values_list("organisation_id", "added_at")}
