"""Mandates: who may work which claim now."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db.models import QuerySet

from qinghe.claims.queries import ClaimView, claim_for, view_of
from qinghe.claims.terms import ClaimState
from qinghe.kernel.actor import Actor, Role
from qinghe.market.models import Mandate
from qinghe.market.queries.teams import in_own_hands
from qinghe.market.refusals import MandateSuspended, NoMandate, NoSuchMandate
from qinghe.market.terms import LIVE, MandateState
from qinghe.parties.roles import OVERSIGHT


@dataclass(frozen=True)
class MandateRow:
    """One mandate as its two parties and the platform see it; the debtor stays masked."""

    id: UUID
    claim_id: UUID
    claim_number: str
    debtor_masked: str
    creditor_id: UUID
    creditor_name: str
    collector_id: UUID
    collector_name: str
    mode: str
    state: str
    product: str
    stage: str
    region: str
    currency: str
    principal: int
    interest: int
    costs: int
    paid: int
    commission_rate: Decimal
    quality_share: Decimal
    terms_version: str
    terms_sha256: str
    starts_at: datetime
    ends_at: datetime
    closed_at: datetime | None
    reason: str
    hand: int
    agreed_ends_at: datetime | None
    last_action_at: datetime | None
    reported_at: datetime | None
    warned_for: str
    return_code: str
    document_sha256: str | None
    excuse: str
    excuse_words: str
    reinstated_at: datetime | None

    @property
    def extended(self) -> bool:
        """Tell whether it lasts longer than was signed, by what the debtor did."""
        return self.agreed_ends_at is not None and self.ends_at > self.agreed_ends_at

    @property
    def owed(self) -> int:
        """Return what is still open on the claim, in minor units."""
        return self.principal + self.interest + self.costs


PATHS = (
    "id",
    "claim_id",
    "claim__number",
    "claim__debtor__masked_name",
    "creditor_id",
    "creditor__name",
    "collector_id",
    "collector__name",
    "mode",
    "state",
    "claim__product",
    "claim__stage",
    "claim__region",
    "claim__currency",
    "claim__principal",
    "claim__interest",
    "claim__costs",
    "claim__paid",
    "commission_rate",
    "quality_share",
    "terms_version",
    "terms_sha256",
    "starts_at",
    "ends_at",
    "closed_at",
    "reason",
    "hand",
    "agreed_ends_at",
    "last_action_at",
    "reported_at",
    "warned_for",
    "return_code",
    "document_id",
    "excuse",
    "excuse_words",
    "reinstated_at",
)


def mandate_for(*, claim_id: UUID, actor: Actor, at: datetime) -> Mandate:
    """
    Return the live mandate, suspended or not, under which an actor's organisation holds a claim.

    Claim, debtor and creditor come with it, in one query.

    :raises NoMandate: absent, over or another organisation's; the caller cannot tell which
    """
    if actor.role != Role.COLLECTOR or actor.org_id is None:
        raise NoMandate
    mandates = Mandate.objects.select_related(
        "claim", "claim__debtor", "claim__creditor", "creditor", "collector"
    )
    found = mandates.filter(
        in_own_hands(actor, "claim__debtor"),
        claim=claim_id,
        collector=actor.org_id,
        state__in=LIVE,
        starts_at__lte=at,
        ends_at__gt=at,
        claim__state=ClaimState.PLACED,
    ).first()
    if found is None:
        raise NoMandate
    return found


def case_for(*, claim_id: UUID, actor: Actor, at: datetime) -> ClaimView:
    """
    Return one claim to anybody who may see it; collectors come by their live mandate.

    :raises NoMandate: a collector without one
    :raises NoSuchClaim: unknown, or a stranger's
    """
    if actor.role == Role.COLLECTOR:
        return view_of(mandate_for(claim_id=claim_id, actor=actor, at=at).claim)
    return claim_for(claim_id=claim_id, actor=actor)


def working_mandate(*, claim_id: UUID, actor: Actor, at: datetime) -> Mandate:
    """
    Return the mandate under which an actor may work a claim now.

    :raises NoMandate: absent, over or another organisation's
    :raises MandateSuspended: it may be read but not worked
    """
    mandate = mandate_for(claim_id=claim_id, actor=actor, at=at)
    if mandate.state == MandateState.SUSPENDED:
        raise MandateSuspended
    return mandate


def live_mandate_of(*, claim_id: UUID) -> Mandate | None:
    """Return the live mandate on a claim, whoever holds it."""
    return Mandate.objects.filter(claim=claim_id, state__in=LIVE).first()


def mandate_by_id(*, mandate_id: UUID, actor: Actor) -> Mandate:
    """
    Return a mandate to one of its parties or to the platform.

    :raises NoSuchMandate: unknown, or another party's
    """
    found = visible(actor).filter(pk=mandate_id).first()
    if found is None:
        raise NoSuchMandate
    return found


def mandates(
    *,
    actor: Actor,
    states: Iterable[str] = LIVE,
    claim_id: UUID | None = None,
    claim_number: str = "",
    limit: int = 500,
) -> list[MandateRow]:
    """Return an actor's mandates in given states, those that end first, first. One query."""
    rows = visible(actor).filter(state__in=list(states))
    if claim_id is not None:
        rows = rows.filter(claim=claim_id)
    if claim_number:
        rows = rows.filter(claim__number=claim_number.upper())
    return [MandateRow(*row) for row in rows.order_by("ends_at", "id").values_list(*PATHS)[:limit]]


def visible(actor: Actor) -> QuerySet[Mandate]:
    """Narrow mandates to those of an actor: its own side, or all for the platform."""
    if actor.role in OVERSIGHT:
        return Mandate.objects.all()
    if actor.role == Role.CREDITOR:
        return Mandate.objects.filter(creditor=actor.org_id)
    if actor.role == Role.COLLECTOR:
        mine = in_own_hands(actor, "claim__debtor")
        return Mandate.objects.filter(mine, collector=actor.org_id)
    return Mandate.objects.none()
