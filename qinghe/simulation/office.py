"""The morning: reviewers verify, creditors place, collectors take."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from qinghe.claims.completeness import BUYERS
from qinghe.claims.models import Batch, Claim
from qinghe.claims.queries import papers_of
from qinghe.claims.services import (
    accept_batch,
    add_evidence,
    check_batch,
    reject_claim,
    tell_chain,
    verify_claim,
)
from qinghe.claims.terms import Rejection
from qinghe.contact.queries import letters_to_print
from qinghe.contact.services import mark_posted, mark_printed, open_to_print
from qinghe.market.models import Listing
from qinghe.market.services import designate, place_own_team, publish_many, take
from qinghe.market.terms import Mode
from qinghe.risk.doubts import BY_CODE
from qinghe.risk.models import Flag
from qinghe.risk.services import decide_flag
from qinghe.simulation.batches import Source, csv_file
from qinghe.simulation.bought import bought_from
from qinghe.simulation.clocks import strike
from qinghe.simulation.doer import Doer
from qinghe.simulation.evidence import contract_pdf, read_papers
from qinghe.simulation.modes.portfolio import PORTFOLIO
from qinghe.simulation.world import World

# What the reviewer of the demonstration answers to what is left to a person.
SEEN = "已逐页核对合同与付款凭证，金额与债权来源清楚。"
HARMLESS = "已核对，虚构市场中的巧合。"
TWO = ("reviewer", "compliance")
CREDITORS = (("creditor", "demo-factoring"), ("finance", "demo-finance"), ("bank", "demo-bank"))
COLLECTORS = (("collector", "demo-agency"), ("collector2", "demo-agency-2"))
RATE, QUALITY, DAYS = Decimal("0.1800"), Decimal("0.2000"), 90
REJECT_EVERY, DESIGNATE_EVERY = 40, 9


@dataclass
class Office:
    """Everything that happens to claims before they are worked."""

    world: World
    doer: Doer
    source: Source

    def deliver(self, *, count: int, day: date, at: datetime) -> None:
        """Let every creditor deliver its share as a batch; its correct rows are accepted."""
        shares = [count // len(CREDITORS)] * len(CREDITORS)
        shares[0] += count - sum(shares)
        for (name, slug), share in zip(CREDITORS, shares, strict=True):
            if share:
                content = csv_file(self.source, count=share, day=day, prefix=slug[5:8].upper())
                self._batch(name, slug, content, day, at)

    def _batch(self, name: str, slug: str, content: bytes, day: date, at: datetime) -> None:
        actor = self.world.actor(name)
        batch: Batch | None = self.doer.do(
            check_batch,
            creditor_id=self.world.orgs[slug],
            filename=f"{slug}-{day.isoformat()}.csv",
            content=content,
            mapping="qinghe",
            as_of=day,
            actor=actor,
            at=at,
        )
        if batch is not None:
            self.doer.do(accept_batch, batch_id=batch.pk, partial=True, actor=actor, at=at)

    def review(self, *, at: datetime, limit: int) -> None:
        """Verify the oldest submitted claims against their evidence; reject a few."""
        waiting = list(
            Claim.objects.filter(state="submitted")
            .select_related("creditor")
            .order_by("number")[:limit]
        )
        for claim in waiting:
            self._evidence(claim, at)
            self._lender(claim, at)
        self._doubts(waiting, at)
        for claim in waiting:
            if int(claim.number[-4:]) % REJECT_EVERY == 0:
                self._reviewer(reject_claim, claim.pk, at, reason=Rejection.WRONG_AMOUNT)
            else:
                reviewer = self.world.actor("reviewer")
                read_papers(claim.pk, actor=reviewer, at=at)
                self._reviewer(verify_claim, claim.pk, at, note=SEEN)

    def _doubts(self, claims: list[Claim], at: datetime) -> None:
        """Look for doubts as each ten minutes in life, and hold harmless what is found."""
        strike("risk.look", at=at)
        found = Flag.objects.filter(state=Flag.State.OPEN, claim__in=claims)
        doubts = list(found.order_by("claim__number", "code"))
        for flag in doubts:
            for name in TWO if BY_CODE[flag.code].grave else TWO[:1]:
                self.doer.do(
                    decide_flag,
                    flag_id=flag.pk,
                    confirmed=False,
                    note=HARMLESS,
                    actor=self.world.actor(name),
                    at=at,
                )
        if doubts:
            # A hold that is lifted lets its claim be looked at again.
            strike("risk.look", at=at)

    def _reviewer(self, verb: object, claim_id: UUID, at: datetime, **more: object) -> None:
        reviewer = self.world.actor("reviewer")
        self.doer.do(verb, claim_id=claim_id, actor=reviewer, at=at, **more)  # type: ignore[arg-type]

    def _evidence(self, claim: Claim, at: datetime) -> None:
        owner = self._creditor_of(claim)
        for part in papers_of([claim.pk])[claim.pk].missing:
            kind = part.need.paper
            self.doer.do(
                add_evidence,
                claim_id=claim.pk,
                kind=kind.value,
                filename=f"{kind}-{claim.number}.pdf",
                content=contract_pdf(claim.number, f"{kind} {part.link or ''}".strip()),
                actor=self.world.actor(owner),
                at=at,
            )

    def _lender(self, claim: Claim, at: datetime) -> None:
        """Let who bought a claim say who lent the money, as the papers on file do."""
        if claim.creditor.lender_kind in BUYERS:
            actor = self.world.actor(self._creditor_of(claim))
            self.doer.do(
                tell_chain, claim_id=claim.pk, steps=[bought_from(claim)], actor=actor, at=at
            )

    def _creditor_of(self, claim: Claim) -> str:
        slugs = {self.world.orgs[slug]: name for name, slug in CREDITORS}
        return slugs[claim.creditor_id]

    def print_letters(self, *, at: datetime) -> None:
        """Put the letters that wait on paper: challenge windows count from here."""
        actor = self.world.actor("operator")
        for letter in letters_to_print(actor=actor, limit=None):
            self.doer.do(open_to_print, attempt_id=letter.attempt_id, actor=actor, at=at)
            self.doer.do(mark_printed, attempt_id=letter.attempt_id, actor=actor, at=at)
            self.doer.do(mark_posted, attempt_id=letter.attempt_id, actor=actor, at=at)

    def place(self, *, at: datetime) -> None:
        """List what is ready; the bank hands its claims to the own team, some are designated."""
        terms = {"commission_rate": RATE, "quality_share": QUALITY, "period_days": DAYS}
        for name, slug in CREDITORS:
            actor = self.world.actor(name)
            ready = Claim.objects.filter(state="ready", creditor_id=self.world.orgs[slug])
            # The portfolio is offered in other ways.
            usual = ready.exclude(contract_number__startswith=PORTFOLIO)
            claims = list(usual.order_by("number").values_list("pk", flat=True))
            if slug == "demo-bank":
                self._own_team(claims, at)
                continue
            chosen = claims[::DESIGNATE_EVERY]
            for claim_id in chosen:
                agency = self.world.orgs["demo-agency"]
                self.doer.do(
                    designate, claim_id=claim_id, collector_id=agency, actor=actor, at=at, **terms
                )
            others = [claim_id for claim_id in claims if claim_id not in set(chosen)]
            if others:
                self.doer.do(
                    publish_many, claim_ids=others, mode=Mode.GRAB, actor=actor, at=at, **terms
                )

    def _own_team(self, claims: list[UUID], at: datetime) -> None:
        for claim_id in claims:
            self.doer.do(
                place_own_team,
                claim_id=claim_id,
                collector_id=self.world.orgs["demo-own-team"],
                commission_rate=Decimal("0.1000"),
                quality_share=QUALITY,
                period_days=DAYS,
                actor=self.world.actor("operator"),
                at=at,
            )

    def grab(self, *, at: datetime, limit: int) -> None:
        """Let the agencies take open orders in turn until they refuse or the limit is reached."""
        names = {self.world.orgs[slug]: name for name, slug in COLLECTORS}
        open_ = Listing.objects.filter(state="open", mode__in=(Mode.GRAB, Mode.DESIGNATED))
        rest = open_.exclude(claim__contract_number__startswith=PORTFOLIO)
        listings = rest.order_by("number")[:limit]
        for turn, listing in enumerate(listings):
            name, _slug = COLLECTORS[turn % len(COLLECTORS)]
            if listing.designated_to_id is not None:
                name = names[listing.designated_to_id]
            self.doer.do(take, listing_id=listing.pk, actor=self.world.actor(name), at=at)
