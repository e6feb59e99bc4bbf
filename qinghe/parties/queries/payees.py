"""
Accounts that were changed lately: money waits a while, so that whoever did not do it can say so.

A changed account is how money is stolen from within: somebody signs in as a member, enters an
account of their own and waits for the next payout.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db.models import Exists, OuterRef, Q

from qinghe.parties.models import SettlementAccount
from qinghe.parties.terms import SettlementState

WAIT: Final = timedelta(hours=72)
# So long whoever lets money go is told that an account is new.
NEW: Final = timedelta(days=30)


@dataclass(frozen=True)
class NewAccount:
    """An account that was named or proven lately; of its number only the masked ending."""

    masked: str
    since: datetime
    proven_at: datetime | None
    # Whether another account was proven before.
    changed: bool


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


def new_accounts(org_ids: Iterable[UUID], at: datetime) -> dict[UUID, NewAccount]:
    """Return the accounts of parties that were named or proven lately. One query."""
    lately = Q(added_at__gt=at - NEW) | Q(proven_at__gt=at - NEW)
    rows = SettlementAccount.objects.exclude(state=SettlementState.REPLACED).filter(
        lately, organisation__in=set(org_ids)
    )
    fields = ("number__masked", "added_at", "proven_at", "changed")
    told = rows.annotate(changed=replaced_proven(OuterRef("organisation")))
    return {pk: NewAccount(*row) for pk, *row in told.values_list("organisation_id", *fields)}
