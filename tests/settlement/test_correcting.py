"""A difference in commission is booked by two persons, and bills, statements and books follow."""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from qinghe.kernel.actor import Actor, Role
from qinghe.ledger import queries as books
from qinghe.ledger.models import Account, Transfer
from qinghe.ledger.services import post_many
from qinghe.ledger.terms import Posting
from qinghe.parties.models import Organisation
from qinghe.parties.roles import NotPermitted
from qinghe.reporting.contraventions import found
from qinghe.rules.vat import contained, vat_on
from qinghe.settlement import accounts, correction_refusals, objection_refusals, services
from qinghe.settlement.correction_terms import Way
from qinghe.settlement.models import (
    CommissionCorrection,
    Invoice,
    Objection,
    Payment,
    Payout,
    Split,
)
from qinghe.settlement.queries import payment_for
from qinghe.settlement.queries.apart import why_not_approve
from qinghe.settlement.queries.corrections import Standing, corrections_asked, standing_of
from qinghe.settlement.queries.statements import statement
from qinghe.settlement.refusals import BadAmount, NotApart, OwnMoneyShort
from tests import factories
from tests.factories import AT, actor, claim, collector, mandate
from tests.settlement.test_closing import DECEMBER, LATER, NOVEMBER, THEN, closed
from tests.settlement.test_covering import receive
from tests.settlement.test_invoices import issue
from tests.settlement.test_payments import assert_books, pay
from tests.settlement.test_reversal import reverse
from tests.settlement.test_taxes import taxed
from tests.web.people import signed_in

pytestmark = pytest.mark.django_db
KEPT = (
    "only-own-money-is-lent", "cash-covers-what-is-held", "splits-show-what-is-uncovered",
    "commission-due-waits-for-its-creditor",
)  # fmt: skip
SOON = AT + timedelta(minutes=5)


class World:
    """A payment of 1,000.00 at 25 %, and an objection to its commission that two found right."""

    def __init__(self, kind: str = "payment.commission", source: str = "cashier") -> None:
        self.house, self.agency = factories.organisation("operator"), collector()
        taxed(self.house, "general", NOVEMBER)
        self.claim = claim(principal=1_000_000)
        mandate(self.claim, self.agency)
        self.payment = pay(self.claim, 100_000, source=source)
        self.one, self.two = actor(Role.OPERATOR), actor(Role.OPERATOR)
        self.objection = self.objected(kind) if kind else None

    def objected(self, kind: str) -> Objection:
        return objected(self, Transfer.objects.filter(kind=kind).latest("pk"))

    def ask(self, amount: int, way: str = "back", at: Any = SOON) -> CommissionCorrection:
        assert self.objection
        told = {"objection_id": self.objection.pk, "way": way, "amount": amount}
        return services.ask_commission_correction(**told, actor=self.one, at=at)

    def book(self, made: CommissionCorrection, by: Actor | None = None, at: Any = SOON) -> None:
        who = by or self.two
        services.book_commission_correction(correction_id=made.pk, actor=who, at=at)

    def held(self, of: Organisation | None = None) -> int:
        path = accounts.payable(of.pk) if of else accounts.collected(self.claim.creditor_id)
        return -books.balance(path=path, currency="CNY")

    def state(self) -> str:
        assert self.objection
        self.objection.refresh_from_db()
        return self.objection.state

    def platform(self) -> tuple[int, int]:
        """Return the platform's part without its tax, and the tax."""
        sums = [0, 0]
        for place, start in enumerate(("platform:fees:", "platform:tax:")):
            rows = Account.objects.filter(path__startswith=start)
            sums[place] = -sum(rows.values_list("balance", flat=True))
        return sums[0], sums[1]


def kept() -> bool:
    return not any(found(name, at=SOON) for name in KEPT)


