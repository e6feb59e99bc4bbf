"""A line of a statement is objected to once, answered by somebody else, and shows both."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from qinghe.kernel.actor import Role
from qinghe.ledger.models import Transfer
from qinghe.parties.roles import NotPermitted
from qinghe.settlement import objection_refusals as no
from qinghe.settlement import services
from qinghe.settlement.documents import statement_csv
from qinghe.settlement.models import Objection
from qinghe.settlement.queries.objections import objections
from qinghe.settlement.queries.statements import statement
from tests import factories
from tests.factories import AT, actor, claim, collector, mandate
from tests.settlement.test_payments import pay

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
