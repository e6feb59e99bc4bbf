"""Direct debits: allowed for a plan, told ahead, ended with one press, never on a hold."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from lxml import etree
from pytest_django.fixtures import Settings

from qinghe.casework.models import Instalment, Plan
from qinghe.casework.services import decide_plan, propose_plan
from qinghe.claims.models import Claim, Hold
from qinghe.claims.services import place_hold
from qinghe.claims.terms import HoldKind
from qinghe.contact.models import Attempt
from qinghe.contact.services import send
from qinghe.kernel.actor import Actor, Role
from qinghe.kernel.ids import new_id
from qinghe.ledger import queries as books
from qinghe.reporting.contraventions import found
from qinghe.settlement import accounts, services
from qinghe.settlement import debit_refusals as no
from qinghe.settlement.debit_terms import WhyNot
from qinghe.settlement.models import Debit, DebitMandate, DebitRun, Payment
from qinghe.settlement.queries.debits import my_debit, planned, to_recall
from tests import factories
from tests.factories import AT, actor, claim, collector, debtor_of, mandate
from tests.settlement.banked import ONE, OTHER, told
from tests.settlement.test_payments import assert_books, fresh

pytestmark = pytest.mark.django_db
# The first instalment is due on 23 December.
TELL = datetime(2026, 12, 12, 4, tzinfo=AT.tzinfo)
RUN = datetime(2026, 12, 21, 4, tzinfo=AT.tzinfo)
PAID = datetime(2026, 12, 23, 4, tzinfo=AT.tzinfo)
ACCOUNT = "6222000011112222337"


@pytest.fixture(autouse=True)
def _files(settings: Settings, tmp_path: Path) -> None:
    settings.VAULT_FILES = tmp_path


@dataclass
class World:
    claim: Claim
    debtor: Actor
    plan: Plan


def planned_world() -> World:
    """Return a claim with an agreed plan, and who owes it."""
    target = claim(principal=60_000)
    mandate(target, collector())
    factories.point(target.debtor, "email")
    debtor = debtor_of(target)
    plan = propose_plan(claim_id=target.pk, monthly=20_000, actor=debtor, at=AT)
    creditor = actor(Role.CREDITOR, target.creditor)
    decide_plan(plan_id=plan.pk, agreed=True, actor=creditor, at=AT)
    return World(target, debtor, plan)


@pytest.fixture
def world() -> World:
    return planned_world()


def allow(world: World, by: Actor | None = None, **fields: Any) -> DebitMandate:
    given = {"holder": "陈示例", "bank": "示例银行 999000000001", "account": ACCOUNT, **fields}
    given = {"most": 20_000, "days_after": 0, "at": AT, **given}
    return services.allow_debits(claim_id=world.claim.pk, actor=by or world.debtor, **given)


def announced(at: datetime = TELL) -> Debit:
    services.plan_debits(at=at)
    debit = Debit.objects.get()
    assert debit.notice_id is not None
    assert send(attempt_id=debit.notice_id, at=at) == "done", _rules(debit)
    return debit


def _rules(debit: Debit) -> object:
    attempt = Attempt.objects.get(pk=debit.notice_id)
    return attempt.channel, attempt.state, attempt.rules


def opened(at: datetime = RUN) -> DebitRun:
    return services.open_debit_run(currency="CNY", actor=ONE, at=at)


def filed(at: datetime = RUN) -> DebitRun:
    run = services.approve_debit_run(run_id=opened(at).pk, actor=OTHER, at=at)
    return services.make_debit_file(run_id=run.pk, actor=ONE, at=at)


def sent(at: datetime = RUN) -> DebitRun:
    return services.hand_in_debits(run_id=filed(at).pk, actor=ONE, at=at)


def hear(state: str, why: str = "", at: datetime = PAID) -> str:
    content = told((Debit.objects.latest("pk").number, state, why))
    ((_number, heard),) = services.read_debit_answers(content=content, actor=ONE, at=at)
    return heard.value


def cancel(world: World, at: datetime = RUN) -> DebitMandate:
    known = DebitMandate.objects.get()
    return services.cancel_debits(mandate_id=known.pk, actor=world.debtor, at=at)


def state() -> str:
    return str(Debit.objects.latest("pk").state)


def why(at: datetime = RUN) -> WhyNot | None:
    (row,) = planned(actor=ONE, at=at)
    return row.why


def test_from_the_debtors_word_to_the_booked_instalment(world: World) -> None:
    given = allow(world)
    debit = announced()
    assert (debit.amount, debit.collects_on) == (20_000, date(2026, 12, 23))
    assert Attempt.objects.get(pk=debit.notice_id).template == "debit_notice@2026-12"
    run = opened()
    with pytest.raises(no.DebitBySamePerson):
        services.approve_debit_run(run_id=run.pk, actor=ONE, at=RUN)
    services.approve_debit_run(run_id=run.pk, actor=OTHER, at=RUN)
    with pytest.raises(no.NoDebitFile):
        services.hand_in_debits(run_id=run.pk, actor=ONE, at=RUN)
    services.make_debit_file(run_id=run.pk, actor=ONE, at=RUN)
    content = services.open_debit_file(run_id=run.pk, actor=ONE, at=RUN).content
    assert content == services.open_debit_file(run_id=run.pk, actor=OTHER, at=RUN).content
    root = etree.fromstring(content)
    texts = {etree.QName(each).localname: each.text for each in root.iter() if each.text}
    assert texts["EndToEndId"] == debit.number
    assert (texts["MndtId"], texts["DtOfSgntr"]) == (given.number, "2026-11-23")
    assert (texts["ReqdColltnDt"], texts["InstdAmt"], texts["CtrlSum"]) == (
        "2026-12-23", "200.00", "200.00",
    )  # fmt: skip
    assert ACCOUNT.encode() in content
    services.hand_in_debits(run_id=run.pk, actor=ONE, at=RUN)
    assert [hear("成功"), hear("成功")] == ["paid", "known"]
    payment = Payment.objects.get()
    assert (payment.source, payment.amount, payment.reference) == ("debit", 20_000, debit.number)
    assert Instalment.objects.get(plan=world.plan, seq=1).paid == 20_000
    assert DebitRun.objects.get().state == "done"
    assert_books(fresh(world.claim))
    # Of the money that came, the collector earns as of any other.
    collected = books.balance(path=accounts.collected(world.claim.creditor_id), currency="CNY")
    assert collected < 0


def test_one_press_ends_it_whatever_is_under_way(world: World) -> None:
    allow(world)
    announced()
    assert cancel(world).state == "cancelled"
    assert state() == "dropped"
    with pytest.raises(no.NothingToDebit):
        opened()
    assert cancel(world).state == "cancelled"
    services.plan_debits(at=TELL)
    assert Debit.objects.filter(state="planned").count() == 0
    # Allowed anew, the same instalment is announced anew.
    allow(world, at=RUN)
    assert my_debit(claim_id=world.claim.pk, actor=world.debtor).running  # type: ignore[union-attr]


def test_a_file_that_was_made_is_void_when_the_debtor_cancels(world: World) -> None:
    allow(world)
    announced()
    run = filed()
    cancel(world)
    assert DebitRun.objects.get().state == "dropped"
    assert state() == "dropped"
    with pytest.raises(no.DebitRunMoved):
        services.hand_in_debits(run_id=run.pk, actor=ONE, at=RUN)
    with pytest.raises(no.DebitRunMoved):
        services.open_debit_file(run_id=run.pk, actor=ONE, at=RUN)


def test_what_the_bank_takes_after_the_cancellation_is_the_debtors(world: World) -> None:
    allow(world)
    announced()
    sent()
    cancel(world)
    assert [row.number for row in to_recall(actor=ONE, at=RUN)] == [Debit.objects.get().number]
    assert hear("成功") == "paid"
    assert state() == "undue"
    assert not Payment.objects.exists()
    held = accounts.refund(world.claim.debtor_id)
    assert books.balance(path=held, currency="CNY") == -20_000
    assert fresh(world.claim).paid == 0
    assert hear("失败", "FOCR") == "returned"
    assert books.balance(path=held, currency="CNY") == 0
    assert set(books.trial_balance().values()) <= {0}


@pytest.mark.parametrize(
    "kind", [HoldKind.DISPUTE, HoldKind.HARDSHIP, HoldKind.MORATORIUM, HoldKind.COMPLAINT]
)
def test_nothing_is_taken_while_a_hold_stands(world: World, kind: HoldKind) -> None:
    allow(world)
    announced()
    run = filed()
    place_hold(
        person_id=world.claim.debtor_id, claim_id=world.claim.pk, kind=kind, cause="test",
        ends_at=None, actor=actor(Role.SYSTEM), at=RUN,
    )  # fmt: skip
    with pytest.raises(no.DebitUnfit) as refusal:
        services.hand_in_debits(run_id=run.pk, actor=ONE, at=RUN)
    assert refusal.value.facts["why"] == WhyNot.HOLD.label
    # Nor behind the services' back.
    with pytest.raises(IntegrityError), transaction.atomic():
        Debit.objects.update(state="sent")
    services.drop_debit_run(run_id=run.pk, actor=ONE, at=RUN)
    assert (state(), why()) == ("planned", WhyNot.HOLD)


def test_a_hold_that_comes_after_the_bank_has_it_makes_the_money_the_debtors(world: World) -> None:
    allow(world)
    announced()
    sent()
    place_hold(
        person_id=world.claim.debtor_id, claim_id=None, kind=HoldKind.MORATORIUM, cause="test",
        ends_at=None, actor=actor(Role.SYSTEM), at=RUN,
    )  # fmt: skip
    hear("成功")
    assert (state(), Payment.objects.count()) == ("undue", 0)


def test_who_was_not_told_in_time_is_not_debited(world: World) -> None:
    allow(world)
    services.plan_debits(at=TELL)
    assert why() == WhyNot.UNTOLD
    # Told four days before, the day moves: five days are promised.
    late = datetime(2026, 12, 19, 4, tzinfo=AT.tzinfo)
    stale = Debit.objects.get().notice_id
    assert stale is not None
    assert send(attempt_id=stale, at=late) == "cancelled"
    services.plan_debits(at=late)
    again = Debit.objects.get().notice_id
    assert again not in (None, stale)
    send(attempt_id=again, at=late)
    assert Debit.objects.get().collects_on == date(2026, 12, 24)
    assert why() is None


def test_a_day_that_passed_is_told_anew(world: World) -> None:
    allow(world)
    debit = announced()
    run = filed()
    after = datetime(2026, 12, 24, 4, tzinfo=AT.tzinfo)
    with pytest.raises(no.DebitUnfit) as refusal:
        services.hand_in_debits(run_id=run.pk, actor=ONE, at=after)
    assert refusal.value.facts["why"] == WhyNot.PAST.label
    services.drop_debit_run(run_id=run.pk, actor=ONE, at=after)
    assert why(after) == WhyNot.PAST
    with pytest.raises(no.NothingToDebit):
        opened(after)
    again = announced(after)
    assert again.notice_id != debit.notice_id
    assert (state(), again.collects_on) == ("planned", date(2026, 12, 29))
    day = datetime(2026, 12, 29, 4, tzinfo=AT.tzinfo)
    assert opened(day).count == 1


def test_a_day_that_passed_is_not_told_while_nothing_is_taken(world: World) -> None:
    allow(world)
    announced()
    place_hold(
        person_id=world.claim.debtor_id, claim_id=world.claim.pk, kind=HoldKind.COMPLAINT,
        cause="test", ends_at=None, actor=actor(Role.SYSTEM), at=RUN,
    )  # fmt: skip
    after = datetime(2026, 12, 26, 4, tzinfo=AT.tzinfo)
    services.plan_debits(at=after)
    debit = Debit.objects.get()
    assert (debit.state, debit.notice_id, why(after)) == ("planned", None, WhyNot.HOLD)
    Hold.objects.filter(kind=HoldKind.COMPLAINT).update(lifted_at=after)
    again = announced(after)
    assert (again.collects_on, why(after)) == (date(2026, 12, 31), WhyNot.NOT_YET)


def test_nothing_is_taken_above_the_ceiling_early_or_twice(world: World) -> None:
    with pytest.raises(no.CeilingTooLow):
        allow(world, most=19_999)
    allow(world, days_after=3)
    with pytest.raises(no.MandateThere):
        allow(world)
    debit = announced()
    assert debit.collects_on == date(2026, 12, 26)
    assert why(RUN) == WhyNot.NOT_YET
    near = RUN + timedelta(days=2)
    assert why(near) is None
    services.plan_debits(at=near)
    assert Debit.objects.filter(instalment__seq=1).count() == 1
    # Paid by hand meanwhile: the debit is dropped and not collected.
    services.post_payment(
        claim_id=world.claim.pk, amount=5_000, currency="CNY", paid_on=date(2026, 12, 22),
        source="cashier", reference="x", actor=actor(Role.SYSTEM), at=near,
    )  # fmt: skip
    assert why(near) == WhyNot.PAID
    with pytest.raises(no.NothingToDebit):
        opened(near)


def test_what_comes_back_is_owed_again_and_not_tried_again(world: World) -> None:
    allow(world)
    announced()
    sent()
    hear("成功")
    assert hear("失败", "余额不足", PAID + timedelta(days=1)) == "returned"
    assert hear("失败", "余额不足", PAID + timedelta(days=1)) == "known"
    assert (state(), Payment.objects.get().state) == ("returned", "reversed")
    assert fresh(world.claim).paid == 0
    assert_books(fresh(world.claim))
    services.plan_debits(at=PAID)
    assert Debit.objects.filter(instalment__seq=1).count() == 1
    assert DebitMandate.objects.get().state == "active"


def test_a_closed_account_ends_the_mandate(world: World) -> None:
    allow(world)
    announced()
    sent()
    assert hear("失败", "销户") == "returned"
    assert DebitMandate.objects.get().state == "bounced"
    assert not Payment.objects.exists()


def test_a_plan_that_is_over_ends_the_mandate(world: World) -> None:
    allow(world)
    Plan.objects.filter(pk=world.plan.pk).update(state="broken")
    services.plan_debits(at=TELL)
    assert DebitMandate.objects.get().state == "over"


def test_only_the_debtor_allows_and_cancels(world: World) -> None:
    stranger = debtor_of(claim())
    with pytest.raises(no.NoRunningPlan):
        allow(world, by=stranger)
    with pytest.raises(no.NoRunningPlan):
        allow(world, by=actor(Role.OPERATOR))
    for fields in ({"holder": " "}, {"bank": ""}, {"days_after": 11}, {"most": 0}):
        with pytest.raises(no.BadDebit):
            allow(world, **fields)
    for account in ("x", "12345678", "6222000011112222333", "DE11500105170000000001"):
        with pytest.raises(no.BadAccount):
            allow(world, account=account)
    given = allow(world)
    for who in (stranger, actor(Role.OPERATOR)):
        with pytest.raises(no.NoDebitMandate):
            services.cancel_debits(mandate_id=given.pk, actor=who, at=AT)
    assert my_debit(claim_id=world.claim.pk, actor=stranger) is None
    shown = my_debit(claim_id=world.claim.pk, actor=world.debtor)
    assert shown is not None
    assert ACCOUNT not in shown.account


def test_the_tables_keep_what_was_allowed(world: World) -> None:
    given = allow(world)
    announced()
    for change in ({"most": 99_999}, {"days_after": 1}):
        with pytest.raises(IntegrityError), transaction.atomic():
            DebitMandate.objects.update(**change)
    for change in ({"amount": 1}, {"state": "collected"}, {"state": "sent"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Debit.objects.update(**change)
    cancel(world)
    with pytest.raises(IntegrityError), transaction.atomic():
        DebitMandate.objects.filter(pk=given.pk).update(state="active", ended_at=None)


def test_the_practice_bank_answers_as_a_bank_would(world: World, settings: Settings) -> None:
    settings.DEMO = True
    allow(world, account="6222000011100400")
    announced()
    run = sent()
    content = services.practice_answers(run_id=run.pk, actor=ONE)
    services.read_debit_answers(content=content, actor=ONE, at=PAID)
    assert (state(), Debit.objects.get().return_code) == ("returned", "AM04")
    settings.DEMO = False
    with pytest.raises(no.NoDebitRun):
        services.practice_answers(run_id=run.pk, actor=ONE)


def test_verify_names_a_debit_without_a_mandate(world: World) -> None:
    allow(world)
    announced()
    sent()
    assert found("debits-were-allowed-and-told", at=PAID) == []
    Debit.objects.update(notice=Attempt.objects.create(**_other(world)))
    assert found("debits-were-allowed-and-told", at=PAID) == [Debit.objects.get().number]


def _other(world: World) -> dict[str, Any]:
    known = Attempt.objects.get()
    fields = {each.attname: getattr(known, each.attname) for each in Attempt._meta.concrete_fields}
    return {**fields, "id": new_id(), "sent_at": RUN, "at": RUN}
