"""
What bears out a reason of a return that lies outside the collector, and what waits for an answer.

Whoever gives an order back names the reason, so the name alone excuses nothing. What others put on
record does: a debtor who contested or asked for a pause, an officer who noted a death or an
insolvency, a platform that checks the claim, a creditor that recalls it. An address counts as out
of service only if somebody else found so: the collector records the outcome of its own calls.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import Q

from qinghe.claims.models import Hold
from qinghe.claims.terms import HoldKind
from qinghe.kernel.actor import Actor
from qinghe.market.models import Mandate
from qinghe.market.queries.mandates import visible
from qinghe.market.terms import OWN_DOING, Excuse, ReturnReason
from qinghe.parties.models import ContactPoint
from qinghe.parties.queries import reachable_channels

SHOWN: Final = 500
# Holds under which nobody can work a claim, whatever the reason is called.
ANY: Final = (
    HoldKind.DEATH,
    HoldKind.MORATORIUM,
    HoldKind.RECALL,
    HoldKind.FLAG,
    HoldKind.DUPLICATE,
    HoldKind.UNNOTIFIED,
)
HOLDS: Final[Mapping[str, tuple[HoldKind, ...]]] = {
    ReturnReason.CANNOT_PAY: (HoldKind.HARDSHIP,),
    ReturnReason.DISPUTED: (HoldKind.DISPUTE, HoldKind.REPRESENTATION),
}


@dataclass(frozen=True)
class ExcuseRow:
    """A return whose reason waits for the creditor's word."""

    mandate_id: UUID
    claim_id: UUID
    claim_number: str
    debtor_masked: str
    collector_name: str
    return_code: str
    reason: str
    closed_at: datetime | None


def excuse_of(mandate: Mandate, at: datetime) -> str:
    """Return what the reason of a return is worth at its end; empty where it excuses nothing."""
    if not mandate.return_code or mandate.return_code in OWN_DOING:
        return ""
    return Excuse.PROVEN if _held(mandate, at) or _unreachable(mandate) else Excuse.WAITING


def excuses(*, actor: Actor) -> list[ExcuseRow]:
    """Return the returns whose reason waits for an actor's answer, oldest first. One query."""
    rows = visible(actor).filter(excuse=Excuse.WAITING).order_by("closed_at", "pk")
    paths = (
        "pk", "claim_id", "claim__number", "claim__debtor__masked_name", "collector__name",
        "return_code", "reason", "closed_at",
    )  # fmt: skip
    return [ExcuseRow(*row) for row in rows.values_list(*paths)[:SHOWN]]


def _held(mandate: Mandate, at: datetime) -> bool:
    kinds = (*ANY, *HOLDS.get(mandate.return_code, ()))
    standing = Q(lifted_at__isnull=True) | Q(lifted_at__gt=mandate.starts_at)
    mine = Q(claim__isnull=True) | Q(claim=mandate.claim_id)
    person = mandate.claim.debtor_id
    rows = Hold.objects.filter(standing, mine, person=person, kind__in=kinds, placed_at__lte=at)
    return rows.exclude(ends_at__lte=mandate.starts_at).exists()


def _unreachable(mandate: Mandate) -> bool:
    if mandate.return_code != ReturnReason.NO_CONTACT:
        return False
    person = mandate.claim.debtor_id
    own = ContactPoint.objects.filter(person=person, checked_at__gte=mandate.starts_at)
    return not reachable_channels(person) and not own.exists()
