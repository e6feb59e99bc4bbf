"""A deposit is called for a proven breach only: late, by hand, and within the damage."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from qinghe.kernel.actor import Actor, Role
from qinghe.ledger.models import Account, Transfer
from qinghe.parties.models import Cover, Organisation, Proof
from qinghe.parties.roles import NotPermitted
from qinghe.parties.services.covers import (
    CoverTooSmall,
    NoSuchCover,
    NotADeposit,
    call_cover,
    exposure_cap,
)
from qinghe.quality.integrity_refusals import (
    AboveDamage,
    NoSuchCall,
    TooEarly,
    WordsMissing,
)
from qinghe.quality.models import DepositCall, Ruling
from qinghe.quality.services.integrity.appealing import decide_objection, object_to
from qinghe.quality.services.integrity.deposits import call_deposit, receive_call
from qinghe.quality.services.integrity.ruling import rule
from qinghe.reporting.verification import verify
from tests.factories import AT, actor, collector, organisation
from tests.quality.integrity.acting import (
    AFTER,
    DAY,
    ONE,
    THIRD,
    agreed,
    answered,
    asked,
    deposit,
    flagged,
    sanctioned,
)

pytestmark = pytest.mark.django_db
DAMAGE = 300_000


@pytest.fixture
def agency() -> Organisation:
    return collector()


@pytest.fixture
def breach(agency: Organisation) -> Ruling:
    return sanctioned(agency, "proven", damage=DAMAGE, harmed_id=organisation().pk)


def called(of: Ruling, cover: Cover, amount: int = DAMAGE, **fields: Any) -> DepositCall:
    given: dict[str, Any] = {"actor": ONE, "at": AFTER, **fields}
    return call_deposit(ruling_id=of.pk, cover_id=cover.pk, amount=amount, **given)


def balance(path: str) -> int:
    return Account.objects.filter(path=path).values_list("balance", flat=True).first() or 0


def test_a_call_is_booked_twice_and_lowers_what_the_deposit_covers(
    agency: Organisation, breach: Ruling
) -> None:
    cover = deposit(agency)
    before = exposure_cap(org_id=agency.pk, currency="CNY", at=AFTER)
    call = called(breach, cover)
    cover.refresh_from_db()
    after = exposure_cap(org_id=agency.pk, currency="CNY", at=AFTER)
    assert (cover.called, call.amount) == (DAMAGE, DAMAGE)
    assert before is not None
    assert after == before * 7 // 10
    owed, due = f"cover:{cover.pk}:called", f"creditor:{breach.harmed_id}:compensation"
    assert (balance(owed), balance(due)) == (DAMAGE, -DAMAGE)
    assert [each.name for each in verify(at=AFTER) if not each.ok] == []


def test_the_money_reaches_the_harmed_creditor_when_it_has_arrived(
    agency: Organisation, breach: Ruling
) -> None:
    cover = deposit(agency)
    call = called(breach, cover)
    cashier = actor(Role.OPERATOR)
    with pytest.raises(WordsMissing):
        receive_call(call_id=call.pk, reference=" ", actor=cashier, at=AFTER)
    receive_call(call_id=call.pk, reference="bank 7", actor=cashier, at=AFTER + DAY)
    assert balance(f"cover:{cover.pk}:called") == 0
    assert balance(f"creditor:{breach.harmed_id}:compensation") == 0
    assert balance(f"creditor:{breach.harmed_id}:collected") == -DAMAGE
    assert balance("platform:cash:bank") == DAMAGE
    with pytest.raises(NoSuchCall):
        receive_call(call_id=call.pk, reference="bank 7", actor=cashier, at=AFTER + DAY)
    assert [each.name for each in verify(at=AFTER + DAY) if not each.ok] == []


def test_not_before_the_time_to_object_is_over(agency: Organisation, breach: Ruling) -> None:
    cover = deposit(agency)
    with pytest.raises(TooEarly):
        called(breach, cover, at=AFTER - timedelta(seconds=1))
    assert not Transfer.objects.filter(kind__startswith="deposit").exists()
    assert called(breach, cover, at=AFTER)


def test_not_while_an_objection_waits_nor_after_it_was_accepted(
    agency: Organisation, breach: Ruling
) -> None:
    cover = deposit(agency)
    object_to(ruling_id=breach.pk, text="No.", actor=ONE, at=AT + 4 * DAY)
    with pytest.raises(TooEarly):
        called(breach, cover)
    decide_objection(ruling_id=breach.pk, accepted=True, answer="Right.", actor=THIRD, at=AFTER)
    with pytest.raises(TooEarly):
        called(breach, cover)


@pytest.mark.parametrize("outcome", ["warning", "stopped", "suspended"])
def test_only_for_a_proven_breach(outcome: str, agency: Organisation) -> None:
    made = sanctioned(agency, outcome, stop_days=10)
    with pytest.raises(TooEarly):
        called(made, deposit(agency))


def test_a_proven_breach_that_waits_for_the_second_officer_calls_nothing(
    agency: Organisation,
) -> None:
    flag = asked(flagged(agency))
    answered(flag, agency)
    made = rule(
        flag_id=flag.pk, org_id=agency.pk, outcome="proven", reason="Seen.", damage=DAMAGE,
        harmed_id=organisation().pk, actor=ONE, at=AT + DAY,
    )  # fmt: skip
    with pytest.raises(TooEarly):
        called(made, deposit(agency))


def test_never_more_than_the_damage_in_all(agency: Organisation, breach: Ruling) -> None:
    cover = deposit(agency)
    for amount in (0, -1, DAMAGE + 1):
        with pytest.raises(AboveDamage):
            called(breach, cover, amount)
    called(breach, cover, DAMAGE - 1)
    with pytest.raises(AboveDamage):
        called(breach, cover, 2)
    assert called(breach, cover, 1)


def test_never_more_than_the_scale_of_the_breach(agency: Organisation) -> None:
    flag = asked(flagged(agency, rule="hoarding", kind="idle"))
    answered(flag, agency)
    made = agreed(
        rule(
            flag_id=flag.pk, org_id=agency.pk, outcome="proven", reason="Seen.", damage=DAMAGE,
            harmed_id=organisation().pk, actor=ONE, at=AT + DAY,
        )
    )  # fmt: skip
    cover = deposit(agency, 1_000_000)
    with pytest.raises(AboveDamage) as refusal:
        called(made, cover, 200_001)
    assert refusal.value.facts["most"] == "2,000.00"
    assert called(made, cover, 200_000)


def test_another_s_deposit_an_insurance_and_an_unconfirmed_one_are_not_called(
    agency: Organisation, breach: Ruling
) -> None:
    with pytest.raises(NoSuchCover):
        called(breach, deposit(collector()))
    with pytest.raises(NoSuchCover):
        called(breach, deposit(agency, currency="USD"))
    with pytest.raises(NotADeposit):
        called(breach, deposit(agency, kind="insurance"))
    with pytest.raises(NoSuchCover):
        called(breach, deposit(agency, confirmed_by="", confirmed_at=None))


def test_a_deposit_called_to_the_end_proves_nothing_any_more(
    agency: Organisation, breach: Ruling
) -> None:
    cover = deposit(agency, DAMAGE)
    Proof.objects.create(
        organisation=agency, kind="cover", source=f"cover:{cover.pk}", decided_by="t",
        decided_at=AT, expires_on=date(2030, 1, 1),
    )  # fmt: skip
    called(breach, cover)
    assert Proof.objects.get(kind="cover").ended_at == AFTER
    with pytest.raises(CoverTooSmall):
        call_cover(cover_id=cover.pk, amount=1, cause="x", actor=ONE, at=AFTER)


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.COLLECTOR, Role.CREDITOR, Role.REVIEWER])
def test_only_compliance_calls(role: Role, agency: Organisation, breach: Ruling) -> None:
    with pytest.raises(NotPermitted):
        called(breach, deposit(agency), actor=Actor(role=role, org_id=agency.pk))


def test_the_table_refuses_a_call_by_one_or_too_early(agency: Organisation, breach: Ruling) -> None:
    call = called(breach, deposit(agency))
    rows = DepositCall.objects.filter(pk=call.pk)
    for wrong in (
        {"agreed_by": call.asked_by},
        {"agreed_by": ""},
        {"called_at": call.objection_until - DAY},
        {"amount": 0},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**wrong)
