from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from qinghe.claims.models import Claim
from qinghe.claims.queries import NoSuchClaim
from qinghe.journal.models import Entry
from qinghe.kernel.actor import Role, system
from qinghe.ledger import queries as books
from qinghe.market.models import Capacity, Mandate
from qinghe.parties.models import Organisation
from qinghe.parties.roles import NotPermitted
from qinghe.settlement import accounts, cashier, refusals, services
from qinghe.settlement.models import Allocation, CashierOrder, Payment, Split
from tests.factories import AT, actor, claim, collector, debtor_of, mandate
from tests.races import race

JOB = system("test")
TODAY = date(2026, 11, 23)


def pay(target: Claim, amount: int, reference: str = "r1", **fields: Any) -> Payment:
    given = {"source": "creditor", "paid_on": TODAY, "currency": "CNY", "actor": JOB, "at": AT}
    # Whatever of it is too much is meant so here.
    given["excess"] = amount
    return services.post_payment(
        claim_id=target.pk, amount=amount, reference=reference, **{**given, **fields}
    )


def fresh(target: Claim) -> Claim:
    return Claim.objects.get(pk=target.pk)


def assert_books(target: Claim) -> None:
    """The books balance, and the claim shows what they show."""
    assert set(books.trial_balance().values()) <= {0}
    assert books.wrong_balances() == []
    now = fresh(target)
    for component in ("principal", "interest", "costs"):
        path = accounts.claim_part(target.pk, component)
        assert books.balance(path=path, currency=now.currency) == getattr(now, component)


@pytest.mark.django_db
class TestPostPayment:
    def test_costs_then_interest_then_principal(self) -> None:
        target = claim(costs=500, interest=2_000, principal=10_000)
        payment = pay(target, 3_000)
        parts = dict(Allocation.objects.filter(payment=payment).values_list("component", "amount"))
        assert parts == {"costs": 500, "interest": 2_000, "principal": 500}
        assert fresh(target).principal == 9_500
        assert_books(target)

    def test_interest_is_booked_up_to_the_day_of_payment_first(self) -> None:
        target = claim(
            principal=365_000, overdue_rate_pct=Decimal(10), interest_to=date(2026, 11, 13)
        )
        pay(target, 1_000)
        assert fresh(target).interest == 0
        assert fresh(target).principal == 365_000
        assert fresh(target).interest_to == TODAY
        assert_books(target)

    def test_the_last_cent_settles_the_claim_and_ends_the_order(self) -> None:
        target, agency = claim(principal=10_000), collector()
        order = mandate(target, agency)
        pay(target, 10_000)
        assert fresh(target).state == "closed"
        assert Mandate.objects.get(pk=order.pk).state == "completed"
        assert Capacity.objects.get(collector=agency).live == 0
        assert_books(target)

    def test_what_exceeds_the_debt_waits_for_refund(self) -> None:
        target = claim(principal=10_000)
        payment = pay(target, 10_050)
        assert payment.excess == 50
        assert Split.objects.get(payment=payment).amount == 10_000
        assert_books(target)

    def test_money_on_a_settled_claim_is_all_excess(self) -> None:
        target = claim(principal=10_000)
        pay(target, 10_000)
        assert pay(target, 700, "r2").excess == 700
        assert_books(target)

    def test_commission_fee_and_reserve_come_from_the_mandate(self) -> None:
        target, agency = claim(principal=200_000), collector()
        mandate(target, agency)
        payment = pay(target, 100_000)
        split = Split.objects.get(payment=payment)
        assert (split.creditor_share, split.commission) == (75_000, 19_000)
        assert (split.reserve, split.platform_fee) == (4_750, 1_250)
        # Payable to nobody before the creditor covers it.
        assert books.balance(path=accounts.payable(agency.pk), currency="CNY") == 0
        waiting = accounts.uncovered(target.creditor_id)
        assert books.balance(path=waiting, currency="CNY") == -25_000
        due = accounts.commission_due(target.creditor_id)
        assert books.balance(path=due, currency="CNY") == 25_000
        assert_books(target)

    @pytest.mark.parametrize("state", ["suspended", "recalled"])
    def test_a_stopped_mandate_earns_nothing(self, state: str) -> None:
        target, agency = claim(principal=200_000), collector()
        before = {"starts_at": AT - timedelta(days=9), "closed_at": AT - timedelta(days=1)}
        mandate(target, agency, state=state, **(before if state == "recalled" else {}))
        assert Split.objects.get(payment=pay(target, 100_000)).commission == 0

    @pytest.mark.parametrize(("day", "earned"), [(13, 0), (14, 9_500), (21, 9_500), (22, 0)])
    def test_what_is_told_later_earns_by_the_day_it_was_paid(self, day: int, earned: int) -> None:
        target, agency = claim(principal=200_000), collector()
        ran = {"starts_at": AT - timedelta(days=9), "closed_at": AT - timedelta(days=2)}
        mandate(target, agency, state="recalled", **ran)
        paid = pay(target, 50_000, paid_on=date(2026, 11, day))
        split = Split.objects.get(payment=paid)
        assert split.commission == earned
        assert split.collector_id == (agency.pk if earned else None)
        assert_books(target)

    def test_a_payment_made_here_earns_by_the_moment(self) -> None:
        target, agency = claim(principal=200_000), collector()
        mandate(target, agency, state="recalled", closed_at=AT)
        paid = pay(target, 50_000, source="cashier")
        assert Split.objects.get(payment=paid).commission == 0

    def test_the_same_reference_books_once(self) -> None:
        target = claim(principal=10_000)
        assert pay(target, 400) == pay(target, 400)
        assert fresh(target).principal == 9_600
        with pytest.raises(refusals.PaymentDiffers):
            pay(target, 401)

    def test_another_currency_is_refused(self) -> None:
        with pytest.raises(refusals.WrongCurrency, match="CNY"):
            pay(claim(), 400, currency="USD")

    @pytest.mark.parametrize("amount", [0, -1])
    def test_no_amount_is_refused(self, amount: int) -> None:
        with pytest.raises(refusals.BadAmount):
            pay(claim(), amount)

    def test_a_creditor_reports_payments_of_its_own_claims_only(self) -> None:
        target = claim()
        own = actor(Role.CREDITOR, Organisation.objects.get(pk=target.creditor_id))
        stranger = actor(Role.CREDITOR, claim().creditor)
        assert pay(target, 100, actor=own).amount == 100
        with pytest.raises(NoSuchClaim):
            pay(target, 100, "r2", actor=stranger)
        with pytest.raises(NotPermitted):
            pay(target, 100, "r3", actor=own, source="cashier")
        with pytest.raises(NotPermitted):
            pay(target, 100, "r4", actor=actor(Role.COLLECTOR, collector()))

    def test_without_evidence_nothing_is_booked(self, monkeypatch: pytest.MonkeyPatch) -> None:
        target = claim(principal=10_000)

        def fail(**_facts: object) -> None:
            raise RuntimeError

        monkeypatch.setattr(services.booking, "record_many", fail)
        with pytest.raises(RuntimeError):
            pay(target, 400)
        assert fresh(target).principal == 10_000
        assert not Payment.objects.exists()
        assert_books(target)

    def test_every_payment_leaves_evidence_without_personal_data(self) -> None:
        target = claim(principal=10_000)
        payment = pay(target, 400)
        entry = Entry.objects.get(kind="payment.posted")
        assert entry.subject == f"claim:{target.pk}"
        assert entry.facts["payment"] == str(payment.pk)
        assert entry.facts["parts"] == {"principal": 400}


