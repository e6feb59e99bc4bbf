"""Who signed what: one document per text, a creditor's signature on offering, both on beginning."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any, Protocol
from uuid import UUID

from qinghe.claims.models import Claim
from qinghe.kernel.actor import Actor, Role
from qinghe.market.commission import Plan, parse
from qinghe.market.contracts import CURRENT, ONE_SIDED, terms
from qinghe.market.contracts.figures import Figures, Levels, written
from qinghe.market.models import CommissionPlan, Document, Listing
from qinghe.market.queries.signed import figures_of
from qinghe.market.refusals import NoSuchPlan
from qinghe.market.taking import Facts, Order
from qinghe.parties.models import Organisation, User

# How the side of a collector signs that is not the one who acts: by what it told beforehand.
BEFOREHAND = "beforehand"


class Terms(Protocol):
    """What an order is offered on; `Offer` of the listings is one."""

    @property
    def commission_rate(self) -> Decimal: ...
    @property
    def quality_share(self) -> Decimal: ...
    @property
    def period_days(self) -> int: ...
    @property
    def plan_id(self) -> UUID | None: ...
    @property
    def levels(self) -> Levels: ...


@dataclass(frozen=True)
class Signature:
    """One side under one document: who, by which name and in which role, and when."""

    user_id: UUID
    name: str
    role: str
    at: datetime


@dataclass(frozen=True)
class Papers:
    """A document that lies ready to be signed, for one offer and however many claims."""

    document: Document
    levels: Levels
    plan_id: UUID | None
    plan: Plan | None
    by: Signature

    def sign(self, listing: Listing, claim: Claim) -> Listing:
        """Put the creditor's signature on an order, and the rates of its case."""
        listing.document, listing.commission_plan_id = self.document, self.plan_id
        listing.signed_by, listing.signed_role = self.by.user_id, self.by.role
        if self.plan is not None:
            rates = self.plan.by_band(claim.stage, claim.hand)
            listing.band_rates = each = [decimal(rate) for rate in rates]
            listing.commission_rate = each[listing.band]
            listing.quality_share = decimal(self.plan.quality_share)
        return listing


def prepare(offer: Terms, actor: Actor, at: datetime) -> Papers:
    """
    Write down the text of an offer, once, for the one who signs it now.

    :raises NoSuchPlan: the commission plan is unknown or retired
    """
    plan = plan_of(offer.plan_id) if offer.plan_id else None
    figures = Figures(
        decimal(plan.rows[-1].rate) if plan else offer.commission_rate,
        decimal(plan.quality_share) if plan else offer.quality_share,
        offer.period_days,
        offer.levels,
        plan,
    )
    return Papers(keep(figures), offer.levels, offer.plan_id, plan, signature_of(actor, at))


def keep(figures: Figures) -> Document:
    """Return the document of these figures; the same text is one row, whoever writes it first."""
    text = written(figures)
    document = Document(
        sha256=text.sha256,
        version=text.version,
        figures=figures.as_json(),
        text_zh=text.texts["zh"],
        text_en=text.texts["en"],
    )
    Document.objects.bulk_create([document], ignore_conflicts=True)
    return document


def signature_of(actor: Actor, at: datetime) -> Signature:
    """Return the signature of whoever acts; a job signs by its name."""
    user_id = actor.user_id or actor.org_id or UUID(int=0)
    name = User.objects.filter(pk=user_id).values_list("display_name", flat=True).first()
    return Signature(user_id, name or actor.label, actor.role.value, at)


def signed_for(collector_id: UUID, at: datetime) -> Signature:
    """Return the signature of a collector that agreed beforehand: own team, bid, standing order."""
    name = Organisation.objects.values_list("name", flat=True).get(pk=collector_id)
    return Signature(collector_id, name, BEFOREHAND, at)


def plan_of(plan_id: UUID) -> Plan:
    """
    Return a plan that may be offered.

    :raises NoSuchPlan: unknown, or retired
    """
    found = CommissionPlan.objects.filter(pk=plan_id, retired_at__isnull=True).first()
    if found is None:
        raise NoSuchPlan
    return parse(found.content)


class Owed(Protocol):
    """The case as it is on the day of signing: a claim, or what was read of one."""

    @property
    def creditor_id(self) -> UUID: ...
    @property
    def stage(self) -> str: ...
    @property
    def hand(self) -> int: ...
    @property
    def owed(self) -> int: ...


def signature_in(facts: Facts, actor: Actor, at: datetime) -> Signature:
    """Return the collector's signature: of who acts for it, or else what it agreed beforehand."""
    taker = facts.taker
    if actor.role != Role.COLLECTOR or actor.org_id != taker.pk:
        return Signature(taker.pk, taker.name, BEFOREHAND, at)
    name = taker.user_name or actor.label
    return Signature(actor.user_id or taker.pk, name, actor.role.value, at)


def both_sides(
    claim: Owed,
    order: Order | None,
    offer: Terms,
    actor: Actor,
    at: datetime,
    papers: Papers | None,
    signed: Signature,
) -> dict[str, Any]:
    """
    Return both signatures, what they stand under, and the case of the day, by column of a mandate.

    An order offered before creditors signed too is taken under the terms of that time.
    """
    case = {"stage": claim.stage, "hand": claim.hand, "owed": claim.owed}
    if order is not None and order.document_id is None:
        return {**case, **_terms(ONE_SIDED), "signed_by": actor.user_id or signed.user_id}
    sha256, levels = _document(order, offer, papers, actor, at)
    by = _creditor(order, papers.by if papers else None, actor, at)
    return {
        **case,
        **_terms(CURRENT),
        "document_id": sha256,
        "check_at": at + timedelta(days=levels.first_action_days),
        "commission_plan_id": order.commission_plan_id if order else offer.plan_id,
        "signed_by": signed.user_id,
        "signed_name": signed.name,
        "signed_role": signed.role,
        "creditor_signed_by": by.user_id,
        "creditor_signed_at": by.at,
        "creditor_signed_name": by.name,
        "creditor_signed_role": by.role,
    }


def _terms(version: str) -> dict[str, str]:
    blank = terms(version)
    return {"terms_version": blank.version, "terms_sha256": blank.sha256}


def _creditor(order: Order | None, by: Signature | None, actor: Actor, at: datetime) -> Signature:
    if order is not None and order.signed_by is not None:
        name = order.signer or f"{order.signed_role}:{order.signed_by}"
        return Signature(order.signed_by, name, order.signed_role, order.listed_at)
    return by or signature_of(actor, at)


def _document(
    order: Order | None, offer: Terms, papers: Papers | None, actor: Actor, at: datetime
) -> tuple[str, Levels]:
    """Return the hash of what is signed and its service levels; another rate is another text."""
    if papers is not None:
        return papers.document.pk, papers.levels
    if order is None or order.document_id is None:
        made = prepare(offer, actor, at)
        return made.document.pk, made.levels
    known = figures_of(order.document_id)
    rates = (offer.commission_rate, offer.quality_share, offer.period_days)
    if (order.commission_rate, order.quality_share, order.period_days) == rates:
        return order.document_id, known.levels
    return keep(Figures(*rates, known.levels)).pk, known.levels


def decimal(share: Fraction) -> Decimal:
    """Return a share as the tables keep it, with four decimals."""
    return round(Decimal(share.numerator) / Decimal(share.denominator), 4)