def test_two_persons_give_back_what_was_too_much_and_the_objection_ends() -> None:
    it = World()
    held, earned, platform = it.held(), it.held(it.agency), it.platform()
    made = it.ask(7_000)
    # 5 % of it is the platform's, with 6 % tax contained; nothing is booked yet.
    assert (made.commission, made.fee, made.fee_tax) == (6_650, 350, 20)
    assert (it.held(), it.state()) == (held, "upheld")
    with pytest.raises(correction_refusals.CorrectionBySamePerson):
        it.book(made, it.one)
    it.book(made)
    assert (it.held(), it.held(it.agency)) == (held + 7_000, earned - 6_650)
    assert it.platform() == (platform[0] - 330, platform[1] - 20)
    assert it.state() == "corrected"
    assert it.objection
    assert it.objection.correction
    assert it.objection.correction.kind == "payment.commission_corrected"
    assert (it.objection.named_by, it.objection.confirmed_by) == (it.one.label, it.two.label)
    assert_books(it.claim)
    assert kept()
    for who, sign in ((actor(Role.CREDITOR, it.claim.creditor), 1), (it.agency, -1)):
        by = who if isinstance(who, Actor) else actor(Role.COLLECTOR, who)
        shown = statement(actor=by, starts_on=NOVEMBER, ends_on=date(2026, 11, 30))
        lines = {each.kind: each.amount for each in shown.lines}
        assert lines["payment.commission_corrected"] == sign * 6_650
        assert shown.commission == 25_000 - 7_000
        assert shown.shares.fee == 1_250 - 350


def test_what_was_too_little_goes_to_the_collector() -> None:
    it = World("payment.fee")
    held, earned = it.held(), it.held(it.agency)
    it.book(it.ask(1_000, "more"))
    assert (it.held(), it.held(it.agency)) == (held - 1_000, earned + 950)
    assert kept()


def test_no_more_than_was_earned_at_once_goes_back() -> None:
    it = World()
    split = Split.objects.get(payment=it.payment)
    most = split.commission + split.platform_fee
    with pytest.raises(correction_refusals.CorrectionTooLarge):
        it.ask(most + 1)
    with pytest.raises(correction_refusals.CorrectionTooLarge):
        it.ask(split.creditor_share + 1, "more")
    for amount in (0, -1):
        with pytest.raises(BadAmount):
            it.ask(amount)
    made = it.ask(7_000)
    with pytest.raises(correction_refusals.CorrectionAsked):
        it.ask(1)
    services.drop_commission_correction(correction_id=made.pk, actor=it.two, at=SOON)
    for act in (it.book, lambda each: services.drop_commission_correction(
        correction_id=each.pk, actor=it.two, at=SOON
    )):  # fmt: skip
        with pytest.raises(correction_refusals.NoSuchCorrection):
            act(made)
    it.book(it.ask(7_000))
    with pytest.raises(objection_refusals.ObjectionAnswered):
        it.ask(1)


def test_only_commission_of_money_received_here_and_only_where_it_is_due() -> None:
    it = World("payment.collected")
    with pytest.raises(correction_refusals.NoCommissionThere):
        it.ask(1)
    reported = World("payment.commission", source="creditor")
    with pytest.raises(correction_refusals.NoCommissionThere):
        reported.ask(1)
    told = {"objection_id": it.payment.pk, "way": "back", "amount": 1, "at": SOON}
    with pytest.raises(objection_refusals.NoSuchObjection):
        services.ask_commission_correction(**told, actor=it.one)
    with pytest.raises(NotPermitted):
        services.ask_commission_correction(**told, actor=actor(Role.CREDITOR))


def paid_out(it: World) -> None:
    """Let what the agency and the creditor have here leave."""
    for path in (accounts.payable(it.agency.pk), accounts.collected(it.claim.creditor_id)):
        amount = -books.balance(path=path, currency="CNY")
        told: dict[str, Any] = {"amount": amount, "currency": "CNY", "kind": "t", "subject": "t"}
        box = next(
            path for path in Account.objects.filter(balance__gte=amount).values_list(
                "path", flat=True
            ) if path.startswith("platform:cash:")
        )  # fmt: skip
        post_many(postings=[Posting(path, box, at=SOON, **told)])


