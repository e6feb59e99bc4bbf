"""What the market did is seen once, flagged when it is enough, and honest neighbours are not."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from qinghe.casework.models import Record
from qinghe.claims.models import Claim, Hold
from qinghe.contact.models import Attempt
from qinghe.graph.services import find_traces, leave_trace
from qinghe.kernel.ids import digits, new_id
from qinghe.market.models import Listing, Mandate
from qinghe.parties.models import Organisation, SettlementAccount
from qinghe.parties.services import seal
from qinghe.quality.models import IntegrityFlag, Respondent, Sign, SweepMark, Tally
from qinghe.quality.services import decide_complaint, open_complaint
from qinghe.quality.services.integrity.retiring import retire_rule, revive_rule
from qinghe.settlement.models import Lowering, Payment
from tests import factories
from tests.factories import AT, claim, collector, debtor_of, mandate, organisation, person
from tests.quality.integrity.acting import DAY, JOB, ONE, look, proposed

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _begin(db: None) -> None:
    """The market was looked at once, before anything happened."""
    SweepMark.objects.create(name="integrity", at=AT - DAY)


def placed(
    agency: Organisation, lender: Organisation, of: Claim | None = None, **fields: Any
) -> Mandate:
    given = {"starts_at": AT, "ends_at": AT + 90 * DAY, **fields}
    return mandate(of or claim(creditor=lender), agency, **given)


def over(made: Mandate, state: str, at: datetime) -> Mandate:
    Mandate.objects.filter(pk=made.pk).update(state=state, closed_at=at)
    Claim.objects.filter(pk=made.claim_id).update(
        state="closed" if state == "completed" else "ready"
    )
    return made


def tried(made: Mandate, at: datetime, state: str = "done") -> Attempt:
    return Attempt.objects.create(
        person=made.claim.debtor, claim=made.claim, mandate=made, collector=made.collector,
        creditor_group="g", channel="sms", mode="manual", purpose="collect", template="t", at=at,
        state=state, pack="p", rules=["X"] if state == "refused" else [],
    )  # fmt: skip


def noted(made: Mandate, action: str, attempt: Attempt | None = None) -> Record:
    return Record.objects.create(
        claim=made.claim, mandate=made, attempt=attempt, action=action, result="informed",
        by_user=new_id(), at=AT + 2 * DAY,
    )  # fmt: skip


def rules_flagged() -> list[str]:
    return sorted(IntegrityFlag.objects.values_list("rule", flat=True))


def account(of: Organisation, number: str) -> None:
    holder = seal(kind="name", value="示例公司", person_id=None, at=AT)
    item = seal(kind="account", value=number, person_id=None, at=AT)
    SettlementAccount.objects.create(
        organisation=of, holder=holder, number=item, bank="示例银行", added_at=AT
    )


def sign(of: Organisation, kind: str, value: str, at: datetime = AT) -> None:
    leave_trace(org_id=of.pk, kind=kind, value=value, actor=JOB, at=at)


def test_two_firms_with_one_bank_account_that_deal_with_each_other() -> None:
    lender, agency = organisation(), collector()
    for each in (lender, agency):
        account(each, "6200000000000000001")
    find_traces(actor=JOB, at=AT)
    placed(agency, lender)
    assert look(AT).flags == 1
    flag = IntegrityFlag.objects.get()
    assert (flag.rule, flag.score, flag.state) == ("one-hand", 60, "open")
    assert set(Respondent.objects.values_list("organisation_id", flat=True)) == {
        lender.pk,
        agency.pk,
    }
    assert Sign.objects.get().flag_id == flag.pk


def test_firms_of_one_hand_that_never_dealt_are_nobody_s_business() -> None:
    lender, agency = organisation(), collector()
    for each in (lender, agency):
        sign(each, "account", "one")
    assert look(AT).flags == 0


def test_two_collectors_of_one_hand_and_two_in_one_office() -> None:
    ones, neighbours = [collector(), collector()], [collector(), collector()]
    for each in ones:
        sign(each, "device", "one browser")
        sign(each, "domain", "firm.example")
    for each in neighbours:
        sign(each, "device", "a shared browser")
    look(AT)
    assert rules_flagged() == ["one-hand"]
    assert set(Respondent.objects.values_list("organisation_id", flat=True)) == {
        each.pk for each in ones
    }


def test_signs_that_come_later_are_added_up() -> None:
    lender, agency = organisation(), collector()
    placed(agency, lender)
    for each in (lender, agency):
        sign(each, "device", "one browser")
    assert look(AT).flags == 0
    for each in (lender, agency):
        sign(each, "domain", "firm.example", AT + DAY)
    assert look(AT + DAY).flags == 1
    for each in (lender, agency):
        sign(each, "phone", "1", AT + 2 * DAY)
    assert look(AT + 2 * DAY).flags == 0
    assert IntegrityFlag.objects.get().score == 95


def test_a_provider_s_sign_is_nobody_s() -> None:
    lender, agency = organisation(), collector()
    placed(agency, lender)
    for each in (lender, agency, *(organisation() for _n in range(4))):
        sign(each, "account", "an escrow account")
    assert look(AT).flags == 0


def test_a_collector_with_its_debtor_s_account() -> None:
    lender, agency = organisation(), collector()
    debtor = person()
    seal(kind="account", value="6200000000000000002", person_id=debtor.pk, at=AT)
    account(agency, "6200000000000000002")
    find_traces(actor=JOB, at=AT)
    placed(agency, lender, claim(creditor=lender, debtor=debtor))
    placed(agency, lender)
    look(AT)
    assert rules_flagged() == ["own-debtor"]


def test_orders_in_circles_are_seen_and_a_busy_pair_is_not() -> None:
    lender, agency, honest = organisation(), collector(), collector()
    for n in range(5):
        made = claim(creditor=lender)
        over(placed(agency, lender, made), "returned", AT + timedelta(hours=n))
        again = placed(agency, lender, made, starts_at=AT + DAY, ends_at=AT + 90 * DAY)
        over(again, "returned", AT + 2 * DAY)
        other = over(placed(honest, lender), "returned", AT + DAY)
        tried(other, AT + timedelta(hours=1))
    look(AT + 3 * DAY)
    assert rules_flagged() == ["wash"]
    flag = IntegrityFlag.objects.get()
    assert (flag.score, flag.whole) == (50, 10)
    assert str(agency.pk) in flag.key


def test_idle_orders_are_hoarding_and_worked_held_or_returned_ones_are_not() -> None:
    lender, idle, busy, held, early = organisation(), collector(), *(collector() for _n in range(3))
    for n in range(12):
        placed(idle, lender)
        # A refused attempt was an attempt.
        tried(placed(busy, lender), AT + 2 * DAY, state="refused")
        stopped = placed(held, lender)
        Hold.objects.create(
            person=stopped.claim.debtor, claim=stopped.claim, kind="complaint", cause=f"c:{n}",
            placed_at=AT + DAY,
        )  # fmt: skip
        over(placed(early, lender), "returned", AT + 5 * DAY)
    assert look(AT + 13 * DAY).flags == 0
    assert look(AT + 14 * DAY).flags == 1
    flag = IntegrityFlag.objects.get()
    assert (flag.rule, flag.key, flag.score, flag.whole) == ("hoarding", str(idle.pk), 60, 12)


def test_calls_of_the_debtor_that_nothing_bears_out_are_no_work_but_a_sign() -> None:
    lender, inventing, honest = organisation(), collector(), collector()
    for _n in range(10):
        noted(placed(inventing, lender), "inbound")
        made = placed(honest, lender)
        noted(made, "inbound", tried(made, AT + DAY))
    assert look(AT + 14 * DAY).flags == 1
    flag = IntegrityFlag.objects.get()
    assert (flag.rule, flag.key, flag.whole) == ("hoarding", str(inventing.pk), 10)
    kinds = Sign.objects.filter(flag=flag).values_list("kind", flat=True)
    assert Counter(kinds) == {"idle": 10, "incoming": 10}


def test_a_creditor_that_lowers_what_its_collectors_worked_is_looked_at() -> None:
    lender, agency = organisation(), collector()
    for n in range(10):
        made = over(placed(agency, lender), "recalled", AT + DAY)
        if n < 5:
            Lowering.objects.create(
                claim=made.claim, mandate=made, creditor=lender, collector=agency, amount=100,
                currency="CNY", seen={"contacts": 1}, lowered_at=AT + DAY, told_at=AT + DAY,
                object_until=AT + 16 * DAY,
            )  # fmt: skip
    look(AT + 2 * DAY)
    (flag,) = IntegrityFlag.objects.filter(rule="around")
    assert (flag.key, flag.score, flag.whole) == (str(lender.pk), 50, 10)
    # Its collectors are not asked about what the creditor did.
    assert [each.organisation_id for each in Respondent.objects.filter(flag=flag)] == [lender.pk]


def test_orders_taken_back_from_who_did_nothing_are_hoarding_and_finished_ones_weigh_against() -> (
    None
):
    lender, idle, busy = organisation(), collector(), collector()
    for n in range(10):
        for agency in (idle, busy):
            back = over(placed(agency, lender), "returned", AT + 5 * DAY)
            Mandate.objects.filter(pk=back.pk).update(return_code="first_action")
        for _done in range(2 if n else 0):
            done = placed(busy, lender)
            tried(done, AT + DAY)
            over(done, "returned", AT + 6 * DAY)
    assert look(AT + 13 * DAY).flags == 0
    assert look(AT + 14 * DAY).flags == 1
    flag = IntegrityFlag.objects.get()
    assert (flag.rule, flag.key, flag.score, flag.whole) == ("hoarding", str(idle.pk), 50, 10)


def test_a_noted_call_that_no_attempt_stands_behind_is_no_work() -> None:
    lender, liar, honest, called = organisation(), *(collector() for _n in range(3))
    for n in range(10):
        noted(placed(liar, lender), "call")
        made = placed(honest, lender)
        noted(made, "call", tried(made, AT + DAY))
        # That the debtor called is borne out by what the debtor did.
        spoke = placed(called, lender)
        noted(spoke, "inbound")
        Payment.objects.create(
            claim=spoke.claim, creditor=lender, source="cashier", reference=f"c{n}",
            amount=100, currency="CNY", paid_on=AT.date(), state="posted",
            received_at=AT + 3 * DAY,
        )  # fmt: skip
    look(AT + 14 * DAY)
    assert [flag.key for flag in IntegrityFlag.objects.all()] == [str(liar.pk)]


def test_contacted_let_go_and_settled_directly() -> None:
    lender, agency, honest = organisation(), collector(), collector()
    for n in range(6):
        around, open_ = placed(agency, lender), placed(honest, lender)
        for made in (around, open_):
            tried(made, AT + timedelta(hours=2))
            over(made, "recalled", AT + DAY)
        Payment.objects.create(
            claim=around.claim, creditor=lender, source="creditor", reference=f"r{n}",
            amount=100, currency="CNY", paid_on=AT.date(), state="posted",
            received_at=AT + 3 * DAY,
        )  # fmt: skip
        Claim.objects.filter(pk=around.claim_id).update(state="closed", principal=0, paid=100_000)
    look(AT + 31 * DAY)
    assert "around" in rules_flagged()
    assert IntegrityFlag.objects.filter(rule="around").count() == 1
    assert str(honest.pk) not in IntegrityFlag.objects.get(rule="around").key


def complaint(agency: Organisation, at: datetime) -> Any:
    made = claim()
    mandate(made, agency)
    return open_complaint(
        kind="private_payment", statement="", claim_id=made.pk, person_id=None,
        actor=debtor_of(made), at=at,
    )  # fmt: skip


def test_two_complaints_about_a_private_account_and_one_dismissed() -> None:
    agency = collector()
    first = complaint(agency, AT)
    assert look(AT).flags == 0
    complaint(agency, AT + DAY)
    assert look(AT + DAY).flags == 1
    decide_complaint(
        complaint_id=first.pk, upheld=False, text="It was our own account.", actor=ONE,
        at=AT + 2 * DAY,
    )  # fmt: skip
    look(AT + 2 * DAY)
    flag = IntegrityFlag.objects.get()
    # A person still decides it, and sees that one sign is gone.
    assert (flag.rule, flag.score, flag.state) == ("private-account", 25, "open")


def test_a_complaint_dismissed_before_the_second_came_never_counts() -> None:
    agency = collector()
    first = complaint(agency, AT)
    look(AT)
    decide_complaint(complaint_id=first.pk, upheld=False, text="No.", actor=ONE, at=AT + DAY)
    complaint(agency, AT + DAY)
    assert look(AT + DAY).flags == 0


def listed(of: Claim, rate: str) -> Listing:
    return Listing.objects.create(
        number=digits(12), claim=of, creditor_kind="institution", mode="designated",
        state="taken", product=of.product, stage=of.stage, currency="CNY", band=3,
        commission_rate=rate, quality_share="0.2", period_days=90, listed_at=AT,
        expires_at=AT + 30 * DAY,
    )  # fmt: skip


def test_designated_far_above_the_market() -> None:
    lender, dear, fair = organisation(), collector(), collector()
    Tally.objects.create(
        name="rate", key="consumer_loan/M2/3#20", day=AT.date().replace(day=1), count=200
    )
    for agency, rate in ((dear, "0.35"), (fair, "0.22")):
        for _n in range(8):
            made = claim(creditor=lender)
            placed(
                agency, lender, made, mode="designated", commission_rate=rate,
                listing=listed(made, rate),
            )  # fmt: skip
    look(AT)
    assert rules_flagged() == ["price"]
    assert str(dear.pk) in IntegrityFlag.objects.get().key


def test_looking_twice_finds_nothing_twice() -> None:
    test_two_firms_with_one_bank_account_that_deal_with_each_other()
    assert (look(AT).signs, look(AT + DAY).signs) == (0, 0)
    assert IntegrityFlag.objects.count() == 1


def test_what_was_cleared_is_not_raised_again_by_the_same_signs() -> None:
    lender, agency = organisation(), collector()
    for each in (lender, agency):
        sign(each, "account", "one")
    placed(agency, lender)
    look(AT)
    flag = IntegrityFlag.objects.get()
    for each in (lender, agency):
        proposed(flag, each, "unfounded", at=AT + timedelta(hours=1))
    placed(agency, lender, starts_at=AT + DAY)
    assert look(AT + DAY).flags == 0
    # Something new and enough is looked at again.
    for each in (lender, agency):
        sign(each, "id_number", "one", AT + 2 * DAY)
    assert look(AT + 2 * DAY).flags == 1


def test_a_retired_rule_raises_nothing_until_it_is_taken_back() -> None:
    retire_rule(rule="one-hand", reason="Wrong too often.", actor=ONE, at=AT)
    lender, agency = organisation(), collector()
    for each in (lender, agency):
        sign(each, "account", "one")
    placed(agency, lender)
    assert look(AT).flags == 0
    revive_rule(rule="one-hand", actor=ONE, at=AT)
    for each in (lender, agency):
        sign(each, "phone", "1", AT + DAY)
    assert look(AT + DAY).flags == 1


def test_the_first_look_goes_back_some_weeks_in_steps_of_a_day() -> None:
    SweepMark.objects.all().delete()
    lender, agency = organisation(), collector()
    for each in (lender, agency):
        sign(each, "account", "one")
    placed(agency, lender)
    assert look(AT + 20 * DAY).flags == 1


def test_a_look_reads_what_changed_and_not_what_is() -> None:
    lender, agency = organisation(), collector()
    factories.licence(agency)
    for _n in range(3):
        placed(agency, lender)
    look(AT + 20 * DAY)
    few = _plans(AT + 21 * DAY)
    rows = [
        Mandate(
            id=new_id(), claim=claim(creditor=lender), creditor=lender, collector=agency,
            mode="grab", state="returned", closed_at=AT, commission_rate="0.2",
            quality_share="0.2", terms_version="2026-11", terms_sha256="0", signed_by=new_id(),
            signed_at=AT, starts_at=AT - DAY, ends_at=AT + 90 * DAY,
        )
        for _n in range(60)
    ]  # fmt: skip
    Mandate.objects.bulk_create(rows)
    assert _plans(AT + 22 * DAY) == few


def _plans(at: datetime) -> int:
    with CaptureQueriesContext(connection) as asked:
        look(at)
    return len(asked)
