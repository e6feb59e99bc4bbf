"""Money that goes back: refunds we send, and what providers take back; in whichever order."""

from __future__ import annotations

from datetime import timedelta
from itertools import permutations
from uuid import uuid4

import pytest

from qinghe.claims.models import Claim
from qinghe.kernel.actor import Actor, Role, system
from qinghe.ledger import queries as books
from qinghe.ledger.models import Transfer
from qinghe.market.models import Mandate
from qinghe.settlement import accounts, refusals, services
from qinghe.settlement.models import CashierOrder, Dispute, Payment, Refund, Split
from qinghe.settlement.provider_refusals import RefundBySamePerson, RefundMoved
from qinghe.settlement.services.disputes import settle_dispute
from tests.factories import AT, claim, collector, mandate
from tests.settlement.providers.conftest import assert_sound, order_at, tell
from tests.settlement.providers.fakes import Fake, Stripe
from tests.settlement.test_covering import receive

pytestmark = pytest.mark.django_db
JOB = system("test")
DAY = timedelta(days=1)


def owed(target: Claim) -> int:
    return Claim.objects.get(pk=target.pk).owed


def in_the_boxes(fake: Fake) -> int:
    return books.balance_under(prefix=accounts.CASH, currency="CNY")


def held(target: Claim) -> int:
    return -books.balance(path=accounts.refund(target.debtor_id), currency="CNY")


def overpaid(fake: Fake, amount: int = 4_000) -> tuple[Claim, CashierOrder]:
    """Pay all of it while somebody else pays a part: what is too much waits to go back."""
    target = claim(principal=amount)
    order = order_at(fake, target, amount)
    services.post_payment(
        claim_id=target.pk,
        amount=amount // 4,
        currency="CNY",
        paid_on=AT.date(),
        source="creditor",
        reference="direct",
        actor=JOB,
        at=AT,
    )
    tell(fake, fake.paid(order))
    return target, CashierOrder.objects.get(pk=order.pk)


def officer() -> Actor:
    return Actor(Role.OPERATOR, user_id=uuid4())


def test_what_is_too_much_goes_back_the_way_it_came_once(fake: Fake) -> None:
    target, order = overpaid(fake)
    refund = Refund.objects.get()
    assert (refund.amount, refund.state) == (1_000, "ready")
    for _time in range(3):
        services.send_refunds(at=AT)
        services.queue_refunds(actor=JOB, at=AT)
    refund.refresh_from_db()
    assert (refund.state, refund.tries, list(fake.refunds)) == ("done", 1, [refund.pk.hex])
    assert (held(target), in_the_boxes(fake)) == (0, 3_000)
    before = Transfer.objects.count()
    for _time in range(20):
        tell(fake, fake.refunded(order, 1_000, refund.pk))
    assert Transfer.objects.count() == before
    assert not Dispute.objects.exists()
    assert_sound()


def test_what_was_refunded_pays_nothing_in_a_replay(fake: Fake) -> None:
    target, _order = overpaid(fake)
    services.send_refunds(at=AT)
    receive(None, 1_000)
    direct = Payment.objects.get(source="creditor")
    services.reverse_payment(payment_id=direct.pk, reason="test", actor=JOB, at=AT + DAY)
    # 4,000 came and 1,000 went back: the debtor has paid 3,000.
    assert (owed(target), held(target)) == (1_000, 0)
    clawback = accounts.clawback(accounts.refund(target.debtor_id))
    assert books.balance(path=clawback, currency="CNY") == 0
    assert in_the_boxes(fake) == 4_000
    services.queue_refunds(actor=JOB, at=AT + DAY)
    services.send_refunds(at=AT + DAY)
    assert len(fake.refunds) == 1
    assert_sound()


def test_a_refund_that_takes_time_is_booked_when_the_provider_says_so(fake: Fake) -> None:
    target, order = overpaid(fake)
    fake.mood = "pending"
    services.send_refunds(at=AT)
    refund = Refund.objects.get()
    assert (refund.state, held(target), in_the_boxes(fake)) == ("sent", 0, 4_000)
    fake.mood = "done"
    tell(fake, fake.refunded(order, 1_000, refund.pk))
    refund.refresh_from_db()
    assert (refund.state, in_the_boxes(fake)) == ("done", 3_000)
    assert_sound()


