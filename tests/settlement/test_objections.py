"""A line of a statement is objected to once, answered by somebody else, and shows both."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from importlib import import_module
from typing import Any
from uuid import UUID

import pytest
from django.db import IntegrityError, connection, transaction

from qinghe.journal.models import Entry
from qinghe.kernel.actor import Actor, Role
from qinghe.ledger.models import Transfer
from qinghe.parties.roles import NotPermitted
from qinghe.settlement import objection_refusals as no
from qinghe.settlement import services
from qinghe.settlement.closing_terms import Matter
from qinghe.settlement.documents import statement_csv
from qinghe.settlement.models import Objection, Payment
from qinghe.settlement.queries.closing import open_matters
from qinghe.settlement.queries.objections import corrections, objections
from qinghe.settlement.queries.statements import statement
from tests import factories
from tests.factories import AT, actor, claim, collector, mandate
from tests.races import race
from tests.settlement.test_covering import receive
from tests.settlement.test_payments import pay
from tests.settlement.test_reversal import reverse

pytestmark = pytest.mark.django_db
FIRST, LAST = date(2026, 11, 1), date(2026, 11, 30)


def test_from_the_objection_to_the_answer_on_the_statement() -> None:
    target, agency = claim(principal=200_000), collector()
    mandate(target, agency)
    pay(target, 100_000, source="cashier")
    creditor, house = actor(Role.CREDITOR, target.creditor), actor(Role.OPERATOR)
    line = next(
        each
        for each in statement(actor=creditor, starts_on=FIRST, ends_on=LAST).lines
        if each.kind == "payment.commission"
    )
    assert line.id is not None
    told = {"transfer_id": line.id, "ground": "rate", "words": "18 % were agreed."}
    with pytest.raises(no.ObjectionWords):
        services.object_to_line(**{**told, "words": " "}, actor=creditor, at=AT)
    made = services.object_to_line(**told, actor=creditor, at=AT)
    with pytest.raises(no.ObjectedBefore):
        services.object_to_line(**told, actor=creditor, at=AT)
    # The collector sees the same booking, and may object for itself.
    services.object_to_line(**told, actor=actor(Role.COLLECTOR, agency), at=AT)
    (row, _other) = objections(actor=house)
    assert row.open
    with pytest.raises(no.ObjectionWords):
        services.answer_line(objection_id=made.pk, right=False, answer="", actor=house, at=AT)
    answer = "25 % stand in the signed order."
    later = AT + timedelta(days=1)
    services.answer_line(objection_id=made.pk, right=False, answer=answer, actor=house, at=later)
    with pytest.raises(no.ObjectionAnswered):
        services.answer_line(objection_id=made.pk, right=True, answer="x", actor=house, at=later)
    shown = statement(actor=creditor, starts_on=FIRST, ends_on=LAST)
    (said,) = [each for each in shown.lines if each.objection]
    assert said.id == line.id
    assert said.said.endswith(answer)
    assert answer in statement_csv(shown).decode()
    assert said.amount == line.amount


def test_only_whose_statement_it_is_objects_and_only_the_operator_answers() -> None:
    target = claim(principal=1_000)
    pay(target, 1_000, source="cashier")
    line = Transfer.objects.get(kind="payment.collected")
    stranger = actor(Role.CREDITOR, factories.organisation())
    told = {"transfer_id": line.pk, "ground": "other", "words": "x", "at": AT}
    for who in (stranger, actor(Role.OPERATOR)):
        with pytest.raises(no.NoSuchLine):
            services.object_to_line(**told, actor=who)
    with pytest.raises(NotPermitted):
        services.object_to_line(**told, actor=actor(Role.REVIEWER))
    creditor = actor(Role.CREDITOR, target.creditor)
    made = services.object_to_line(**told, actor=creditor)
    with pytest.raises(NotPermitted):
        services.answer_line(objection_id=made.pk, right=True, answer="x", actor=creditor, at=AT)
    alone = {"state": "upheld", "answer": "x", "answered_by": made.asked_by, "answered_at": AT}
    with pytest.raises(IntegrityError), transaction.atomic():
        Objection.objects.update(**alone)


def upholding() -> tuple[Any, Objection, Any]:
    target = claim(principal=200_000)
    mandate(target, collector())
    payment = pay(target, 100_000, source="cashier")
    creditor = actor(Role.CREDITOR, target.creditor)
    line = Transfer.objects.get(kind="payment.collected")
    told = {"transfer_id": line.pk, "ground": "twice", "words": "It came once."}
    made = services.object_to_line(**told, actor=creditor, at=AT)
    one = actor(Role.OPERATOR)
    services.answer_line(objection_id=made.pk, right=True, answer="Right.", actor=one, at=AT)
    return payment, made, one


def said_of(made: Objection) -> str:
    creditor = actor(Role.CREDITOR, made.organisation)
    lines = statement(actor=creditor, starts_on=FIRST, ends_on=LAST).lines
    return next(each.said for each in lines if each.id == made.transfer_id)


def test_two_find_it_right_and_it_is_due_until_a_correction_is_named() -> None:
    payment, made, one = upholding()
    assert "Right." not in said_of(made)
    by: dict[str, Any] = {"objection_id": made.pk, "at": AT}
    with pytest.raises(no.UpheldBySamePerson):
        services.agree_objection(**by, agreed=True, actor=one)
    two = actor(Role.OPERATOR)
    services.agree_objection(**by, agreed=True, actor=two)
    (row,) = objections(actor=two)
    assert (row.state, row.waits, row.due_on) == ("upheld", True, date(2026, 12, 3))
    assert said_of(made).endswith("2026-12-03")
    assert "corrected" not in said_of(made).lower()
    with pytest.raises(no.NoCorrection):
        services.correct_objection(**by, transfer_id=made.transfer_id, actor=two)
    receive(None, 100_000)
    reverse(payment)
    (offered, *_rest) = corrections(actor=two)[made.pk]
    assert offered.mirror
    before = said_of(made)
    services.correct_objection(**by, transfer_id=offered.id, actor=one)
    (row,) = objections(actor=two)
    assert (row.state, row.waits, row.due_on) == ("named", True, date(2026, 12, 3))
    assert row.named
    assert (row.named.id, row.corrected_at) == (offered.id, None)
    assert said_of(made) == before
    with pytest.raises(no.CorrectedBySamePerson):
        services.agree_correction(**by, agreed=True, actor=one)
    services.agree_correction(**by, agreed=True, actor=two)
    (row,) = objections(actor=two)
    assert (row.state, row.waits, row.due_on, row.named) == ("corrected", False, None, None)
    assert said_of(made) != before
    with pytest.raises(no.ObjectionAnswered):
        services.correct_objection(**by, transfer_id=offered.id, actor=one)
    with pytest.raises(no.ObjectionAnswered):
        services.agree_correction(**by, agreed=True, actor=one)


def test_not_agreed_it_is_answered_anew_and_no_booking_of_others_corrects_it() -> None:
    _payment, made, one = upholding()
    two = actor(Role.OPERATOR)
    by: dict[str, Any] = {"objection_id": made.pk, "at": AT}
    services.agree_objection(**by, agreed=False, actor=two)
    made.refresh_from_db()
    assert (made.state, made.answer) == ("open", "")
    services.answer_line(**by, right=True, answer="Right.", actor=two)
    services.agree_objection(**by, agreed=True, actor=one)
    other = claim(principal=1_000)
    pay(other, 1_000, "r9", source="cashier")
    stranger = Transfer.objects.filter(kind="payment.collected").latest("pk")
    with pytest.raises(no.NoCorrection):
        services.correct_objection(**by, transfer_id=stranger.pk, actor=two)
    # Nor does what was booked for the same creditor on another debtor's claim.
    sibling = claim(principal=1_000, creditor=made.organisation)
    pay(sibling, 1_000, "r8", source="cashier")
    same_house = Transfer.objects.filter(kind="payment.collected").latest("pk")
    with pytest.raises(no.NoCorrection):
        services.correct_objection(**by, transfer_id=same_house.pk, actor=two)
    assert same_house.pk not in [each.id for each in corrections(actor=two).get(made.pk, ())]
    with pytest.raises(IntegrityError), transaction.atomic():
        Objection.objects.filter(pk=made.pk).update(state="corrected")


def named() -> tuple[Objection, Any, Any]:
    """Return an objection whose correction one person named: the mirror of the line."""
    payment, made, one = upholding()
    two = actor(Role.OPERATOR)
    by: dict[str, Any] = {"objection_id": made.pk, "at": AT}
    services.agree_objection(**by, agreed=True, actor=two)
    receive(None, 100_000)
    reverse(payment)
    (mirror, *_rest) = corrections(actor=two)[made.pk]
    services.correct_objection(**by, transfer_id=mirror.id, actor=one)
    return made, one, two


def test_a_correction_sent_back_is_due_again_and_may_be_named_by_the_other() -> None:
    made, one, two = named()
    by: dict[str, Any] = {"objection_id": made.pk, "at": AT}
    services.agree_correction(**by, agreed=False, actor=two)
    made.refresh_from_db()
    assert (made.state, made.correction, made.named_by) == ("upheld", None, "")
    (mirror, *_rest) = corrections(actor=two)[made.pk]
    services.correct_objection(**by, transfer_id=mirror.id, actor=two)
    services.agree_correction(**by, agreed=True, actor=one)
    made.refresh_from_db()
    assert (made.state, made.confirmed_by) == ("corrected", one.label)


def test_who_objected_names_no_correction_and_agrees_to_none() -> None:
    payment, made, one = upholding()
    two, party = actor(Role.OPERATOR), made.asked_by.partition(":")[2]
    by: dict[str, Any] = {"objection_id": made.pk, "at": AT}
    services.agree_objection(**by, agreed=True, actor=two)
    receive(None, 100_000)
    reverse(payment)
    (mirror, *_rest) = corrections(actor=two)[made.pk]
    itself = replace(one, user_id=UUID(party))
    with pytest.raises(no.AnsweredByParty):
        services.correct_objection(**by, transfer_id=mirror.id, actor=itself)
    services.correct_objection(**by, transfer_id=mirror.id, actor=two)
    with pytest.raises(no.AnsweredByParty):
        services.agree_correction(**by, agreed=True, actor=itself)


def test_what_was_undone_since_corrects_nothing() -> None:
    _payment, made, one = upholding()
    two = actor(Role.OPERATOR)
    by: dict[str, Any] = {"objection_id": made.pk, "at": AT}
    services.agree_objection(**by, agreed=True, actor=two)
    again = pay(made_claim(made), 1_000, "r7", source="cashier")
    booked = Transfer.objects.get(kind="payment.collected", subject=f"payment:{again.pk}")
    services.correct_objection(**by, transfer_id=booked.pk, actor=one)
    receive(None, 100_000)
    reverse(again)
    with pytest.raises(no.NoCorrection):
        services.agree_correction(**by, agreed=True, actor=two)
    services.agree_correction(**by, agreed=False, actor=two)
    assert booked.pk not in [each.id for each in corrections(actor=two)[made.pk]]
    with pytest.raises(no.NoCorrection):
        services.correct_objection(**by, transfer_id=booked.pk, actor=one)


def made_claim(made: Objection) -> Any:
    payment = Payment.objects.get(pk=made.transfer.subject.removeprefix("payment:"))
    assert payment.claim
    return payment.claim


def test_the_table_takes_no_correction_of_one_person() -> None:
    made, one, _two = named()
    rows = Objection.objects.filter(pk=made.pk)
    for change in (
        {"state": "corrected"},
        {"state": "corrected", "confirmed_by": one.label},
        {"named_by": ""},
        {"state": "upheld"},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**change)


def test_a_correction_that_waits_for_the_second_is_a_matter_of_the_month() -> None:
    named()
    assert Matter.OBJECTIONS in [each.matter for each in open_matters(month=FIRST)]


@pytest.mark.django_db(transaction=True)
def test_of_many_who_agree_at_once_one_ends_the_matter() -> None:
    made, _one, _two = named()

    def agree(who: Actor) -> str:
        try:
            return services.agree_correction(
                objection_id=made.pk, agreed=True, actor=who, at=AT
            ).confirmed_by
        except no.ObjectionAnswered:
            return ""

    won = [label for label in race([actor(Role.OPERATOR) for _ in range(4)], agree) if label]
    made.refresh_from_db()
    assert won == [made.confirmed_by]
    assert Entry.objects.filter(kind="objection.corrected").count() == 1


def test_what_one_person_corrected_before_says_so_and_stays() -> None:
    made, _one, two = named()
    services.agree_correction(objection_id=made.pk, agreed=True, actor=two, at=AT)
    step = import_module("qinghe.settlement.migrations.0028_two_name_a_correction")
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for name in ("corrected", "two"):
            kind = "objection" if name == "corrected" else "correction"
            cursor.execute(
                f"ALTER TABLE settlement_objection DROP CONSTRAINT settlement_{kind}_{name}"
            )
        Objection.objects.update(named_by="", confirmed_by="")
        cursor.execute(step.NAMED)
    made.refresh_from_db()
    # Before, the row of the journal was that of whoever named it.
    assert (made.named_by, made.confirmed_by) == (two.label, "system:before-two")
    made.full_clean()
