"""Costs that were advanced: what of them is still open, and what a page shows of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import F, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from qinghe.claims.models import Claim
from qinghe.kernel.actor import Actor, Role
from qinghe.market.models import Mandate
from qinghe.market.terms import LIVE
from qinghe.parties.models import Organisation
from qinghe.settlement import accounts
from qinghe.settlement.cost_refusals import NoCosts
from qinghe.settlement.cost_terms import AdvanceKind, AdvanceState
from qinghe.settlement.models import CostAdvance, CostRefund
from qinghe.settlement.splitting import Advance, Back


@dataclass(frozen=True)
class AdvanceRow:
    """One advance as a page shows it; amounts in minor units."""

    id: UUID
    organisation_id: UUID
    organisation_name: str
    kind: str
    amount: int
    back: int
    currency: str
    paid_on: date
    receipt: str
    state: str
    told_at: datetime
    agreed_at: datetime | None
    refused_why: str
    # Whether the reader is the one who must say yes or no.
    decides: bool

    @property
    def kind_label(self) -> str:
        return str(AdvanceKind(self.kind).label)

    @property
    def state_label(self) -> str:
        return str(AdvanceState(self.state).label)


@dataclass(frozen=True)
class ClaimCosts:
    """The costs of a claim: what is still owed of them, and who advanced what."""

    claim_id: UUID
    claim_number: str
    currency: str
    owed: int
    rows: tuple[AdvanceRow, ...]
    # Whether the reader's organisation may say that it advanced something.
    tells: bool


def open_advances(claim_ids: Sequence[UUID], *, at: datetime) -> dict[UUID, list[Advance]]:
    """Return by claim what is open of advances that counted at a moment, the oldest first."""
    if not claim_ids:
        return {}
    counted = CostAdvance.objects.filter(
        claim__in=claim_ids, state=AdvanceState.AGREED, agreed_at__lte=at
    )
    found: dict[UUID, list[Advance]] = {}
    for row in _with_back(counted).order_by("paid_on", "pk"):
        if left := row.amount - _back_of(row):
            each = Advance(row.pk, row.organisation_id, left)
            found.setdefault(row.claim_id, []).append(each)
    return found


def refund_paths(backs: Sequence[Back], creditor_id: UUID) -> dict[str, int]:
    """Return the accounts of others to which costs go back, and how much each gets."""
    others = [each for each in backs if each.organisation_id != creditor_id]
    if not others:
        return {}
    ids = {each.organisation_id for each in others}
    kinds = dict(Organisation.objects.filter(pk__in=ids).values_list("pk", "kind"))
    found: dict[str, int] = {}
    for each in others:
        path = accounts.advancer(each.organisation_id, kinds[each.organisation_id])
        found[path] = found.get(path, 0) + each.amount
    return found


def paths_back(payment_ids: Sequence[UUID]) -> dict[UUID, dict[str, int]]:
    """Return by payment the accounts of others to which costs of it go back. One query."""
    rows = CostRefund.objects.filter(payment__in=payment_ids).exclude(
        advance__organisation=F("payment__creditor")
    )
    found: dict[UUID, dict[str, int]] = {}
    told = rows.order_by("advance__paid_on", "advance__pk").values_list(
        "payment", "advance__organisation", "advance__organisation__kind", "amount"
    )
    for payment_id, organisation_id, kind, amount in told:
        own = found.setdefault(payment_id, {})
        path = accounts.advancer(organisation_id, kind)
        own[path] = own.get(path, 0) + amount
    return found


def costs_of_claim(*, claim_id: UUID, actor: Actor) -> ClaimCosts:
    """
    Return the costs of a claim: for its creditor, who works it now, who advanced some, and the
    operator.

    :raises NoCosts: unknown, or the actor has no part in the claim
    """
    claim = Claim.objects.filter(pk=claim_id).first()
    if claim is None:
        raise NoCosts
    rows = list(_with_back(CostAdvance.objects.filter(claim=claim)).order_by("-told_at", "pk"))
    part = has_part(claim, actor)
    if not part and all(row.organisation_id != actor.org_id for row in rows):
        raise NoCosts
    return ClaimCosts(
        claim_id=claim.pk,
        claim_number=claim.number,
        currency=claim.currency,
        owed=claim.costs,
        rows=tuple(_row(row, claim, actor) for row in rows),
        tells=part,
    )


def has_part(claim: Claim, actor: Actor) -> bool:
    """Tell whether an actor's organisation may have advanced costs of a claim."""
    if actor.role is Role.OPERATOR:
        return True
    if actor.role is Role.CREDITOR:
        return actor.org_id == claim.creditor_id
    live = Mandate.objects.filter(claim=claim, state__in=LIVE, collector=actor.org_id)
    return actor.role is Role.COLLECTOR and live.exists()


def decides(advance: CostAdvance, claim: Claim, actor: Actor) -> bool:
    """
    Tell whether it is for an actor to agree: the creditor bears what others get back, and the
    operator looks at what the creditor itself says, for nobody earns on it.
    """
    if advance.organisation_id == claim.creditor_id:
        return actor.role is Role.OPERATOR
    return actor.role is Role.CREDITOR and actor.org_id == claim.creditor_id


def _with_back(rows: QuerySet[CostAdvance]) -> QuerySet[CostAdvance]:
    refunds = CostRefund.objects.filter(advance=OuterRef("pk")).order_by().values("advance")
    total = Subquery(refunds.annotate(total=Sum("amount")).values("total"))
    return rows.select_related("organisation").annotate(back=Coalesce(total, 0))


def _back_of(row: CostAdvance) -> int:
    """Return what of an advance came back, where it was read `_with_back`."""
    back: int = row.back  # type: ignore[attr-defined]
    return back


def _row(row: CostAdvance, claim: Claim, actor: Actor) -> AdvanceRow:
    return AdvanceRow(
        id=row.pk,
        organisation_id=row.organisation_id,
        organisation_name=row.organisation.name,
        kind=row.kind,
        amount=row.amount,
        back=_back_of(row),
        currency=row.currency,
        paid_on=row.paid_on,
        receipt=row.receipt,
        state=row.state,
        told_at=row.told_at,
        agreed_at=row.agreed_at,
        refused_why=row.refused_why,
        decides=row.state == AdvanceState.TOLD and decides(row, claim, actor),
    )
