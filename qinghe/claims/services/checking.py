"""Amounts of claims whose terms came with a file: checked in small groups, each once."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction

from qinghe.claims.models import Claim, ContractTerms
from qinghe.claims.services.agreed import check_again

# One check takes about two milliseconds; more than so many would hold up a merge or a lock.
AT_ONCE: Final = 500
# What one strike of the clock does; the next one goes on.
MOST: Final = 20_000


@transaction.atomic
def check_wanted(*, at: datetime, batch_id: UUID | None = None) -> int:
    """Check the next amounts that wait for it, of one batch or of any; return how many."""
    waiting = ContractTerms.objects.filter(check_wanted=True).order_by("id")
    if batch_id is not None:
        waiting = waiting.filter(claim__batch=batch_id)
    found = dict(waiting.values_list("id", "claim_id")[:AT_ONCE])
    rows = Claim.objects.select_related("creditor").filter(pk__in=found.values())
    claims = list(rows.order_by("pk").select_for_update(of=("self",)))
    # Another worker may have been here while this one waited for the claims.
    left = ContractTerms.objects.filter(pk__in=found, check_wanted=True)
    asked = set(left.values_list("claim_id", flat=True))
    check_again([claim for claim in claims if claim.pk in asked], at)
    left.update(check_wanted=False)
    return len(asked)


def check_all_wanted(*, at: datetime) -> int:
    """Check amounts that wait, group by group, up to what one strike of the clock may do."""
    done = 0
    while done < MOST and (some := check_wanted(at=at)):
        done += some
    return done