@pytest.mark.django_db(transaction=True)
def test_payments_at_the_same_moment_never_pay_more_than_is_owed() -> None:
    target, agency = claim(principal=10_000), collector()
    mandate(target, agency)
    excess = sum(race(range(6), lambda number: pay(target, 3_000, f"r{number}").excess))
    assert excess == 8_000
    assert fresh(target).state == "closed"
    assert_books(target)


@pytest.mark.django_db
class TestCashier:
    def notice(self, order: CashierOrder, **changes: Any) -> tuple[bytes, str]:
        fields = {
            "order_id": order.pk,
            "event": cashier.PAID,
            "amount": order.amount,
            "currency": order.currency,
            "at": AT,
        }
        body = cashier.notice_body(cashier.Notice(**{**fields, **changes}))
        return body, cashier.sign(body)

    def order(self, target: Claim, amount: int = 4_000) -> CashierOrder:
        return services.create_cashier_order(
            claim_id=target.pk, amount=amount, actor=debtor_of(target), at=AT
        )

    def receive(self, order: CashierOrder, **changes: Any) -> CashierOrder:
        body, signature = self.notice(order, **changes)
        return services.receive_notice(body=body, signature=signature, at=AT)

    def test_money_paid_here_is_held_for_the_creditor(self) -> None:
        target = claim(principal=10_000)
        assert self.receive(self.order(target)).state == "paid"
        assert fresh(target).principal == 6_000
        held = accounts.collected(target.creditor_id)
        assert books.balance(path=held, currency="CNY") == -4_000
        assert books.balance_under(prefix=accounts.CASH, currency="CNY") == 4_000
        assert_books(target)

    @pytest.mark.parametrize(
        "events",
        [
            ["paid", "paid"],
            ["pending", "paid"],
            ["paid", "pending"],
            ["paid", "failed"],
            ["failed", "paid"],
        ],
    )
    def test_repeated_and_disordered_notices_book_once(self, events: list[str]) -> None:
        target = claim(principal=10_000)
        order = self.order(target)
        for event in events:
            self.receive(order, event=event)
        assert Payment.objects.count() == 1
        assert fresh(target).principal == 6_000
        assert_books(target)

    def test_money_for_an_expired_order_is_booked(self) -> None:
        target = claim(principal=10_000)
        order = self.order(target)
        assert services.expire_orders(actor=JOB, at=AT + timedelta(hours=1)) == 1
        self.receive(order)
        assert fresh(target).principal == 6_000

    def test_money_for_a_claim_settled_meanwhile_waits_for_refund(self) -> None:
        target = claim(principal=4_000)
        order = self.order(target)
        pay(target, 4_000)
        self.receive(order)
        refund = accounts.refund(target.debtor_id)
        assert books.balance(path=refund, currency="CNY") == -4_000
        assert_books(target)

    def test_a_notice_about_another_amount_is_refused(self) -> None:
        order = self.order(claim(principal=10_000))
        with pytest.raises(refusals.NoticeDiffers):
            self.receive(order, amount=1)
        assert not Payment.objects.exists()

    def test_an_unknown_order_is_refused(self) -> None:
        order = self.order(claim(principal=10_000))
        with pytest.raises(refusals.NoSuchOrder):
            self.receive(order, order_id=order.claim_id)

    def test_strangers_cannot_order(self) -> None:
        with pytest.raises(NoSuchClaim):
            services.create_cashier_order(
                claim_id=claim().pk, amount=1, actor=debtor_of(claim()), at=AT
            )

    @pytest.mark.parametrize("amount", [0, -5, 10_001])
    def test_amounts_outside_the_debt_are_refused(self, amount: int) -> None:
        with pytest.raises(refusals.BadAmount):
            self.order(claim(principal=10_000), amount)

    def test_a_settled_claim_needs_no_order(self) -> None:
        target = claim(principal=10_000)
        pay(target, 10_000)
        with pytest.raises(refusals.NothingOwed):
            self.order(target)
