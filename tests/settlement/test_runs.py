"""Payout runs: collected by one person, let go by another, as far as the limits allow."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from django.db import IntegrityError, transaction
from pytest_django.fixtures import Settings

from qinghe.journal.models import Entry
from qinghe.kernel.actor import Role
from qinghe.parties.models import SettlementAccount
from qinghe.parties.roles import NotPermitted
from qinghe.settlement import payout_refusals as no
from qinghe.settlement import services
from qinghe.settlement.models import Payout, PayoutLimit, PayoutRun, Receipt
from qinghe.settlement.payout_terms import NotNow
from qinghe.settlement.queries.payable import why_not_now
from qinghe.settlement.queries.runs import collectable
from qinghe.settlement.refusals import PayoutMoved
from tests.factories import AT, actor, claim, collector
from tests.settlement.banked import ONE, OTHER, account, approved, filed, opened, owed, payout_of
from tests.settlement.test_payments import pay
from tests.web.people import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _files(settings: Settings, tmp_path: object) -> None:
    settings.VAULT_FILES = tmp_path


def limits(per_payout: int, per_run: int, per_day: int) -> PayoutLimit:
    asked = services.ask_limits(
        currency="CNY", per_payout=per_payout, per_run=per_run, per_day=per_day, actor=ONE, at=AT
    )
    return services.agree_limits(limit_id=asked.pk, actor=OTHER, at=AT)


def numbers(run: PayoutRun) -> set[UUID]:
    return set(Payout.objects.filter(run=run).values_list("organisation_id", flat=True))


def test_a_run_takes_all_that_can_go_out_and_says_of_the_rest_why_not() -> None:
    one, other = owed(700), owed(300)
    bare, unproven = owed(50, banked=False), owed(60, banked=False)
    account(unproven, proven=False)
    run = opened()
    assert numbers(run) == {one.pk, other.pk}
    assert (run.state, PayoutRun.objects.get().total) == ("draft", 1000)
    why = why_not_now(Payout.objects.filter(run=None), AT)
    assert why == {
        payout_of(bare).pk: NotNow.NO_ACCOUNT,
        payout_of(unproven).pk: NotNow.NOT_PROVEN,
    }


def test_a_second_person_lets_the_whole_run_go() -> None:
    owed(700)
    run = opened()
    with pytest.raises(no.RunBySamePerson):
        services.approve_run(run_id=run.pk, actor=ONE, at=AT)
    services.approve_run(run_id=run.pk, actor=OTHER, at=AT)
    run.refresh_from_db()
    assert (run.state, run.count, run.total) == ("approved", 1, 700)
    assert set(Payout.objects.values_list("state", "approved_by")) == {("approved", OTHER.label)}
    assert Entry.objects.filter(kind="payout.run-approved").count() == 1
    with pytest.raises(no.RunMoved):
        services.approve_run(run_id=run.pk, actor=OTHER, at=AT)


def test_who_only_prepared_a_payout_cannot_approve_the_run_of_another() -> None:
    owed(700)
    services.prepare_payouts(actor=OTHER, at=AT)
    run = services.open_run(currency="CNY", actor=ONE, at=AT)
    with pytest.raises(no.RunBySamePerson):
        services.approve_run(run_id=run.pk, actor=OTHER, at=AT)


def test_who_recorded_the_money_keeps_the_payout_out_or_another_approves() -> None:
    owner, _plain = owed(700), owed(300)
    run = opened()
    facts = {"amount": 70, "currency": "CNY", "reference": "B-1", "at": AT, "confirmed_at": AT}
    Receipt.objects.create(
        creditor=owner, recorded_by=OTHER.label, confirmed_by="operator:1", **facts
    )
    with pytest.raises(no.RunNotApart) as refusal:
        services.approve_run(run_id=run.pk, actor=OTHER, at=AT)
    payout = payout_of(owner)
    assert refusal.value.facts["payout"] == payout.number
    services.keep_out(payout_id=payout.pk, reason="recorded by the approver", actor=ONE, at=AT)
    assert services.approve_run(run_id=run.pk, actor=OTHER, at=AT).total == 300


def test_what_is_kept_out_waits_until_it_is_let_in() -> None:
    owner, _other = owed(700), owed(300)
    opened()
    payout = payout_of(owner)
    with pytest.raises(no.WhyMissing):
        services.keep_out(payout_id=payout.pk, reason=" ", actor=ONE, at=AT)
    services.keep_out(payout_id=payout.pk, reason="asked by the creditor", actor=ONE, at=AT)
    run = PayoutRun.objects.get()
    assert (run.count, run.total) == (1, 300)
    services.approve_run(run_id=run.pk, actor=OTHER, at=AT)
    with pytest.raises(no.NothingToRun):
        services.open_run(currency="CNY", actor=ONE, at=AT)
    services.let_in(payout_id=payout.pk, actor=OTHER, at=AT)
    assert services.open_run(currency="CNY", actor=ONE, at=AT).pk != run.pk
    facts = Entry.objects.get(kind="payout.kept-out").facts
    assert (facts["run"], facts["reason"]) == (run.number, "asked by the creditor")


def test_a_run_that_lost_its_last_payout_is_given_up() -> None:
    owner = owed(700)
    run = opened()
    services.keep_out(payout_id=payout_of(owner).pk, reason="why", actor=ONE, at=AT)
    run.refresh_from_db()
    assert run.state == "dropped"


def test_after_the_approval_one_may_still_be_kept_out_until_the_file_is_made() -> None:
    owner, _other = owed(700), owed(300)
    run = approved()
    services.keep_out(payout_id=payout_of(owner).pk, reason="why", actor=ONE, at=AT)
    payout = payout_of(owner)
    assert (payout.state, payout.approved_by, payout.run) == ("draft", "", None)
    run.refresh_from_db()
    assert (run.state, run.total) == ("approved", 300)


def test_nothing_leaves_a_run_whose_file_was_made() -> None:
    owner = owed(700)
    run = filed()
    payout = payout_of(owner)
    with pytest.raises(no.FileMade):
        services.keep_out(payout_id=payout.pk, reason="why", actor=ONE, at=AT)
    with pytest.raises(no.FileMade):
        services.drop_run(run_id=run.pk, reason="why", actor=ONE, at=AT)
    with pytest.raises(no.InRun):
        services.return_payout(payout_id=payout.pk, reason="why", actor=ONE, at=AT)
    # Nor behind the services' back.
    for fields in ({"run": None}, {"amount": 1}, {"state": "draft"}, {"state": "paid"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Payout.objects.update(**fields)
    for fields in ({"state": "dropped"}, {"file_sha256": "0"}, {"total": 1}):
        with pytest.raises(IntegrityError), transaction.atomic():
            PayoutRun.objects.update(**fields)


def test_a_run_given_up_leaves_drafts() -> None:
    owed(700)
    run = approved()
    services.drop_run(run_id=run.pk, reason="wrong day", actor=ONE, at=AT)
    assert set(Payout.objects.values_list("state", "run", "approved_by")) == {("draft", None, "")}
    services.open_run(currency="CNY", actor=ONE, at=AT)
    assert Payout.objects.get().run is not None


def test_a_payout_of_a_run_goes_no_way_of_its_own() -> None:
    owner = owed(700)
    run = opened()
    payout = payout_of(owner)
    for act in (services.approve_payout, services.pay_payout):
        with pytest.raises((no.InRun, PayoutMoved)):
            act(payout_id=payout.pk, actor=OTHER, at=AT)
    services.approve_run(run_id=run.pk, actor=OTHER, at=AT)
    with pytest.raises(no.InRun):
        services.pay_payout(payout_id=payout.pk, actor=ONE, at=AT)


def test_one_run_of_a_currency_waits_at_a_time() -> None:
    owed(700)
    first = opened()
    owed(300)
    services.prepare_payouts(actor=ONE, at=AT)
    with pytest.raises(no.RunOpen) as refusal:
        services.open_run(currency="CNY", actor=ONE, at=AT)
    assert refusal.value.facts["number"] == first.number


@pytest.mark.parametrize(
    ("most", "taken"),
    [((499, 10_000, 10_000), 300), ((1000, 1000, 10_000), 800), ((1000, 10_000, 1000), 1600)],
    ids=["per payout", "per run", "per day"],
)
def test_limits_bind(most: tuple[int, int, int], taken: int) -> None:
    limits(*most)
    for amount in (300, 500, 800):
        owed(amount)
    assert services.approve_run(run_id=opened().pk, actor=OTHER, at=AT).total == taken


def test_a_day_counts_what_went_to_the_same_organisation_before() -> None:
    limits(1000, 10_000, 1000)
    owner = owed(700)
    approved()
    pay(claim(creditor=owner), 400, reference="more", source="cashier")
    services.prepare_payouts(actor=ONE, at=AT)
    with pytest.raises(no.NothingToRun):
        services.open_run(currency="CNY", actor=ONE, at=AT)
    waiting = Payout.objects.get(state="draft")
    with pytest.raises(no.OverLimit):
        services.approve_payout(payout_id=waiting.pk, actor=OTHER, at=AT)
    tomorrow = AT + timedelta(days=1)
    assert services.open_run(currency="CNY", actor=ONE, at=tomorrow)


def test_limits_lowered_after_a_run_was_opened_stop_it() -> None:
    owed(700)
    run = opened()
    limits(600, 600, 600)
    with pytest.raises(no.OverLimit):
        services.approve_run(run_id=run.pk, actor=OTHER, at=AT)


def test_limits_take_two_persons() -> None:
    told = {"currency": "CNY", "per_payout": 5, "per_run": 50, "per_day": 10, "at": AT}
    asked = services.ask_limits(**told, actor=ONE)
    with pytest.raises(no.LimitAsked):
        services.ask_limits(**told, actor=OTHER)
    with pytest.raises(no.LimitBySamePerson):
        services.agree_limits(limit_id=asked.pk, actor=ONE, at=AT)
    services.drop_limits(limit_id=asked.pk, actor=ONE, at=AT)
    with pytest.raises(no.NoSuchLimit):
        services.agree_limits(limit_id=asked.pk, actor=OTHER, at=AT)
    with pytest.raises(no.BadLimits):
        services.ask_limits(**{**told, "per_day": 4}, actor=ONE)
    assert limits(5, 50, 10).agreed_by == OTHER.label


@pytest.mark.parametrize("name", ["per_payout", "per_run", "per_day"])
def test_a_limit_grows_tenfold_in_one_step_and_no_further(name: str) -> None:
    limits(5, 50, 20)
    told = {"currency": "CNY", "per_payout": 50, "per_run": 500, "per_day": 200, "at": AT}
    with pytest.raises(no.LimitsTooHigh):
        services.ask_limits(**{**told, name: told[name] + 1}, actor=ONE)
    assert services.ask_limits(**told, actor=ONE)


def test_an_account_exchanged_after_the_run_was_opened_gets_nothing() -> None:
    owner = owed(700)
    run = opened()
    SettlementAccount.objects.update(state="replaced")
    account(owner)
    with pytest.raises(no.RunUnfit):
        services.approve_run(run_id=run.pk, actor=OTHER, at=AT)


def test_only_operators_touch_runs() -> None:
    owner = owed(700)
    run = opened()
    for role in (Role.CREDITOR, Role.COLLECTOR, Role.COMPLIANCE, Role.REGULATOR, Role.DEBTOR):
        stranger = actor(role, collector() if role is Role.COLLECTOR else None)
        told = {"actor": stranger, "at": AT}
        for act in (
            lambda told=told: services.open_run(currency="CNY", **told),
            lambda told=told: services.approve_run(run_id=run.pk, **told),
            lambda told=told: services.drop_run(run_id=run.pk, reason="x", **told),
            lambda told=told: services.keep_out(payout_id=payout_of(owner).pk, reason="x", **told),
            lambda told=told: services.hand_in(run_id=run.pk, **told),
            lambda told=told: services.open_bank_file(run_id=run.pk, **told),
            lambda told=told: services.read_bank_answers(content=b"", **told),
        ):
            with pytest.raises(NotPermitted):
                act()


def test_what_was_approved_alone_goes_with_a_run_and_is_approved_anew() -> None:
    owner = owed(700)
    services.prepare_payouts(actor=ONE, at=AT)
    payout = payout_of(owner)
    services.approve_payout(payout_id=payout.pk, actor=OTHER, at=AT)
    # As much as a day allows: its own approval does not count against it.
    limits(700, 700, 700)
    assert collectable(actor=ONE, at=AT) == (["CNY"], {})
    run = services.open_run(currency="CNY", actor=ONE, at=AT)
    payout.refresh_from_db()
    assert (payout.state, payout.approved_by, payout.run) == ("draft", "", run)
    with pytest.raises(no.RunBySamePerson):
        services.approve_run(run_id=run.pk, actor=ONE, at=AT)
    assert services.approve_run(run_id=run.pk, actor=OTHER, at=AT).total == 700


def test_the_reason_not_to_pay_is_shown() -> None:
    owner = owed(700)
    services.prepare_payouts(actor=ONE, at=AT)
    told = {"payout_id": payout_of(owner).pk, "actor": OTHER, "at": AT}
    services.return_payout(reason="disputed by phone", **told)
    page = signed_in(Role.OPERATOR).get("/payouts/").content.decode()
    assert "disputed by phone" in page
    assert "disputed by phone" not in signed_in(Role.CREDITOR, owner).get("/payouts/mine/").text