def test_what_was_paid_out_is_lent_by_own_money_or_refused() -> None:
    it = World()
    paid_out(it)
    made = it.ask(7_000)
    with pytest.raises(OwnMoneyShort), transaction.atomic():
        it.book(made)
    receive(None, 10_000)
    it.book(made)
    owed = accounts.clawback(accounts.payable(it.agency.pk))
    assert books.balance(path=owed, currency="CNY") == 6_650
    assert it.held() == 7_000
    assert kept()


def test_a_creditor_who_has_too_little_here_bears_nothing_more() -> None:
    it = World()
    paid_out(it)
    made = it.ask(1_000, "more")
    with pytest.raises(correction_refusals.CreditorShort), transaction.atomic():
        it.book(made)
    assert it.state() == "upheld"


def test_undoing_the_payment_undoes_its_correction_and_applying_it_anew_books_it_again() -> None:
    it = World("")
    receive(None, 500_000)
    second = pay(it.claim, 100_000, "r2", source="cashier", at=AT + timedelta(minutes=1))
    it.objection = it.objected("payment.commission")
    it.book(it.ask(7_000))
    assert standing_of(Split.objects.get(payment=second)) == Standing(*corrected(second, 7_000))
    reverse(it.payment, at=SOON + timedelta(hours=1))
    # The later payment was applied anew: its commission is still corrected.
    assert it.held() == 75_000 + 7_000
    assert kept()
    reverse(Payment.objects.get(pk=second.pk), at=SOON + timedelta(hours=2))
    assert (it.held(), it.held(it.agency), it.platform()) == (0, 0, (0, 0))
    assert kept()
    assert_books(it.claim)


def corrected(payment: Payment, amount: int) -> tuple[int, int, int, int]:
    split, fee = Split.objects.get(payment=payment), amount // 20
    tax = contained(fee, vat_on(NOVEMBER, "general"))
    return (
        split.commission - (amount - fee),
        split.platform_fee - fee,
        split.fee_tax - tax,
        split.creditor_share + amount,
    )


def test_in_a_later_month_it_is_a_credit_note_at_the_rate_of_the_payments_month() -> None:
    it = World()
    issue(closed())
    taxed(it.house, "small", DECEMBER, THEN)
    it.book(it.ask(7_000, at=THEN), at=THEN)
    issue(closed(DECEMBER, LATER), LATER)
    rows = Invoice.objects.filter(close__month=DECEMBER).order_by("serial")
    assert [(row.kind, row.gross, row.tax, str(row.rate)) for row in rows] == [
        ("credit", -350, -20, "0.0600"),
        ("credit", -6_650, 0, "0.0000"),
    ]


def test_the_table_takes_none_of_one_person_and_none_that_does_not_add_up() -> None:
    made = World().ask(7_000)
    rows = CommissionCorrection.objects.filter(pk=made.pk)
    alone = {"state": "booked", "agreed_at": SOON}
    for change in (
        alone,
        {**alone, "agreed_by": made.asked_by},
        {"fee": 351},
        {"fee_tax": 351},
        {"amount": 0, "commission": 0, "fee": 0, "fee_tax": 0},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**change)


