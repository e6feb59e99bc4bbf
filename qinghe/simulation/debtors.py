"""What debtors do: open their door, pay, plan, contest, ask for a pause, set wishes, complain."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, time
from uuid import UUID

from qinghe.casework.models import Plan
from qinghe.casework.services import ask_hardship, propose_plan
from qinghe.claims.days import day_of
from qinghe.claims.interest import grown
from qinghe.claims.models import Claim
from qinghe.claims.services import open_dispute
from qinghe.contact.services import set_wish
from qinghe.kernel.actor import Actor
from qinghe.parties.models import VaultItem
from qinghe.parties.services import find_by_value, issue_door_code, open_door
from qinghe.quality.services import open_complaint
from qinghe.settlement import cashier
from qinghe.settlement.services import create_cashier_order, receive_notice
from qinghe.simulation.batches import Source
from qinghe.simulation.doer import Doer
from qinghe.simulation.words import COMPLAINT, CONTEST, HARDSHIP, said
from qinghe.simulation.world import FOUNDER

VISITS_PER_HUNDRED = 9


@dataclass(frozen=True)
class Letter:
    """A signed payment notice on its way; some arrive late or twice."""

    body: bytes
    signature: str


@dataclass
class Debtors:
    """The other side of the market, through its own door."""

    doer: Doer
    source: Source
    on_the_way: list[Letter] = field(default_factory=list)

    def visit(self, *, at: datetime) -> None:
        """Let some debtors come by and do one thing each."""
        for person in list(self.source.people):
            if self.doer.random.randrange(100) < VISITS_PER_HUNDRED:
                self._visit(person.id_number, at)

    def _visit(self, id_number: str, at: datetime) -> None:
        claims = Claim.objects.filter(
            debtor__in=_persons(id_number), state__in=("placed", "listed")
        )
        claim = claims.order_by("number").first()
        if claim is None:
            return
        code = self.doer.do(issue_door_code, person_id=claim.debtor_id, actor=FOUNDER, at=at)
        if code is None:
            return
        actor = open_door(code=code, answer=id_number[-4:], origin=self._origin(), at=at)
        self.doer.random.choices(self._acts(), (24, 26, 14, 12, 8, 8, 8))[0](claim, actor, at)

    def _origin(self) -> str:
        """Return a network address of the range kept for documentation (RFC 5737)."""
        return f"203.0.113.{self.doer.random.randrange(1, 255)}"

    def _acts(self) -> list[Callable[[Claim, Actor, datetime], None]]:
        return [
            self._pay_all, self._pay_part, self._plan, self._contest, self._pause, self._wish,
            self._complain,
        ]  # fmt: skip

    def _pay_all(self, claim: Claim, actor: Actor, at: datetime) -> None:
        self._pay(claim, claim.owed + grown(claim, day_of(at)), actor, at)

    def _pay_part(self, claim: Claim, actor: Actor, at: datetime) -> None:
        self._pay(claim, max(100, claim.owed // self.doer.random.randint(3, 8)), actor, at)

    def _pay(self, claim: Claim, amount: int, actor: Actor, at: datetime) -> None:
        order = self.doer.do(
            create_cashier_order, claim_id=claim.pk, amount=amount, actor=actor, at=at
        )
        if order is None:
            return
        notice = cashier.Notice(order.pk, cashier.PAID, order.amount, order.currency, at)
        body = cashier.notice_body(notice)
        letter = Letter(body, cashier.sign(body))
        faults = self.doer.faults
        if faults and self.doer.random.random() < 0.15:
            self.on_the_way.append(letter)
            self.doer.injected["late notice"] += 1
            return
        self._arrive(letter, at)
        if faults and self.doer.random.random() < 0.15:
            self.doer.injected["doubled notice"] += 1
            self._arrive(letter, at)

    def late_notices(self, *, at: datetime) -> None:
        """Deliver the payment notices that were held up."""
        letters, self.on_the_way = self.on_the_way, []
        for letter in letters:
            self._arrive(letter, at)

    def _arrive(self, letter: Letter, at: datetime) -> None:
        receive_notice(body=letter.body, signature=letter.signature, at=at)
        self.doer.done["settlement.receive_notice"] += 1

    def _plan(self, claim: Claim, actor: Actor, at: datetime) -> None:
        if not Plan.objects.filter(claim=claim).exists():
            monthly = max(100, claim.owed // 10)
            self.doer.do(propose_plan, claim_id=claim.pk, monthly=monthly, actor=actor, at=at)

    def _contest(self, claim: Claim, actor: Actor, at: datetime) -> None:
        words = said(CONTEST, claim.number)
        self.doer.do(
            open_dispute, claim_id=claim.pk, reason="amount", statement=words, actor=actor, at=at
        )

    def _pause(self, claim: Claim, actor: Actor, at: datetime) -> None:
        words = said(HARDSHIP, claim.number)
        self.doer.do(ask_hardship, claim_id=claim.pk, statement=words, actor=actor, at=at)

    def _wish(self, claim: Claim, actor: Actor, at: datetime) -> None:
        self.doer.do(
            set_wish,
            person_id=claim.debtor_id,
            kind="time",
            channels=[],
            window=(time(18), time(21)),
            actor=actor,
            at=at,
        )

    def _complain(self, claim: Claim, actor: Actor, at: datetime) -> None:
        self.doer.do(
            open_complaint,
            kind="too_often",
            statement=said(COMPLAINT, claim.number),
            claim_id=claim.pk,
            person_id=claim.debtor_id,
            actor=actor,
            at=at,
        )


def _persons(id_number: str) -> list[UUID]:
    items = VaultItem.objects.filter(pk__in=find_by_value("id_number", id_number))
    return [item.person_id for item in items if item.person_id]