@pytest.mark.parametrize("fake", ["wechat"], indirect=True)
def test_silence_is_asked_again_and_a_refusal_waits_for_a_person(fake: Fake) -> None:
    target, _order = overpaid(fake)
    fake.down = True
    services.send_refunds(at=AT)
    refund = Refund.objects.get()
    assert refund.state == "sent"
    assert refund.fault
    assert refund.next_at == AT + timedelta(minutes=1)
    services.send_refunds(at=AT)
    fake.down, fake.mood = False, "refused"
    services.send_refunds(at=AT + DAY)
    refund.refresh_from_db()
    assert (refund.state, refund.tries, refund.next_at) == ("failed", 2, None)
    assert held(target) == 1_000
    fake.mood = "done"
    services.retry_refund(refund_id=refund.pk, actor=officer(), at=AT + DAY)
    with pytest.raises(RefundMoved):
        services.retry_refund(refund_id=refund.pk, actor=officer(), at=AT + DAY)
    services.send_refunds(at=AT + DAY)
    assert sorted(Refund.objects.values_list("state", flat=True)) == ["done", "dropped"]
    assert (held(target), in_the_boxes(fake)) == (0, 3_000)
    assert_sound()


@pytest.mark.parametrize("fake", ["alipay"], indirect=True)
def test_a_large_refund_waits_for_a_second_person(fake: Fake, settings: object) -> None:
    settings.REFUND_ALONE = 999  # type: ignore[attr-defined]
    overpaid(fake)
    refund = Refund.objects.get()
    services.send_refunds(at=AT)
    assert (refund.state, fake.refunds) == ("waiting", {})
    asker = officer()
    Refund.objects.update(asked_by=asker.label)
    with pytest.raises(RefundBySamePerson):
        services.approve_refund(refund_id=refund.pk, actor=asker, at=AT)
    services.approve_refund(refund_id=refund.pk, actor=officer(), at=AT)
    services.send_refunds(at=AT)
    refund.refresh_from_db()
    assert refund.state == "done"
    assert_sound()


@pytest.mark.parametrize("fake", ["stripe"], indirect=True)
def test_money_passed_on_to_the_bank_comes_back_for_a_refund(fake: Fake) -> None:
    target, _order = overpaid(fake)
    services.prepare_payouts(actor=officer(), at=AT)
    services.send_refunds(at=AT)
    assert Refund.objects.get().state == "done"
    assert in_the_boxes(fake) == 3_000
    assert held(target) == 0
    assert_sound()


@pytest.mark.parametrize("fake", ["alipay"], indirect=True)
def test_a_payment_made_by_mistake_is_given_back_by_two_persons(fake: Fake) -> None:
    target = claim(principal=10_000)
    tell(fake, fake.paid(order_at(fake, target)))
    payment = Payment.objects.get()
    one = officer()
    services.give_back(payment_id=payment.pk, reason="wrong claim", actor=one, at=AT)
    assert (owed(target), Refund.objects.count()) == (6_000, 0)
    with pytest.raises(refusals.ReversalBySamePerson):
        services.give_back(payment_id=payment.pk, reason="wrong claim", actor=one, at=AT)
    services.give_back(payment_id=payment.pk, reason="wrong claim", actor=officer(), at=AT)
    assert (owed(target), held(target), in_the_boxes(fake)) == (10_000, 4_000, 4_000)
    services.send_refunds(at=AT)
    assert Refund.objects.get().state == "done"
    assert (held(target), in_the_boxes(fake)) == (0, 0)
    assert_sound()


def test_money_given_back_at_the_provider_undoes_the_payment(fake: Fake) -> None:
    target = claim(principal=10_000)
    order = order_at(fake, target)
    tell(fake, fake.paid(order))
    letter = fake.refunded(order, 4_000)
    for _time in range(3):
        tell(fake, letter)
    assert (owed(target), in_the_boxes(fake)) == (10_000, 0)
    assert Dispute.objects.get().state == "reversed"
    tell(fake, fake.paid(order))
    assert owed(target) == 10_000
    assert_sound()


def test_a_part_given_back_at_the_provider_leaves_the_rest_paid(fake: Fake) -> None:
    target = claim(principal=10_000)
    order = order_at(fake, target)
    tell(fake, fake.paid(order))
    for _time in range(2):
        tell(fake, fake.refunded(order, 1_500))
    assert (owed(target), in_the_boxes(fake)) == (7_500, 2_500)
    assert_sound()


def test_a_refund_told_before_the_payment_waits_for_it(fake: Fake) -> None:
    target = claim(principal=10_000)
    order = order_at(fake, target)
    tell(fake, fake.refunded(order, 4_000))
    settle_dispute(dispute_id=Dispute.objects.get().pk, actor=JOB, at=AT)
    assert (Dispute.objects.get().state, owed(target)) == ("open", 10_000)
    assert not Payment.objects.exists()
    tell(fake, fake.paid(order))
    assert (Dispute.objects.get().state, owed(target)) == ("reversed", 10_000)
    assert in_the_boxes(fake) == 0
    assert_sound()


