"""Look before publishing: who could take these claims, what it may bring, how it will look."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from qinghe.claims.models import Claim
from qinghe.kernel.actor import Actor
from qinghe.market.advice import Advice, Facts, advise
from qinghe.market.bands import band_of
from qinghe.market.commission import Plan, earned, one_row
from qinghe.market.placing import Wish
from qinghe.market.queries.coarsened import Kind, Shape, coarsened
from qinghe.market.queries.estimates import MILLION, likelihood
from qinghe.market.queries.history import Past, past_of
from qinghe.market.queries.preview import ANY, Preview, preview
from qinghe.market.queries.reach import Reach, Span, Spot, reach_of

USUAL = one_row(Decimal("0.12"), Decimal("0.25"))


@dataclass(frozen=True)
class Money:
    """In one currency and minor units: what is owed, what of it may come in, what that costs."""

    currency: str
    claims: int
    owed: int
    recovered: int
    fee: int


@dataclass(frozen=True)
class Like:
    """What became of the latest orders of one product and stage, and how many of these it is."""

    product: str
    stage: str
    claims: int
    past: Past


@dataclass(frozen=True)
class Prospect:
    """
    What publishing would bring. `least` and `most` are spans over the orders.

    `nobody` orders lie where no collector is registered, `few` find fewer than five.
    """

    preview: Preview
    least: Span
    most: Span
    nobody: int
    few: int
    money: list[Money]
    like: list[Like]
    shapes: list[tuple[Shape, int]]
    advice: list[Advice]


def prospect(
    *,
    claim_ids: Iterable[UUID] | None,
    actor: Actor,
    at: datetime,
    plan: Plan = USUAL,
    wish: Wish = ANY,
) -> Prospect:
    """
    Return what placing claims (None: all that are ready) would bring on a plan's rates.

    Twenty statements, however many claims. Nothing is promised: sums are expectations over many,
    from a stated prior and history; a single claim mostly pays or does not.
    """
    found = preview(claim_ids=claim_ids, actor=actor, at=at, wish=wish)
    claims = list(Claim.objects.filter(pk__in=found.placeable).order_by("pk"))
    spots = {claim.pk: _spot(claim) for claim in claims}
    reach, team = reach_of(spots.values(), at)
    each = [reach[spots[claim.pk]] for claim in claims]
    spans = [one.span for one in each]
    past = past_of({(claim.product, claim.stage) for claim in claims})
    return Prospect(
        preview=found,
        least=min(spans, key=lambda span: span.low, default=Span(0, 0)),
        most=max(spans, key=lambda span: span.low, default=Span(0, 0)),
        nobody=sum(not one.registered for one in each),
        few=sum(one.registered and not one.span.low for one in each),
        money=_money(claims, past, plan),
        like=_like(claims, past),
        shapes=_shapes(claims),
        advice=advise(_facts(claims, each, own_team=team)) if claims else [],
    )


def _spot(claim: Claim) -> Spot:
    return Spot(claim.creditor_id, claim.region, band_of(claim.owed, claim.currency))


def _facts(claims: Sequence[Claim], each: Sequence[Reach], *, own_team: bool) -> Facts:
    return Facts(
        claims=len(claims),
        top_band=max(band_of(claim.owed, claim.currency) for claim in claims),
        # As spans tell it: the advice must not say more than the page.
        least=min(one.span.low for one in each),
        most=max(one.span.low for one in each),
        registered=all(one.registered for one in each),
        own_team=own_team,
    )


def _money(claims: Sequence[Claim], past: dict[tuple[str, str], Past], plan: Plan) -> list[Money]:
    sums: dict[str, list[int]] = {}
    for claim in claims:
        before = past.get((claim.product, claim.stage), Past())
        share = likelihood(claim.stage, claim.hand, before.claimed, before.recovered)
        comes = claim.owed * share // MILLION
        fee = earned(
            plan,
            amount=comes,
            before=0,
            owed=claim.owed,
            rate=plan.base(claim.stage, band_of(claim.owed, claim.currency), claim.hand),
            currency=claim.currency,
        )
        row = sums.setdefault(claim.currency, [0, 0, 0, 0])
        for place, value in enumerate((1, claim.owed, comes, fee)):
            row[place] += value
    return [Money(currency, *row) for currency, row in sorted(sums.items())]


def _like(claims: Sequence[Claim], past: dict[tuple[str, str], Past]) -> list[Like]:
    kinds = Counter((claim.product, claim.stage) for claim in claims)
    return [
        Like(product, stage, n, past.get((product, stage), Past()))
        for (product, stage), n in sorted(kinds.items())
    ]


def _shapes(claims: Sequence[Claim]) -> list[tuple[Shape, int]]:
    kinds = Counter(
        Kind(c.product, c.stage, c.currency, c.region, band_of(c.owed, c.currency)) for c in claims
    )
    seen: Counter[Shape] = Counter()
    for kind, shape in coarsened(kinds).items():
        seen[shape] += kinds[kind]
    return seen.most_common()
