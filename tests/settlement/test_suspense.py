"""Money at the bank: known by its reference, by clear leads, or by two persons; never twice."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from qinghe.claims.models import Claim
from qinghe.claims.reference import reference_of
from qinghe.journal.models import Entry
from qinghe.kernel.actor import Actor, Role
from qinghe.ledger import queries as books
from qinghe.parties.models import VaultItem
from qinghe.parties.roles import NotPermitted
from qinghe.parties.services import seal
from qinghe.parties.services.secrets import MayNotReveal
from qinghe.parties.terms import Secret
from qinghe.reporting.contraventions import found
from qinghe.settlement import accounts, services
from qinghe.settlement.bank.refusals import (
    NoBankAccount,
    NoSuchEntry,
    NotPayable,
    ReferenceTwice,
    SuspenseBySamePerson,
    SuspenseMoved,
    WrongAccount,
)
from qinghe.settlement.models import (
    Candidate,
    Payment,
    Receipt,
    SendBack,
    Split,
    StatementEntry,
    Suspense,
)
from qinghe.settlement.queries.gaps import gaps
from qinghe.settlement.queries.suspense import ages, in_suspense, unexplained
from tests.factories import AT, actor, claim, collector, mandate
from tests.races import race
from tests.settlement.bank_files import ACCOUNT, DAY, Said, camt, csv, mt940
from tests.settlement.banked import known
from tests.settlement.test_payments import JOB, assert_books, fresh

CLERK = actor(Role.OPERATOR)
OTHER = actor(Role.OPERATOR)


def take(content: bytes, by: Actor = CLERK, **fields: Any) -> services.ImportedStatement:
    given = {"mapping": "qinghe", "actor": by, "at": AT, **fields}
    return services.import_statement(content=content, **given)


def held(path: str) -> int:
    return books.balance(path=path, currency="CNY")


def only() -> Suspense:
    return Suspense.objects.get()


def named(target: Claim, amount: int, reference: str = "B1") -> Said:
    return Said(amount, f"还款 {reference_of(target.number).lower()}", reference)


def assert_suspense() -> None:
    """What waits is what the books hold for nobody yet, and the bank has it."""
    waits = sum(Suspense.objects.values_list("rest", flat=True))
    assert held(accounts.SUSPENSE) == -waits
    for name in (
        "suspense-is-what-waits",
        "cash-covers-what-is-held",
        "splits-show-what-is-uncovered",
    ):
        assert found(name, at=AT) == []
    assert set(books.trial_balance().values()) <= {0}
    assert books.wrong_balances() == []


def known_as(target: Claim, name: str) -> None:
    seal(kind=Secret.NAME, value=name, person_id=target.debtor_id, at=AT)


@pytest.mark.django_db
class TestByReference:
    def test_a_reference_books_with_its_commission(self) -> None:
        target, agency = claim(principal=200_000), collector()
        mandate(target, agency, starts_at=AT - timedelta(days=5))
        result = take(mt940([named(target, 100_000)]))
        assert (result.new, result.booked, result.waiting) == (1, 1, 0)
        payment = Payment.objects.get()
        assert (payment.source, payment.claim_id, payment.paid_on) == ("transfer", target.pk, DAY)
        split = Split.objects.get(payment=payment)
        assert (split.commission, split.uncovered) == (19_000, 0)
        assert held(accounts.payable(agency.pk)) == -19_000
        assert held(accounts.BANK) == 100_000
        assert fresh(target).proven == 100_000
        assert_books(target)
        assert_suspense()

    def test_money_that_came_before_the_mandate_earns_nothing(self) -> None:
        target = claim(principal=200_000)
        mandate(target, collector())
        take(mt940([named(target, 100_000)]))
        assert Split.objects.get().commission == 0
        assert fresh(target).principal == 100_000

    def test_what_is_too_much_waits_and_can_go_back(self) -> None:
        target = claim(principal=10_000)
        take(csv([named(target, 10_700)]))
        assert (fresh(target).state, only().rest) == ("closed", 700)
        back = services.send_back(account="6222", suspense_id=only().pk, actor=CLERK, at=AT)
        assert (back.amount, only().rest) == (700, 0)
        assert_suspense()
        with pytest.raises(SuspenseBySamePerson):
            services.approve_send_back(back_id=back.pk, actor=CLERK, at=AT)
        with pytest.raises(SuspenseMoved):
            services.sent_at_bank(back_id=back.pk, actor=CLERK, at=AT)
        services.approve_send_back(back_id=back.pk, actor=OTHER, at=AT)
        services.sent_at_bank(back_id=back.pk, actor=CLERK, at=AT)
        assert held(accounts.BANK) == 10_000
        took = take(csv([Said(-700, f"back {back.number}", "B2")]))
        assert took.unexplained == 0
        assert StatementEntry.objects.get(reference="B2").explained == back.number
        assert_suspense()

    def test_money_sent_back_is_not_applied_by_a_replay(self) -> None:
        target = claim(principal=10_000)
        first = services.post_payment(
            claim_id=target.pk, amount=4_000, currency="CNY", paid_on=DAY - timedelta(days=2),
            source="creditor", reference="direct", actor=JOB, at=AT - timedelta(days=2),
        )  # fmt: skip
        take(csv([named(target, 10_000)]))
        assert only().rest == 4_000
        services.send_back(account="6222", suspense_id=only().pk, actor=CLERK, at=AT)
        for who in (CLERK, OTHER):
            services.reverse_payment(payment_id=first.pk, reason="mistake", actor=who, at=AT)
        assert (fresh(target).principal, only().rest) == (4_000, 0)
        assert_books(target)
        assert_suspense()

    def test_an_undone_payment_waits_for_persons_again(self) -> None:
        target = claim(principal=10_000)
        take(csv([named(target, 6_000)]))
        payment = Payment.objects.get()
        for who in (CLERK, OTHER):
            services.reverse_payment(payment_id=payment.pk, reason="wrong", actor=who, at=AT)
        assert only().rest == 6_000
        assert services.match_suspense(actor=CLERK, at=AT).booked == 0
        services.propose_claim(
            suspense_id=only().pk, claim_number=target.number, actor=CLERK, at=AT
        )
        services.agree(suspense_id=only().pk, actor=OTHER, at=AT)
        assert (only().rest, fresh(target).principal) == (0, 4_000)
        assert_books(target)
        assert_suspense()

    @pytest.mark.parametrize("fields", [{"currency": "USD"}, {"state": "withdrawn"}])
    def test_another_currency_or_a_dead_claim_waits(self, fields: dict[str, str]) -> None:
        take(csv([named(claim(**fields), 500)]))
        assert only().rest == 500
        assert_suspense()

    def test_two_entries_for_one_claim_are_both_booked(self) -> None:
        target = claim(principal=10_000)
        result = take(csv([named(target, 3_000), named(target, 7_500, "B2")]))
        assert (result.booked, fresh(target).state) == (2, "closed")
        assert sum(Suspense.objects.values_list("rest", flat=True)) == 500
        assert_suspense()


@pytest.mark.django_db
class TestOnce:
    @pytest.mark.parametrize("make", [csv, mt940, camt])
    def test_the_same_file_again_changes_nothing(self, make: Any) -> None:
        target = claim(principal=10_000)
        content = make([named(target, 4_000), Said(50, "?"), Said(50, "?"), Said(-30, "fee")])
        take(content)
        before = (held(accounts.BANK), fresh(target).paid, Suspense.objects.count())
        assert take(content).new == 0
        assert (held(accounts.BANK), fresh(target).paid, Suspense.objects.count()) == before
        assert before == (4_100, 4_000, 3)

    def test_an_entry_told_by_two_formats_is_one(self) -> None:
        take(mt940([Said(700, "x", "B7")]))
        assert take(camt([Said(700, "x", "B7"), Said(1, "y", "B8")])).new == 1
        assert held(accounts.BANK) == 701

    def test_equal_entries_without_a_number_are_counted(self) -> None:
        take(csv([Said(50, "x")]))
        assert take(csv([Said(50, "x"), Said(50, "x")])).new == 1
        assert held(accounts.BANK) == 100

    def test_a_number_that_stands_for_two_entries_is_refused(self) -> None:
        take(csv([Said(50, "x", "B1")]))
        for said in ([Said(60, "x", "B1")], [Said(1, "a", "B2"), Said(1, "a", "B2")]):
            with pytest.raises(ReferenceTwice):
                take(csv(said))
        assert held(accounts.BANK) == 50

    def test_another_account_or_none_is_refused(self, settings: Any) -> None:
        with pytest.raises(WrongAccount):
            take(mt940([Said(1)]).replace(ACCOUNT.encode(), b"DEMO00000002"))
        settings.BANK_ACCOUNT = ""
        with pytest.raises(NoBankAccount):
            take(csv([Said(1)]))

    def test_only_who_manages_payments_imports(self) -> None:
        with pytest.raises(NotPermitted):
            take(csv([Said(1)]), by=actor(Role.COMPLIANCE))

    def test_what_the_bank_said_stands(self) -> None:
        take(csv([Said(-5, "fee")]))
        for change in ({"amount": 6}, {"credit": True}):
            with pytest.raises(DatabaseError), transaction.atomic():
                StatementEntry.objects.update(**change)
        with pytest.raises(DatabaseError), transaction.atomic():
            StatementEntry.objects.all().delete()

    def test_a_gap_between_statements_is_told(self) -> None:
        later = Said(10, "x", "B2", day=DAY + timedelta(days=1))
        take(mt940([later], opening=90, number="2/1"))
        take(mt940([Said(100, "x", "B1")], opening=0))
        (gap,) = gaps(actor=CLERK)
        assert gap.missing == -10

    def test_a_day_told_in_two_formats_is_no_gap(self) -> None:
        later = Said(10, "x", "B2", day=DAY + timedelta(days=1))
        one, other = Said(100, "x", "B1"), Said(90, "y", "B9")
        take(mt940([one, other], opening=7))
        take(csv([other], balances=True))
        take(csv([later], balances=True).replace(b"CNY,0.10", b"CNY,2.07"))
        assert gaps(actor=CLERK) == []


@pytest.mark.django_db
class TestLeads:
    def test_a_contract_number_in_the_words_is_clear(self) -> None:
        target = claim(principal=90_000)
        for _each in range(20):
            claim(principal=90_000)
        words = f"还款合同{target.contract_number}号"
        take(csv([Said(30_000, words), Said(20_000, words), Said(1, "合同K1")]))
        assert fresh(target).paid == 50_000
        assert_suspense()

    def test_the_only_bearer_of_a_name_with_what_it_owes_is_clear(self) -> None:
        target = claim(principal=123_456)
        known_as(target, "欧阳示例")
        claim(principal=123_456)
        take(csv([Said(123_456, "还款", payer="欧阳示例")]))
        assert fresh(target).state == "closed"

    def test_two_bearers_of_one_name_wait_with_both_named(self) -> None:
        both = [claim(principal=5_000) for _ in range(2)]
        for each in both:
            known_as(each, "王示例")
        take(csv([Said(5_000, "", payer="王示例")]))
        (row,) = in_suspense(actor=CLERK)
        assert {c.claim_number for c in row.candidates} == {each.number for each in both}
        assert "payer" in row.candidates[0].signs
        assert row.payer == "王＊＊"

    def test_an_amount_alone_books_nothing(self) -> None:
        target = claim(principal=77_777)
        take(csv([Said(77_777, "thanks")]))
        assert fresh(target).paid == 0
        assert Candidate.objects.get().claim_id == target.pk
        assert_suspense()

    def test_a_lead_of_one_entry_does_not_book_another(self) -> None:
        target, other = claim(principal=5_000), claim(principal=9_000)
        for each in (target, other):
            known_as(each, "王示例")
        take(csv([Said(5_000, "x"), Said(31, "y", payer="王示例")]))
        assert (fresh(target).paid, fresh(other).paid) == (0, 0)

    def test_who_sent_it_is_sealed_and_looking_is_on_record(self) -> None:
        take(csv([Said(5, "secret words", payer="欧阳示例")]))
        item = VaultItem.objects.get(pk=only().entry.words_id)
        assert b"secret" not in bytes(item.ciphertext)
        assert "secret words" in services.open_words(suspense_id=only().pk, actor=CLERK, at=AT)
        assert Entry.objects.get(kind="parties.revealed").actor == CLERK.label
        told = " ".join(str(each) for each in Entry.objects.values_list("facts", flat=True))
        assert "secret" not in told
        assert "欧阳" not in told
        with pytest.raises(MayNotReveal):
            services.open_words(suspense_id=only().pk, actor=Actor(role=Role.SYSTEM), at=AT)


@pytest.mark.django_db
class TestPersons:
    def test_one_proposes_and_another_agrees(self) -> None:
        target = claim(principal=5_000)
        take(csv([Said(3_000, "?")]))
        pk = only().pk
        with pytest.raises(NotPayable):
            services.propose_claim(suspense_id=pk, claim_number="QH-0", actor=CLERK, at=AT)
        with pytest.raises(SuspenseMoved):
            services.agree(suspense_id=pk, actor=OTHER, at=AT)
        services.propose_claim(
            suspense_id=pk, claim_number=reference_of(target.number), actor=CLERK, at=AT
        )
        with pytest.raises(SuspenseMoved):
            services.send_back(account="6222", suspense_id=pk, actor=OTHER, at=AT)
        with pytest.raises(SuspenseBySamePerson):
            services.agree(suspense_id=pk, actor=CLERK, at=AT)
        assert fresh(target).paid == 0
        services.agree(suspense_id=pk, actor=OTHER, at=AT)
        assert (fresh(target).paid, only().rest, only().wish) == (3_000, 0, "")
        assert only().agreed_by == OTHER.label
        assert_books(target)
        assert_suspense()

    def test_a_proposal_can_be_taken_back(self) -> None:
        take(csv([Said(3_000, "?")]))
        services.receive_money(
            creditor_id=None, amount=3_000, currency="CNY", reference="B1", actor=CLERK, at=AT
        )
        services.confirm_receipt(receipt_id=Receipt.objects.get().pk, actor=OTHER, at=AT)
        known(only(), CLERK)
        assert only().booking
        services.withdraw(suspense_id=only().pk, actor=OTHER, at=AT)
        assert (only().wish, only().rest, only().booking) == ("", 3_000, "")

    def test_what_was_in_the_books_already_leaves_bank_and_suspense(self) -> None:
        receipt = services.receive_money(
            creditor_id=None, amount=3_000, currency="CNY", reference="B1", actor=CLERK, at=AT
        )
        services.confirm_receipt(receipt_id=receipt.pk, actor=OTHER, at=AT)
        take(csv([Said(3_000, "own money", "B1")]))
        assert held(accounts.BANK) == 6_000
        known(only(), CLERK)
        assert "B1" in only().wish_note
        services.agree(suspense_id=only().pk, actor=OTHER, at=AT)
        assert (held(accounts.BANK), only().rest) == (3_000, 0)
        assert_suspense()

    def test_a_dropped_return_waits_again(self) -> None:
        take(csv([Said(3_000, "?")]))
        back = services.send_back(account="6222", suspense_id=only().pk, actor=CLERK, at=AT)
        services.drop_send_back(back_id=back.pk, actor=OTHER, at=AT)
        assert only().rest == 3_000
        assert SendBack.objects.get().state == "dropped"
        assert_suspense()

    def test_what_a_statement_shows_to_have_left_is_booked_and_cannot_wait_again(self) -> None:
        take(csv([Said(3_000, "?")]))
        back = services.send_back(account="6222", suspense_id=only().pk, actor=CLERK, at=AT)
        services.approve_send_back(back_id=back.pk, actor=OTHER, at=AT)
        assert take(csv([Said(-3_000, f"back {back.number}", "B2")])).unexplained == 0
        back.refresh_from_db()
        assert (back.state, held(accounts.BANK), only().rest) == ("done", 0, 0)
        with pytest.raises(SuspenseMoved):
            services.drop_send_back(back_id=back.pk, actor=OTHER, at=AT)
        with pytest.raises(SuspenseMoved):
            services.sent_at_bank(back_id=back.pk, actor=CLERK, at=AT)
        assert_suspense()

    @pytest.mark.parametrize("agreed", [False, True])
    def test_what_left_though_nobody_let_it_go_is_not_explained(self, agreed: bool) -> None:
        take(csv([Said(3_000, "?")]))
        back = services.send_back(account="6222", suspense_id=only().pk, actor=CLERK, at=AT)
        if agreed:
            services.approve_send_back(back_id=back.pk, actor=OTHER, at=AT)
            services.drop_send_back(back_id=back.pk, actor=OTHER, at=AT)
        assert take(csv([Said(-3_000, f"back {back.number}", "B2")])).unexplained == 1
        (out,) = unexplained(actor=CLERK)
        assert services.unfit_number(entry_id=out.id, actor=CLERK) == back.number
        assert held(accounts.BANK) == 3_000

    @pytest.mark.parametrize("at_once", [True, False])
    def test_a_number_explains_one_entry_and_no_second(self, at_once: bool) -> None:
        take(csv([Said(3_000, "?")]))
        back = services.send_back(account="6222", suspense_id=only().pk, actor=CLERK, at=AT)
        services.approve_send_back(back_id=back.pk, actor=OTHER, at=AT)
        twice = [Said(-3_000, f"back {back.number}", name) for name in ("B2", "B3")]
        files = [csv(twice)] if at_once else [csv([each]) for each in twice]
        assert [take(each).unexplained for each in files][-1] == 1
        (out,) = unexplained(actor=CLERK)
        assert services.twice_number(entry_id=out.id, actor=CLERK) == back.number
        assert services.unfit_number(entry_id=out.id, actor=CLERK) == ""
        assert held(accounts.BANK) == 0

    def test_what_left_is_explained_by_a_note_once(self) -> None:
        take(csv([Said(-500, "fee", "B1")]))
        (out,) = unexplained(actor=CLERK)
        services.explain_entry(entry_id=out.id, note="bank fee", actor=CLERK, at=AT)
        assert unexplained(actor=CLERK) == []
        services.withdraw_note(entry_id=out.id, actor=OTHER, at=AT)
        assert [row.id for row in unexplained(actor=CLERK)] == [out.id]
        with pytest.raises(NoSuchEntry):
            services.withdraw_note(entry_id=out.id, actor=OTHER, at=AT)

    def test_only_a_note_can_be_taken_back(self) -> None:
        take(csv([Said(3_000, "?")]))
        back = services.send_back(account="6222", suspense_id=only().pk, actor=CLERK, at=AT)
        services.approve_send_back(back_id=back.pk, actor=OTHER, at=AT)
        take(csv([Said(-3_000, back.number, "B2")]))
        with pytest.raises(NoSuchEntry):
            services.withdraw_note(
                entry_id=StatementEntry.objects.get(reference="B2").pk, actor=CLERK, at=AT
            )

    def test_what_waits_ages(self) -> None:
        take(csv([Said(3_000, "?")]))
        for days, first in ((0, 0), (5, 2), (30, 8), (40, 31)):
            (age,) = ages(actor=CLERK, at=AT + timedelta(days=days))
            assert (age.first, age.amount, age.count) == (first, 3_000, 1)


@pytest.mark.django_db(transaction=True)
def test_two_imports_of_one_file_at_once_are_one() -> None:
    target = claim(principal=10_000)
    content = csv([named(target, 4_000), Said(50, "?")])
    results = race([CLERK, OTHER], lambda who: take(content, by=who))
    assert sorted(each.new for each in results) == [0, 2]
    assert (fresh(target).paid, held(accounts.BANK)) == (4_000, 4_050)


@pytest.mark.django_db(transaction=True)
def test_two_who_agree_at_once_book_once() -> None:
    target = claim(principal=10_000)
    take(csv([Said(3_000, "?")]))
    pk = only().pk
    services.propose_claim(suspense_id=pk, claim_number=target.number, actor=CLERK, at=AT)

    def run(who: Actor) -> bool:
        try:
            services.agree(suspense_id=pk, actor=who, at=AT)
        except SuspenseMoved:
            return False
        return True

    assert sorted(race([OTHER, actor(Role.OPERATOR)], run)) == [False, True]
    assert fresh(target).paid == 3_000


entries = st.lists(
    st.tuples(st.integers(1, 8_000), st.sampled_from(["a", "b", "?"]), st.booleans()),
    min_size=1,
    max_size=6,
)


class TestAnyOrder(TestCase):
    @settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
    @given(entries, st.integers(0, 5), st.randoms(use_true_random=False))
    def test_statements_in_any_order_cut_anyhow_end_the_same(
        self, drawn: list[tuple[int, str, bool]], cut: int, random: Any
    ) -> None:
        targets = {"a": claim(principal=6_000), "b": claim(principal=9_000)}
        said = [
            Said(
                amount if came else -amount,
                # Each says something of its own: alike, they might be one told twice.
                f"{reference_of(targets[who].number) if who in targets else 'words'} ({place})",
                f"B{place}-{random.random()}",
            )
            for place, (amount, who, came) in enumerate(drawn)
        ]
        files = [each for each in (said[: cut + 1], said[cut:], said) if each]
        random.shuffle(files)
        bank = held(accounts.BANK)
        for each in files:
            take(csv(each))
        came = [each for each in said if each.amount > 0]
        assert held(accounts.BANK) - bank == sum(each.amount for each in came)
        for target in targets.values():
            mine = sum(e.amount for e in came if e.text.startswith(reference_of(target.number)))
            assert fresh(target).paid == min(mine, target.principal)
            assert_books(target)
        assert_suspense()
