"""Creditors: they deliver, bring one paper per claim, offer what is ready, report what was paid."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final
from uuid import UUID

from qinghe.claims.days import day_of
from qinghe.claims.interest import grown
from qinghe.claims.models import Claim
from qinghe.claims.services import accept_batch, add_evidence, check_batch, verify_claim
from qinghe.claims.terms import ClaimState, EvidenceKind
from qinghe.contact.queries import letters_to_print
from qinghe.contact.services import mark_posted, mark_printed, open_to_print
from qinghe.kernel.actor import Actor
from qinghe.market.models import Mandate
from qinghe.market.services import invite_bids, publish_many, recall
from qinghe.market.terms import MandateState, Mode
from qinghe.settlement.services import import_payments
from qinghe.simulation.batches import HEADER, Source
from qinghe.simulation.crowd.cast import Kind
from qinghe.simulation.crowd.founding import ACCOMPLICE, CREDITORS, Crowd
from qinghe.simulation.doer import Doer
from qinghe.simulation.evidence import contract_pdf, count_as_seen, read_papers

RATE, QUALITY, DAYS = Decimal("0.1800"), Decimal("0.2000"), 30
RESERVE: Final = Decimal("0.3000")
# One in so many goes to the hall; the others are dispatched.
GRAB_ONE_IN: Final = 5
# The accomplice delivers every so many days.
WASHED_EVERY: Final = 7
# After so many hands a creditor keeps its claim.
HANDS: Final = 4
# What is put out to tender: like claims, so that bids can be compared.
TENDERED: Final = {"stage": "M3", "principal__gte": 500_000, "principal__lt": 900_000}
LIKE: Final = (75, 80)


@dataclass
class Supply:
    """Everything creditors and the reviewer do."""

    crowd: Crowd
    doer: Doer
    source: Source
    # By creditor: what debtors paid to it and it has not reported yet (claims).
    paid: dict[UUID | None, list[UUID]] = field(default_factory=lambda: defaultdict(list))

    def deliver(self, *, count: int, day: date, at: datetime) -> None:
        """Let the creditors deliver in turn, one batch a day; the accomplice once a week."""
        self._batch(CREDITORS[day.toordinal() % len(CREDITORS)], count, day, at)
        if ACCOMPLICE in self.crowd.creditors and day.toordinal() % WASHED_EVERY == 0:
            self._batch(ACCOMPLICE, max(3, count // 4), day, at)

    def _batch(self, name: str, count: int, day: date, at: datetime) -> None:
        actor = self.crowd.creditors[name]
        batch = self.doer.do(
            check_batch,
            creditor_id=actor.org_id,
            filename=f"{name}-{day.isoformat()}.csv",
            content=self._file(name, count, day),
            mapping="qinghe",
            as_of=day,
            actor=actor,
            at=at,
        )
        if batch is not None:
            self.doer.do(accept_batch, batch_id=batch.pk, partial=True, actor=actor, at=at)

    def _file(self, name: str, count: int, day: date) -> bytes:
        text = io.StringIO()
        writer = csv.DictWriter(text, HEADER, lineterminator="\n")
        writer.writeheader()
        for _ in range(count):
            row = self.source.row(day, name[:2].upper())
            late = self.doer.random.choice((12, 40, *LIKE))
            due = day - timedelta(days=late)
            cents = self.doer.random.randrange(100_000, 1_900_000)
            row |= {
                # One paper proves it.
                "product": "other", "hand": "1", "interest": "0.00",
                "principal": f"{cents / 100:.2f}", "due_date": due.isoformat(),
                "contract_date": (due - timedelta(days=365)).isoformat(),
            }  # fmt: skip
            writer.writerow(row)
        return text.getvalue().encode()

    def review(self, *, at: datetime) -> None:
        """Let creditors bring the paper of what was submitted, and the reviewer release it."""
        owners = {actor.org_id: actor for actor in self.crowd.creditors.values()}
        waiting = Claim.objects.filter(state=ClaimState.SUBMITTED).order_by("number")
        for claim in list(waiting):
            self.doer.do(
                add_evidence,
                claim_id=claim.pk,
                kind=EvidenceKind.CONTRACT.value,
                filename=f"contract-{claim.number}.pdf",
                content=contract_pdf(claim.number, "contract"),
                actor=owners[claim.creditor_id],
                at=at,
            )
            reviewer = self.crowd.staff["reviewer"]
            count_as_seen()
            read_papers(claim.pk, actor=reviewer, at=at)
            self.doer.do(
                verify_claim,
                claim_id=claim.pk,
                actor=reviewer,
                at=at,
                note="已核对合同。",
            )

    def print_letters(self, *, at: datetime) -> None:
        """Put the letters that wait on paper: challenge windows count from here."""
        actor = self.crowd.staff["operator-1"]
        for letter in letters_to_print(actor=actor, limit=None):
            self.doer.do(open_to_print, attempt_id=letter.attempt_id, actor=actor, at=at)
            self.doer.do(mark_printed, attempt_id=letter.attempt_id, actor=actor, at=at)
            self.doer.do(mark_posted, attempt_id=letter.attempt_id, actor=actor, at=at)

    def offer(self, *, day: date, at: datetime) -> None:
        """Offer what is ready: dispatched, in the hall, one by sealed bids, some by agreement."""
        terms = {"commission_rate": RATE, "quality_share": QUALITY, "period_days": DAYS}
        for place, (name, actor) in enumerate(self.crowd.creditors.items()):
            ready = Claim.objects.filter(
                state=ClaimState.READY, creditor=actor.org_id, hand__lte=HANDS
            )
            if name == ACCOMPLICE:
                ids = list(ready.order_by("number").values_list("pk", flat=True))
                self._agreed(ids, actor, at)
                continue
            if place == day.toordinal() % len(CREDITORS):
                self._tender(ready.filter(**TENDERED).order_by("number").first(), actor, at)
            ids = list(ready.order_by("number").values_list("pk", flat=True))
            for mode, chosen in (
                (Mode.GRAB, ids[::GRAB_ONE_IN]),
                (Mode.DISPATCH, [pk for i, pk in enumerate(ids) if i % GRAB_ONE_IN]),
            ):
                if chosen:
                    self.doer.do(
                        publish_many, claim_ids=chosen, mode=mode, actor=actor, at=at, **terms
                    )

    def _tender(self, claim: Claim | None, actor: Actor, at: datetime) -> None:
        if claim is not None:
            self.doer.do(
                invite_bids,
                claim_ids=[claim.pk],
                reserve=RESERVE,
                closes_at=at + timedelta(hours=30),
                quality_share=QUALITY,
                period_days=DAYS,
                actor=actor,
                at=at,
            )

    def _agreed(self, ids: list[UUID], actor: Actor, at: datetime) -> None:
        friends = self.crowd.of(Kind.WASHES)
        if friends and ids:
            self.doer.do(
                publish_many,
                claim_ids=ids,
                mode=Mode.DESIGNATED,
                designated_to=friends[0],
                commission_rate=RATE,
                quality_share=QUALITY,
                period_days=DAYS,
                actor=actor,
                at=at,
            )

    def take_back(self, *, at: datetime) -> None:
        """Let creditors take claims back whose mandate an upheld complaint stopped."""
        owners = {actor.org_id: actor for actor in self.crowd.creditors.values()}
        for mandate in list(Mandate.objects.filter(state=MandateState.SUSPENDED).order_by("pk")):
            self.doer.do(
                recall,
                mandate_id=mandate.pk,
                reason="stopped",
                actor=owners[mandate.creditor_id],
                at=at,
            )

    def report(self, *, at: datetime) -> None:
        """Let creditors report what reached them: one file each, all of a claim at once."""
        day = day_of(at)
        for actor in self.crowd.creditors.values():
            claims = Claim.objects.filter(pk__in=self.paid.pop(actor.org_id, []))
            rows = [
                f"{claim.contract_number},{claim.number}-{day:%m%d},"
                f"{(claim.owed + grown(claim, day)) / 100:.2f},CNY,{day.isoformat()}"
                for claim in claims.order_by("number")
                if claim.owed
            ]
            if rows:
                head = "contract_number,reference,amount,currency,paid_on"
                self.doer.do(
                    import_payments,
                    creditor_id=actor.org_id,
                    content="\n".join([head, *rows, ""]).encode(),
                    mapping="qinghe",
                    until=day,
                    actor=actor,
                    at=at,
                )
