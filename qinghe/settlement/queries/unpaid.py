"""Organisations with money due that cannot be paid to them now, and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from qinghe.kernel.actor import Actor
from qinghe.ledger.models import Account
from qinghe.parties.models import Organisation
from qinghe.parties.queries.payees import waiting_until
from qinghe.parties.roles import Permission, require
from qinghe.settlement import accounts
from qinghe.settlement.payout_terms import NotNow
from qinghe.settlement.queries.payable import why_not_paid


@dataclass(frozen=True)
class Unpaid:
    """Money due to an organisation in one currency, in minor units, and why it waits."""

    name: str
    slug: str
    currency: str
    amount: int
    why: NotNow
    # Where only time is missing.
    until: datetime | None


def unpaid(*, actor: Actor, at: datetime) -> list[Unpaid]:
    """
    Return what is due and cannot be paid now, by organisation. Seven queries at most.

    :raises NotPermitted: the role may not prepare payouts
    """
    require(actor, Permission.PREPARE_PAYOUTS)
    held = Account.objects.filter(path__regex=accounts.PAYABLE, balance__lt=0)
    rows = [
        (UUID(path.split(":")[1]), currency, -balance)
        for path, currency, balance in held.values_list("path", "currency", "balance")
    ]
    why = why_not_paid({owner for owner, *_rest in rows}, at)
    until = waiting_until(why, at)
    known = {each.pk: each for each in Organisation.objects.filter(pk__in=why)}
    found = [
        Unpaid(
            name=known[owner].name,
            slug=known[owner].slug,
            currency=currency,
            amount=amount,
            why=why[owner],
            until=until.get(owner) if why[owner] == NotNow.CHANGED else None,
        )
        for owner, currency, amount in rows
        if owner in known
    ]
    return sorted(found, key=lambda row: (row.name, row.currency))
