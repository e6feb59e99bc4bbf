"""
Any sequence of acts with money, through the product's own services.

After each act the books must balance, the claims must show what the books say, and the cash may
have changed by exactly what came or went. A refusal must leave everything as it was. The short run
is part of every test run; the long one takes more than ten thousand steps.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from django.db.models import Sum
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from hypothesis.stateful import run_state_machine_as_test as run

from qinghe.casework.models import Plan
from qinghe.casework.services import decide_plan, propose_plan
from qinghe.claims.days import day_of
from qinghe.claims.models import Claim
from qinghe.claims.services import write_off_part
from qinghe.kernel.actor import Role
from qinghe.kernel.errors import DomainError
from qinghe.ledger import queries as books
from qinghe.ledger.models import Account, Transfer
from qinghe.reporting.contraventions import found
from qinghe.settlement import cashier, services
from qinghe.settlement.models import CashierOrder, Payment, Payout, Refund
from tests import factories
from tests.factories import AT, actor, claim, collector, debtor_of, mandate
from tests.ledger.replay import assert_as_of_equals_replay
from tests.settlement.test_payments import JOB

# What `qinghe verify` asks of money, in SQL against the tables.
PROMISES = (
    "claims-mirror-ledger", "claims-show-their-payments", "payments-divided-to-the-cent",
    "paid-orders-are-booked", "creditors-are-owed-what-their-claims-show",
    "commission-due-waits-for-its-creditor", "splits-show-what-is-uncovered",
    "only-own-money-is-lent", "cash-covers-what-is-held", "payouts-by-two-persons",
    "days-end-as-their-transfers-say", "transfers-stay-in-one-currency",
    "reversals-mirror-their-originals", "accounts-show-what-is-set-aside",
    "pendings-are-settled-as-they-say", "capacity-counts", "one-live-mandate-per-claim",
    "mandates-last-by-what-debtors-did",
)  # fmt: skip
AMOUNTS = st.sampled_from((1, 99, 1_000, 5_555, 20_000, 60_000))
WHICH = st.integers(0, 30)
YES = st.booleans()
taken = Counter[str]()


class Money(RuleBasedStateMachine):
    """Two creditors, four claims, one collector, and everything that may happen to them."""

    def __init__(self) -> None:
        super().__init__()
        self.outer = transaction.atomic()
        self.outer.__enter__()
        self.at = AT
        self.staff = [actor(Role.OPERATOR), actor(Role.OPERATOR)]
        self.creditors = [factories.organisation(), factories.organisation()]
        agency = collector()
        self.claims = [
            claim(
                principal=50_000 * (n + 1),
                costs=700 * n,
                creditor=self.creditors[n % 2],
                overdue_rate_pct=Decimal(12) if n else None,
                interest_to=date(2026, 11, 1),
            )
            for n in range(4)
        ]
        for each in self.claims[:3]:
            mandate(each, agency)

    def teardown(self) -> None:
        try:
            assert_as_of_equals_replay()
        finally:
            transaction.set_rollback(True)
            self.outer.__exit__(None, None, None)

    @rule(hours=st.sampled_from((1, 12, 40, 24 * 20)))
    def wait(self, hours: int) -> None:
        self.at += timedelta(hours=hours)
        self.act("expire orders", lambda: services.expire_orders(actor=JOB, at=self.at))

    @rule(
        n=WHICH, amount=AMOUNTS, here=YES, reference=st.integers(0, 12),
        late=st.sampled_from((0, 0, 1, 9, 30)),
    )  # fmt: skip
    def pay(self, n: int, amount: int, here: bool, reference: int, late: int) -> None:
        target, told = self.claims[n % 4], f"r{reference}"
        source = "cashier" if here else "creditor"
        # A reference is one creditor's: another creditor's payment may be told by the same.
        own = Payment.objects.filter(creditor=target.creditor_id, source=source, reference=told)
        known = own.exists()
        self.act(
            "pay again" if known else "pay late" if late else "pay",
            lambda: services.post_payment(
                claim_id=target.pk, amount=amount, currency="CNY",
                paid_on=day_of(self.at) - timedelta(days=late), source=source,
                reference=told, excess=amount, actor=JOB, at=self.at,
            ),
            0 if known or not here else amount,
        )  # fmt: skip

    @rule(n=WHICH, amount=AMOUNTS)
    def order(self, n: int, amount: int) -> None:
        target = self.claims[n % 4]
        self.act(
            "order",
            lambda: services.create_cashier_order(
                claim_id=target.pk, amount=amount, actor=debtor_of(target), at=self.at
            ),
        )

    @rule(n=WHICH, event=st.sampled_from(cashier.EVENTS))
    def notice(self, n: int, event: str) -> None:
        order = self.one(CashierOrder.objects.all(), n)
        if order is None:
            return
        told = cashier.Notice(order.pk, event, order.amount, order.currency, self.at)
        body = cashier.notice_body(told)
        comes = event == cashier.PAID and order.state != "paid"
        self.act(
            f"notice {event}" if comes or event != cashier.PAID else "notice again",
            lambda: services.receive_notice(
                body=body, signature=cashier.sign(body), at=self.at
            ),
            order.amount if comes else 0,
        )  # fmt: skip

    @rule(n=WHICH)
    def reverse(self, n: int) -> None:
        self.undo("charge back", services.reverse_payment, n, JOB)

    @rule(n=WHICH, who=st.integers(0, 1))
    def give_back(self, n: int, who: int) -> None:
        self.undo("give back", services.give_back, n, self.staff[who])

    @rule(n=WHICH, component=st.sampled_from(("principal", "interest", "costs")), amount=AMOUNTS)
    def waive(self, n: int, component: str, amount: int) -> None:
        target = self.claims[n % 4]
        self.act(
            "waive",
            lambda: write_off_part(
                claim_id=target.pk, amounts={component: amount}, ground="goodwill",
                reason="部分减免", actor=self.creditor(target), at=self.at,
            ),
        )  # fmt: skip

    @rule(n=WHICH, monthly=AMOUNTS, agreed=YES)
    def plan(self, n: int, monthly: int, agreed: bool) -> None:
        target = self.claims[n % 4]
        self.act(
            "propose plan",
            lambda: propose_plan(
                claim_id=target.pk, monthly=monthly, actor=debtor_of(target), at=self.at
            ),
        )
        proposed = self.one(Plan.objects.filter(claim=target, state="proposed"), n)
        if proposed is not None:
            self.act(
                "decide plan",
                lambda: decide_plan(
                    plan_id=proposed.pk, agreed=agreed, actor=self.creditor(target), at=self.at
                ),
            )

    @rule(n=st.integers(0, 2), amount=AMOUNTS, reference=st.integers(0, 12))
    def receive(self, n: int, amount: int, reference: int) -> None:
        made: list[Any] = []
        whose = self.creditors[n].pk if n < 2 else None
        self.act(
            "receive",
            lambda: made.append(
                services.receive_money(
                    creditor_id=whose, amount=amount, currency="CNY", reference=f"b{reference}",
                    actor=self.staff[0], at=self.at,
                )
            ),
        )  # fmt: skip
        if made:
            self.act(
                "confirm",
                lambda: services.confirm_receipt(
                    receipt_id=made[0].pk, actor=self.staff[1], at=self.at
                ),
                0 if made[0].confirmed_at else amount,
            )

    @rule()
    def prepare(self) -> None:
        self.act(
            "prepare payouts",
            lambda: services.prepare_payouts(actor=self.staff[0], at=self.at),
        )

    @rule(n=WHICH, pay=YES)
    def pay_out(self, n: int, pay: bool) -> None:
        payout = self.one(Payout.objects.filter(state__in=("draft", "approved")), n)
        if payout is None:
            return
        facts = {"payout_id": payout.pk, "at": self.at}
        self.act("approve", lambda: services.approve_payout(actor=self.staff[1], **facts))
        if pay:
            self.act(
                "pay out",
                lambda: services.pay_payout(actor=self.staff[0], **facts),
                -payout.amount,
            )

    @rule(n=WHICH)
    def bank_returns(self, n: int) -> None:
        payout = self.one(Payout.objects.all(), n)
        if payout is None:
            return
        told = {"payout_id": payout.pk, "at": self.at}
        if payout.state == "paid":
            asks = {**told, "reason": "closed", "actor": self.staff[1]}
            self.act("ask return", lambda: services.ask_return(**asks))
            self.act(
                "agree to return",
                lambda: services.agree_return(actor=self.staff[0], **told),
                payout.amount,
            )
            return
        self.act(
            "return payout",
            lambda: services.return_payout(reason="closed", actor=self.staff[1], **told),
        )

    @rule(n=WHICH)
    def refund(self, n: int) -> None:
        self.act("queue refunds", lambda: services.queue_refunds(actor=JOB, at=self.at))
        waiting = self.one(Refund.objects.filter(state="waiting"), n)
        if waiting is not None:
            self.act(
                "approve refund",
                lambda: services.approve_refund(
                    refund_id=waiting.pk, actor=self.staff[n % 2], at=self.at
                ),
            )
        before = refunded()
        self.act("send refunds", lambda: services.send_refunds(at=self.at), None)
        assert cash() - self.before == before - refunded()

    @invariant()
    def everything_that_verify_promises(self) -> None:
        assert not any(books.trial_balance().values())
        assert books.wrong_balances() == []
        broken = {name: cases for name in PROMISES if (cases := found(name, at=self.at))}
        assert not broken

    def act(self, name: str, do: Callable[[], object], delta: int | None = 0) -> None:
        """Act; what is refused must have moved nothing, what is done as much cash as it says."""
        self.before, moves = cash(), Transfer.objects.count()
        try:
            with transaction.atomic():
                do()
        except DomainError as refusal:
            taken[f"{name}: {refusal.code}"] += 1
            assert (cash(), Transfer.objects.count()) == (self.before, moves)
            return
        taken[name] += 1
        if delta is not None:
            assert cash() - self.before == delta, name

    def undo(self, name: str, how: Callable[..., Payment], n: int, who: Any) -> None:
        payment = self.one(Payment.objects.filter(state="posted"), n)
        if payment is not None:
            facts = {"payment_id": payment.pk, "reason": "bounced", "actor": who, "at": self.at}
            self.act(name, lambda: how(**facts), None)
            assert cash() <= self.before

    def creditor(self, target: Claim) -> Any:
        return actor(Role.CREDITOR, target.creditor)

    @staticmethod
    def one(rows: Any, n: int) -> Any:
        found_ = list(rows.order_by("pk"))
        return found_[n % len(found_)] if found_ else None


def cash() -> int:
    """Return all cash of the platform, wherever it lies."""
    rows = Account.objects.filter(path__startswith="platform:cash:")
    return int(rows.aggregate(total=Sum("balance"))["total"] or 0)


def refunded() -> int:
    """Return what went back to debtors."""
    return int(Refund.objects.filter(state="done").aggregate(total=Sum("amount"))["total"] or 0)


def lived(examples: int, steps: int) -> int:
    """Run the machine; return how many acts went to the services."""
    taken.clear()
    run(
        Money,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    return sum(taken.values())


@pytest.mark.django_db
def test_no_cent_is_lost_or_invented() -> None:
    assert lived(examples=6, steps=20) > 40


@pytest.mark.slow
@pytest.mark.django_db
def test_no_cent_is_lost_or_invented_in_more_than_ten_thousand_steps() -> None:
    steps = lived(examples=300, steps=60)
    print(f"{steps} steps: {dict(sorted(taken.items()))}")
    assert steps >= 10_000
