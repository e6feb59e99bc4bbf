"""Who signed what: one document per text, a creditor's signature on offering, both on beginning."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Protocol
from uuid import UUID

from qinghe.claims.models import Claim
from qinghe.kernel.actor import Actor, Role
from qinghe.market.commission import Plan, parse
from qinghe.market.contracts import ONE_SIDED, terms
from qinghe.market.contracts.figures import Figures, Levels, written
from qinghe.market.models import CommissionPlan, Document, Listing, Mandate
from qinghe.market.queries.signed import figures_of
from qinghe.market.refusals import NoSuchPlan
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
            listing.commission_rate = decimal(self.plan.base(claim.stage, listing.band, claim.hand))
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


def both_sides(
    mandate: Mandate,
    offer: Terms,
    actor: Actor,
    papers: Papers | None = None,
    signed: Signature | None = None,
) -> Mandate:
    """
    Put both signatures and the facts of the day on a mandate that is not saved yet.

    An order offered before creditors signed too is taken under the terms of that time.
    """
    listing, at = mandate.listing, mandate.signed_at
    _put_case(mandate)
    mandate.agreed_ends_at = mandate.ends_at
    if listing is not None and listing.document_id is None:
        blank = terms(ONE_SIDED)
        mandate.terms_version, mandate.terms_sha256 = blank.version, blank.sha256
        return mandate
    sha256, levels = _document(listing, offer, papers, actor, at)
    mandate.document_id = sha256
    mandate.check_at = at + timedelta(days=levels.first_action_days)
    mandate.commission_plan_id = listing.commission_plan_id if listing else offer.plan_id
    acts = actor.role == Role.COLLECTOR and actor.org_id == mandate.collector_id
    ours = signed or (signature_of(actor, at) if acts else signed_for(mandate.collector_id, at))
    mandate.signed_by, mandate.signed_name, mandate.signed_role = ours.user_id, ours.name, ours.role
    _put_creditor(mandate, listing, papers.by if papers else None, actor)
    return mandate


def _put_case(mandate: Mandate) -> None:
    claim = mandate.claim
    mandate.stage, mandate.hand, mandate.owed = claim.stage, claim.hand, claim.owed


def _put_creditor(
    mandate: Mandate, listing: Listing | None, by: Signature | None, actor: Actor
) -> None:
    if listing is not None and listing.signed_by is not None:
        at, role = listing.listed_at, listing.signed_role
        name = User.objects.filter(pk=listing.signed_by).values_list("display_name", flat=True)
        by = Signature(listing.signed_by, name.first() or f"{role}:{listing.signed_by}", role, at)
    by = by or signature_of(actor, mandate.signed_at)
    mandate.creditor_signed_by, mandate.creditor_signed_at = by.user_id, by.at
    mandate.creditor_signed_name, mandate.creditor_signed_role = by.name, by.role


def _document(
    listing: Listing | None, offer: Terms, papers: Papers | None, actor: Actor, at: datetime
) -> tuple[str, Levels]:
    """Return the hash of what is signed and its service levels; another rate is another text."""
    if papers is not None:
        return papers.document.pk, papers.levels
    if listing is not None and listing.document_id is not None:
        known = figures_of(listing.document_id)
        same = (listing.commission_rate, listing.quality_share, listing.period_days) == (
            offer.commission_rate,
            offer.quality_share,
            offer.period_days,
        )
        if same:
            return listing.document_id, known.levels
        figures = Figures(
            offer.commission_rate, offer.quality_share, offer.period_days, known.levels
        )
        return keep(figures).pk, known.levels
    made = prepare(offer, actor, at)
    return made.document.pk, made.levels


def decimal(share: Fraction) -> Decimal:
    """Return a share as the tables keep it, with four decimals."""
    return round(Decimal(share.numerator) / Decimal(share.denominator), 4)