@pytest.mark.parametrize("fake", ["stripe"], indirect=True)
class TestChargebacks:
    @pytest.mark.parametrize("order_of", list(permutations(range(3))))
    def test_paid_taken_and_brought_back_end_alike_in_any_order(
        self, fake: Stripe, order_of: tuple[int, ...]
    ) -> None:
        target = claim(principal=10_000)
        order = order_at(fake, target)
        letters = [
            fake.paid(order),
            fake.disputed(order, "funds_withdrawn"),
            fake.disputed(order, "funds_reinstated"),
        ]
        for place in (*order_of, *order_of):
            tell(fake, letters[place])
        assert (owed(target), in_the_boxes(fake)) == (6_000, 4_000)
        assert_sound()

    def test_a_chargeback_brings_the_order_back_that_the_payment_had_completed(
        self, fake: Stripe
    ) -> None:
        target, agency = claim(principal=4_000), collector()
        held_by = mandate(target, agency)
        order = order_at(fake, target)
        tell(fake, fake.paid(order))
        assert Mandate.objects.get(pk=held_by.pk).state == "completed"
        tell(fake, fake.disputed(order, "funds_withdrawn", 1_000))
        rest = Payment.objects.get(state="posted")
        assert (owed(target), rest.amount) == (1_000, 3_000)
        assert Mandate.objects.get(pk=held_by.pk).state == "active"
        assert Claim.objects.get(pk=target.pk).state == "placed"
        # What stayed of it earns as before.
        assert Split.objects.get(payment=rest).mandate_id == held_by.pk
        assert Split.objects.get(payment=rest).commission > 0
        assert_sound()

    def test_a_chargeback_after_a_refund_takes_only_what_was_left(self, fake: Stripe) -> None:
        target, order = overpaid(fake)
        services.send_refunds(at=AT)
        tell(fake, fake.disputed(order, "created"))
        tell(fake, fake.disputed(order, "funds_withdrawn", 3_000))
        assert (owed(target), in_the_boxes(fake), held(target)) == (3_000, 0, 0)
        assert books.balance(path=accounts.OWN, currency="CNY") == 0
        assert_sound()

    def test_what_cannot_be_covered_yet_stays_open_and_says_why(self, fake: Stripe) -> None:
        target, order = overpaid(fake)
        services.send_refunds(at=AT)
        tell(fake, fake.disputed(order, "funds_withdrawn", 4_000))
        dispute = Dispute.objects.get()
        assert (dispute.state, dispute.fault) == ("open", "settlement.no-cash")
        assert owed(target) == 0
        assert_sound()

    def test_a_complaint_moves_nothing_and_a_person_ends_it(self, fake: Stripe) -> None:
        target = claim(principal=10_000)
        order = order_at(fake, target)
        tell(fake, fake.paid(order))
        tell(fake, fake.disputed(order, "created"))
        dispute = Dispute.objects.get()
        assert (dispute.kind, dispute.state, owed(target)) == ("complaint", "open", 6_000)
        services.end_complaint(dispute_id=dispute.pk, actor=officer(), at=AT)
        dispute.refresh_from_db()
        assert dispute.state == "ended"


class TestAsking:
    def test_an_order_whose_notice_never_came_is_asked_about(self, fake: Fake) -> None:
        target = claim(principal=10_000)
        order = order_at(fake, target)
        assert services.ask_providers(at=AT) == 0
        fake.pay(order)
        assert services.ask_providers(at=AT + timedelta(minutes=3)) == 1
        assert owed(target) == 6_000
        assert services.ask_providers(at=AT + DAY) == 0
        tell(fake, fake.paid(order))
        assert Payment.objects.count() == 1

    def test_an_order_nobody_paid_is_closed_there_and_ends(self, fake: Fake) -> None:
        order = order_at(fake, claim(principal=10_000))
        assert services.expire_orders(actor=JOB, at=AT + DAY) == 0
        services.ask_providers(at=AT + timedelta(minutes=3))
        order.refresh_from_db()
        assert (order.state, order.ask_at) == ("created", AT + timedelta(minutes=8))
        services.ask_providers(at=AT + timedelta(hours=1))
        order.refresh_from_db()
        assert (order.state, order.ask_at) == ("expired", None)
        closed = {"alipay": "trade.close", "wechat": "/close", "stripe": "/expire"}[fake.name]
        assert closed in fake.house.asked[-1].path

    def test_a_provider_that_is_silent_is_asked_again(self, fake: Fake) -> None:
        order = order_at(fake, claim(principal=10_000))
        fake.house.answer = lambda asked: (500, {}, b"")
        services.ask_providers(at=AT + timedelta(hours=1))
        order.refresh_from_db()
        assert (order.state, order.ask_at) == ("created", AT + timedelta(hours=1, minutes=5))
