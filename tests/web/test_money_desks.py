"""Pages of costs, taxes, direct debits, objections and reconciliation, walked by people."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django.fixtures import Settings

from qinghe.casework.services import decide_plan, propose_plan
from qinghe.contact.services import send
from qinghe.kernel import clock
from qinghe.kernel.actor import Role
from qinghe.ledger.models import Transfer
from qinghe.settlement import services
from qinghe.settlement.models import CostAdvance, Debit, DebitRun, Objection
from tests import factories
from tests.factories import AT, actor, claim, collector, debtor_of, mandate
from tests.settlement.test_debits import PAID, RUN, TELL
from tests.settlement.test_payments import pay
from tests.web.people import signed_in

pytestmark = pytest.mark.django_db
NOW = AT + timedelta(hours=1)


@pytest.fixture(autouse=True)
def _files(settings: Settings, tmp_path: Path) -> None:
    settings.VAULT_FILES = tmp_path


def post(client: Client, path: str, at: datetime = NOW, **fields: object) -> str:
    with clock.at(at):
        answer = client.post(path, fields, follow=True)
    assert answer.status_code == 200, path
    return answer.text


def get(client: Client, path: str, at: datetime = NOW) -> str:
    with clock.at(at):
        answer = client.get(path)
    assert answer.status_code == 200, path
    return answer.text


def test_costs_are_told_by_one_side_and_agreed_to_by_the_other() -> None:
    target, agency = claim(principal=100_000, costs=10_000), collector()
    mandate(target, agency)
    theirs, ours = signed_in(Role.COLLECTOR, agency), signed_in(Role.CREDITOR, target.creditor)
    place = f"/claims/{target.pk}/costs/"
    told = {"kind": "court", "amount": "100.00", "paid_on": "2026-11-01", "receipt": "R-77"}
    assert "It counts once the other side has agreed" in post(theirs, place + "tell/", **told)
    assert 'data-test="agree-advance"' not in get(theirs, place)
    assert "R-77" in get(ours, place)
    advance = CostAdvance.objects.get()
    assert "Refunded first" in post(ours, f"{place}{advance.pk}/decide/", agree="1")
    pay(target, 5_000, source="cashier")
    assert "50.00" in get(theirs, place)
    assert signed_in(Role.CREDITOR).get(place).status_code == 404
    assert place in get(ours, f"/claims/{target.pk}/")


def test_the_operator_says_how_an_organisation_is_taxed() -> None:
    agency = collector()
    operator = signed_in(Role.OPERATOR)
    place = f"/organisations/{agency.slug}/"
    told = {"taxpayer": "small", "from_on": "2026-11-01"}
    assert "From 2026-11-01: Small-scale taxpayer" in post(operator, place + "tax/", **told)
    late = {"taxpayer": "small", "from_on": "2026-10-01"}
    assert "first of a month" in post(operator, place + "tax/", **late)


def test_a_line_is_objected_to_and_answered_on_the_pages() -> None:
    target = claim(principal=1_000)
    pay(target, 1_000, source="cashier")
    ours, operator = signed_in(Role.CREDITOR, target.creditor), signed_in(Role.OPERATOR)
    period = "/statements/?from=2026-11-01&to=2026-11-30"
    assert 'data-test="object-to-line"' in get(ours, period)
    line = Transfer.objects.get(kind="payment.collected")
    post(ours, f"/statements/lines/{line.pk}/", ground="twice", words="Came twice.")
    assert "Came twice." in get(operator, "/statements/objections/")
    made = Objection.objects.get()
    post(operator, f"/statements/objections/{made.pk}/", right="no", answer="It came once.")
    assert "It came once." in get(ours, period)


def test_a_report_is_taken_in_and_its_differences_stand_there() -> None:
    operator = signed_in(Role.OPERATOR)
    file = SimpleUploadedFile("r.csv", b"number,kind,amount,fee,day\nA1,paid,7,0,2026-11-23\n")
    told = {"provider": "alipay", "currency": "CNY", "file": file}
    post(operator, "/reconciliation/?day=2026-11-23", **told)
    page = get(operator, "/reconciliation/?day=2026-11-23")
    assert page.count('data-test="difference"') == 2
    assert "not in our books" in page


def test_two_operators_and_the_bank_collect_what_a_debtor_allowed() -> None:
    target = claim(principal=60_000)
    mandate(target, collector())
    factories.point(target.debtor, "email")
    plan = propose_plan(claim_id=target.pk, monthly=20_000, actor=debtor_of(target), at=AT)
    creditor = actor(Role.CREDITOR, target.creditor)
    decide_plan(plan_id=plan.pk, agreed=True, actor=creditor, at=AT)
    services.allow_debits(
        claim_id=target.pk, holder="陈示例", bank="示例银行", account="6222000011112200",
        most=20_000, days_after=0, actor=debtor_of(target), at=AT,
    )  # fmt: skip
    services.plan_debits(at=TELL)
    notice = Debit.objects.get().notice_id
    assert notice is not None
    send(attempt_id=notice, at=TELL)
    one, other = signed_in(Role.OPERATOR), signed_in(Role.OPERATOR)
    assert 'data-test="open-debit-run"' in get(one, "/debits/", RUN)
    post(one, "/debits/runs/open/CNY/", RUN)
    run = f"/debits/runs/{DebitRun.objects.get().pk}/"
    assert 'data-test="approve-debit-run"' not in get(one, run, RUN)
    post(other, run + "approve/", RUN)
    post(one, run + "make/", RUN)
    with clock.at(RUN):
        got = one.post(run + "file/")
    assert got.content.startswith(b"<?xml")
    assert "Handed to the bank" in post(one, run + "sent/", RUN)
    assert "The account did not hold enough" in post(one, run + "practice/", PAID)
    assert Debit.objects.get().state == "returned"
