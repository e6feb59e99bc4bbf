"""A placed claim written down to nothing: the collector is told, and may be owed commission."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from qinghe.claims.models import Claim
from qinghe.claims.services.restating import restate, write_off_part
from qinghe.claims.services.states import withdraw_claim
from qinghe.journal.models import Entry
from qinghe.kernel.actor import Actor, Role, system
from qinghe.market.models import Mandate
from qinghe.market.services import recall
from qinghe.parties.models import Organisation
from qinghe.parties.roles import NotPermitted
from qinghe.reporting.contraventions import BY_NAME, found
from qinghe.settlement import accounts, refusals, services
from qinghe.settlement.models import Lowering, Payment, Split
from qinghe.settlement.queries import payments
from qinghe.settlement.terms import LOWERING_ANSWER_DAYS, LOWERING_OBJECTION_DAYS
from tests.factories import AT, actor, claim, collector, debtor_of, mandate
from tests.quality.market import attempt
from tests.settlement.test_covering import held, receive
from tests.settlement.test_payments import assert_books, fresh, pay

pytestmark = pytest.mark.django_db
JOB = system("settlement.lowerings")
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)


def placed(agency: Organisation, principal: int = 1_000_000, **fields: Any) -> Claim:
    target = claim(principal=principal, state="placed")
    mandate(target, agency, **fields)
    return target


def lower(target: Claim, to: int, at: datetime = AT + HOUR) -> None:
    restate(
        claim_id=target.pk,
        amounts={"principal": to},
        reason="Corrected after a talk.",
        actor=actor(Role.CREDITOR, target.creditor),
        at=at,
    )


def look(at: datetime = AT + 2 * HOUR) -> int:
    return services.find_lowerings(actor=JOB, at=at)


def lowered(to: int = 0) -> Lowering:
    target = placed(collector())
    lower(target, to)
    assert look() == 1
    return Lowering.objects.get()


def objected(case: Lowering, at: datetime = AT + DAY) -> Lowering:
    return services.object_to_lowering(
        lowering_id=case.pk, text="He told us he had paid.", actor=their(case), at=at
    )


def their(case: Lowering) -> Actor:
    return actor(Role.COLLECTOR, case.collector)


def answered(case: Lowering, at: datetime = AT + 2 * DAY) -> Lowering:
    owner = actor(Role.CREDITOR, case.creditor)
    return services.answer_objection(
        lowering_id=case.pk, text="A mistake of ours.", actor=owner, at=at
    )


def judged(case: Lowering, due: int, by: Actor | None = None, **fields: Any) -> Lowering:
    given = {"reason": "The bank's letter shows it.", "at": AT + 3 * DAY, **fields}
    return services.judge_lowering(
        lowering_id=case.pk, due=due, actor=by or actor(Role.COMPLIANCE), **given
    )


def upheld(case: Lowering, due: int | None = None) -> Lowering:
    answered(objected(case))
    judged(case, case.amount if due is None else due)
    return services.decide_lowering(
        lowering_id=case.pk, agreed=True, actor=actor(Role.COMPLIANCE), at=AT + 4 * DAY
    )


def verified() -> list[str]:
    names = (
        "claims-show-their-payments", "payments-divided-to-the-cent",
        "commission-due-waits-for-its-creditor", "splits-show-what-is-uncovered",
        "cash-covers-what-is-held",
    )  # fmt: skip
    assert set(names) <= set(BY_NAME)
    return [case for name in names for case in found(name, at=AT + 9 * DAY)]


def test_lowering_to_nothing_stands_for_the_debtor_and_is_told_to_the_collector() -> None:
    case = lowered()
    now = fresh(case.claim)
    assert (now.owed, now.state) == (0, "closed")
    assert (case.amount, case.state) == (1_000_000, "told")
    assert case.object_until == case.told_at + timedelta(days=LOWERING_OBJECTION_DAYS)
    facts = Entry.objects.get(kind="settlement.lowering-told").facts
    assert "debtor" not in facts
    # Told once, however often the clock looks.
    assert look(AT + DAY) == 0


def test_every_way_down_is_seen() -> None:
    agency = collector()
    waived, gone = placed(agency), placed(agency)
    write_off_part(
        claim_id=waived.pk,
        amounts={"principal": 1_000_000},
        ground="goodwill",
        reason="We let it go.",
        actor=actor(Role.CREDITOR, waived.creditor),
        at=AT + HOUR,
    )
    owner = actor(Role.CREDITOR, gone.creditor)
    order = Mandate.objects.get(claim=gone)
    recall(mandate_id=order.pk, reason="x", actor=owner, at=AT + HOUR)
    withdraw_claim(claim_id=gone.pk, reason="x", actor=owner, at=AT + HOUR)
    assert look() == 2
    assert set(Lowering.objects.values_list("claim", flat=True)) == {waived.pk, gone.pk}


def test_small_corrections_are_nobodys_business_until_they_add_up() -> None:
    target = placed(collector())
    lower(target, 990_000)
    assert look() == 0
    lower(target, 981_000, AT + 3 * HOUR)
    assert look(AT + 4 * HOUR) == 0
    lower(target, 975_000, AT + 5 * HOUR)
    assert look(AT + 6 * HOUR) == 1
    assert Lowering.objects.get().amount == 25_000


def test_what_nobody_worked_for_is_told_to_nobody() -> None:
    free = claim(principal=1_000_000)
    lower(free, 0)
    old = placed(collector(), state="recalled", closed_at=AT - 40 * DAY, starts_at=AT - 50 * DAY)
    Claim.objects.filter(pk=old.pk).update(state="ready")
    lower(old, 0)
    assert look() == 0


def test_what_the_collector_had_done_is_shown_in_days_and_counts() -> None:
    target = placed(collector())
    order = Mandate.objects.get(claim=target)
    attempt(order, AT).save()
    lower(target, 0)
    look()
    seen = Lowering.objects.get().seen
    assert (seen["contacts"], seen["contacted_on"], seen["owed"]) == (1, "2026-11-23", 1_000_000)


def test_an_upheld_objection_makes_commission_due_that_its_creditor_covers() -> None:
    case = upheld(lowered())
    target, creditor = case.claim, case.creditor
    split = Split.objects.get(payment=case.payment)
    # A quarter of 10,000 yuan; a twentieth of it is the platform's.
    assert (split.commission + split.reserve, split.platform_fee) == (237_500, 12_500)
    assert held(accounts.commission_due(creditor.pk)) == 250_000
    # Payable to nobody before its creditor has paid.
    assert held(accounts.payable(case.collector_id)) == 0
    assert_books(target)
    assert verified() == []
    receive(creditor, 250_000)
    assert held(accounts.payable(case.collector_id)) == -190_000
    assert verified() == []
    assert_books(target)


def test_the_debtor_sees_and_owes_nothing_of_it() -> None:
    case = upheld(lowered())
    assert (fresh(case.claim).owed, fresh(case.claim).paid) == (0, 0)
    assert payments(actor=debtor_of(case.claim)) == []
    assert [row.source for row in payments(actor=their(case))] == ["withheld"]


def test_two_officers_and_no_sooner_than_the_creditor_was_heard() -> None:
    case = objected(lowered())
    with pytest.raises(refusals.LoweringUnheard):
        judged(case, 1)
    late = AT + (LOWERING_ANSWER_DAYS + 1) * DAY
    officer = actor(Role.COMPLIANCE)
    with pytest.raises(refusals.AboveLowering):
        judged(case, case.amount + 1, officer, at=late)
    judged(case, case.amount, officer, at=late)
    with pytest.raises(refusals.AnotherDecides):
        services.decide_lowering(lowering_id=case.pk, agreed=True, actor=officer, at=late)
    with transaction.atomic(), pytest.raises(IntegrityError):
        Lowering.objects.filter(pk=case.pk).update(state="upheld", decided_by=officer.label)
    other = actor(Role.COMPLIANCE)
    services.decide_lowering(lowering_id=case.pk, agreed=False, actor=other, at=late)
    assert not Payment.objects.exists()
    assert judged(case, 0, other, at=late).state == "dismissed"


def test_only_its_collector_objects_and_only_in_time() -> None:
    case = lowered()
    with pytest.raises(refusals.NoSuchLowering):
        services.object_to_lowering(
            lowering_id=case.pk, text="x", actor=actor(Role.COLLECTOR, collector()), at=AT + DAY
        )
    with pytest.raises(refusals.LoweringTooLate):
        objected(case, case.object_until)
    with pytest.raises(refusals.LoweringWords):
        services.object_to_lowering(lowering_id=case.pk, text=" ", actor=their(case), at=AT + DAY)
    objected(case)
    with pytest.raises(refusals.LoweringMoved):
        objected(case)
    with pytest.raises(NotPermitted):
        judged(case, 0, their(case))


def test_what_two_officers_found_one_person_does_not_undo() -> None:
    case = upheld(lowered(), 400_000)
    assert case.payment is not None
    given = {"payment_id": case.payment.pk, "reason": "x", "at": AT + 5 * DAY}
    services.reverse_payment(**given, actor=actor(Role.OPERATOR))
    assert Payment.objects.get().state == "posted"
    services.reverse_payment(**given, actor=actor(Role.OPERATOR))
    assert Payment.objects.get().state == "reversed"
    assert held(accounts.commission_due(case.creditor_id)) == 0
    assert verified() == []


def test_undoing_an_older_payment_leaves_it_as_it_is() -> None:
    target = placed(collector())
    first = pay(target, 100_000)
    lower(target, 500_000)
    look()
    case = upheld(Lowering.objects.get())
    services.reverse_payment(payment_id=first.pk, reason="x", actor=system("test"), at=AT + 5 * DAY)
    assert Split.objects.get(payment=case.payment).amount == 400_000
    assert fresh(target).owed == 600_000
    assert verified() == []
    assert_books(target)
