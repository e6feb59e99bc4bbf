"""What was signed: the text, its figures, both signatures; and commission plans to choose from."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from qinghe.kernel.actor import Actor, Role
from qinghe.market.commission import Plan, one_row, parse
from qinghe.market.contracts.figures import Figures, figures_from, hash_of
from qinghe.market.models import CommissionPlan, Document, Listing, Mandate
from qinghe.market.queries.hall import listing_for
from qinghe.market.queries.mandates import mandate_by_id
from qinghe.market.refusals import NoSuchMandate, NoSuchPlan
from qinghe.parties.roles import OVERSIGHT


@dataclass(frozen=True)
class SignatureRow:
    """One side under a document: name, role, when."""

    name: str
    role: str
    at: datetime


@dataclass(frozen=True)
class SignedRow:
    """A signed document: the hash it was signed by, whether the text still has it, both sides."""

    mandate_id: UUID
    version: str
    sha256: str
    same: bool
    texts: dict[str, str]
    figures: Figures
    creditor: SignatureRow
    collector: SignatureRow


@dataclass(frozen=True)
class PlanRow:
    """One version of a commission plan."""

    id: UUID
    name: str
    version: int
    of_platform: bool
    made_at: datetime
    retired_at: datetime | None
    content: dict[str, Any]

    @property
    def plan(self) -> Plan:
        """Return the plan to compute with."""
        return parse(self.content)


def signed_document(*, mandate_id: UUID, actor: Actor) -> SignedRow | None:
    """
    Return what both sides signed, to one of them; None: signed before creditors signed too.

    :raises NoSuchMandate: unknown, or another party's
    """
    mandate = mandate_by_id(mandate_id=mandate_id, actor=actor)
    if mandate.document_id is None or mandate.creditor_signed_at is None:
        return None
    document = Document.objects.filter(pk=mandate.document_id).first()
    if document is None:
        raise NoSuchMandate
    texts = {"zh": document.text_zh, "en": document.text_en}
    return SignedRow(
        mandate_id=mandate.pk,
        version=document.version,
        sha256=document.sha256,
        same=hash_of(texts) == document.sha256,
        texts=texts,
        figures=figures_from(document.figures),
        creditor=SignatureRow(
            mandate.creditor_signed_name, mandate.creditor_signed_role, mandate.creditor_signed_at
        ),
        collector=SignatureRow(mandate.signed_name, mandate.signed_role, mandate.signed_at),
    )


def offered_document(*, listing_id: UUID, actor: Actor, at: datetime) -> Document | None:
    """
    Return the text that a collector would sign by taking an order, as its creditor signed it.

    :raises NoSuchListing: unknown, or not for this actor
    """
    listing_for(listing_id=listing_id, actor=actor, at=at)
    signed = Listing.objects.filter(pk=listing_id).values("document")
    return Document.objects.filter(pk__in=signed).first()


def texts_of(hashes: Collection[str], lang: str) -> list[tuple[str, str, str]]:
    """Return hash, version and text (`zh` or `en`) of some documents, in the order of hashes."""
    rows = Document.objects.filter(pk__in=hashes).order_by("pk")
    return list(rows.values_list("sha256", "version", "text_zh" if lang == "zh" else "text_en"))


@lru_cache(maxsize=1024)
def figures_of(sha256: str) -> Figures:
    """Return the figures of a document; a text never changes, so neither do they."""
    return figures_from(Document.objects.values_list("figures", flat=True).get(pk=sha256))


def plan_signed(mandate: Mandate) -> Plan | None:
    """Return the commission plan that both sides signed; None: one rate."""
    return figures_of(mandate.document_id).plan if mandate.document_id else None


def plan_or_rate(mandate: Mandate) -> Plan:
    """Return the signed plan, or the single rate as a plan of one row."""
    return plan_signed(mandate) or one_row(mandate.commission_rate, mandate.quality_share)


def commission_plans(*, actor: Actor, retired: bool = False) -> list[PlanRow]:
    """Return the plans an actor may choose: its own and the platform's, by name and version."""
    rows = _plans(actor)
    if not retired:
        rows = rows.filter(retired_at__isnull=True)
    return [_row(row) for row in rows.order_by("name", "-version", "pk")]


def commission_plan(*, plan_id: UUID, actor: Actor) -> PlanRow:
    """
    Return one plan an actor may see.

    :raises NoSuchPlan: unknown, or another creditor's
    """
    found = _plans(actor).filter(pk=plan_id).first()
    if found is None:
        raise NoSuchPlan
    return _row(found)


def _plans(actor: Actor) -> QuerySet[CommissionPlan]:
    rows = CommissionPlan.objects.all()
    if actor.role in OVERSIGHT:
        return rows
    if actor.role == Role.CREDITOR:
        return rows.filter(Q(creditor=actor.org_id) | Q(creditor__isnull=True))
    return rows.none()


def _row(row: CommissionPlan) -> PlanRow:
    return PlanRow(
        row.pk,
        row.name,
        row.version,
        row.creditor_id is None,
        row.made_at,
        row.retired_at,
        row.content,
    )