@pytest.mark.parametrize("seed", range(4))
def test_for_any_corrections_money_is_conserved_and_invoices_follow(seed: int) -> None:
    chance, it = random.Random(seed), World("")
    receive(None, 1_000_000)
    paid = [it.payment]
    for turn in range(4):
        at = AT + timedelta(minutes=turn + 1)
        paid.append(
            pay(it.claim, chance.randrange(1, 150_000), f"p{turn}", source="cashier", at=at)
        )
    for payment in paid:
        kind = chance.choice(("payment.commission", "payment.fee", "payment.reserve"))
        line = Transfer.objects.filter(kind=kind, subject=f"payment:{payment.pk}").first()
        if line is None:
            continue
        it.objection = objected(it, line)
        way, amount = chance.choice(list(Way.values)), chance.randrange(1, 30_000)
        before = (it.held(), it.held(it.agency), sum(it.platform()))
        try:
            it.book(it.ask(amount, way))
        except correction_refusals.CorrectionTooLarge:
            continue
        after = (it.held(), it.held(it.agency), sum(it.platform()))
        sign = 1 if way == "back" else -1
        assert after[0] - before[0] == sign * amount
        assert sum(after) == sum(before)
        stands = standing_of(Split.objects.get(payment=payment))
        assert stands
        assert min(stands.commission, stands.fee, stands.tax, stands.creditor) >= 0
    reverse(Payment.objects.get(pk=chance.choice(paid).pk), at=SOON + timedelta(hours=1))
    assert kept()
    assert_books(it.claim)
    issue(closed())
    rows = list(Invoice.objects.all())
    own = [row for row in rows if row.issuer_id is None]
    assert (sum(row.gross for row in own), sum(row.tax for row in own)) == (
        sum(it.platform()),
        it.platform()[1],
    )
    reserve = -books.balance(path=accounts.reserve(it.agency.pk), currency="CNY")
    theirs = sum(row.gross for row in rows if row.issuer_id)
    assert theirs == it.held(it.agency) + reserve


def objected(it: World, line: Transfer) -> Objection:
    who = actor(Role.CREDITOR, it.claim.creditor)
    told: dict[str, Any] = {"transfer_id": line.pk, "ground": "rate", "words": "Wrong."}
    made = services.object_to_line(**told, actor=who, at=SOON)
    by: dict[str, Any] = {"objection_id": made.pk, "at": SOON}
    services.answer_line(**by, right=True, answer="Right.", actor=it.one)
    return services.agree_objection(**by, agreed=True, actor=it.two)


def test_who_asked_for_a_correction_approves_no_payout_that_it_feeds() -> None:
    for way, feeds in (("back", "creditor"), ("more", "agency")):
        it = World()
        it.book(it.ask(1_000, way))
        services.prepare_payouts(actor=actor(Role.OPERATOR), at=SOON)
        whose = it.claim.creditor_id if feeds == "creditor" else it.agency.pk
        mine = list(Payout.objects.filter(organisation=whose))
        assert mine
        refused = why_not_approve(mine, it.one)
        assert [type(each) for each in refused.values()] == [NotApart]
        assert why_not_approve(mine, it.two) == {}
        others = Payout.objects.filter(organisation__in=(it.claim.creditor_id, it.agency.pk))
        assert why_not_approve(list(others.exclude(organisation=whose)), it.one) == {}


def test_a_payment_is_told_with_the_shares_that_the_books_hold() -> None:
    it = World()
    before = payment_for(payment_id=it.payment.pk, actor=it.one)
    made = it.ask(1_000)
    (asked,) = corrections_asked(actor=it.two).values()
    assert asked.commission + asked.fee == 1_000
    page = signed_in(Role.OPERATOR).get("/statements/objections/")
    assert 'data-test="commission-split"' in page.content.decode()
    it.book(made)
    row = payment_for(payment_id=it.payment.pk, actor=it.one)
    assert row.creditor_share == before.creditor_share + 1_000 == it.held()
    assert row.gross_commission == before.gross_commission - 1_000
    assert (row.commission, row.platform_fee) == (it.held(it.agency), sum(it.platform()))
    assert row.shown != before.shown
    client = signed_in(Role.OPERATOR)
    for place in ("/payments/", f"/payments/{row.id}/reverse/"):
        assert 'data-test="corrected"' in client.get(place).content.decode()
