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
from qinghe.journal.services import record
from qinghe.kernel import clock
from qinghe.kernel.actor import Role
from qinghe.ledger.models import Transfer
from qinghe.settlement import services
from qinghe.settlement.models import (
    CommissionCorrection,
    CostAdvance,
    Debit,
    DebitRun,
    Fee,
    Objection,
    SendBack,
)
from tests import factories
from tests.factories import AT, actor, claim, collector, debtor_of, mandate
from tests.settlement.test_covering import receive
from tests.settlement.test_debit_backs import paid_meanwhile
from tests.settlement.test_debits import PAID, RUN, TELL, planned_world
from tests.settlement.test_payments import pay
from tests.settlement.test_reversal import reverse
from tests.shown import fields_of
from tests.web.people import actor_of, signed_in, sock_of

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


def agree(client: Client, place: str) -> str:
    """Find an answer right, as the page shows it."""
    with clock.at(NOW):
        shown = fields_of(client, "/statements/objections/", f"{place}agree/")
    return post(client, f"{place}agree/", **{**shown, "agreed": "yes"})


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
    other = signed_in(Role.OPERATOR)
    period = "/statements/?from=2026-11-01&to=2026-11-30"
    assert 'data-test="object-to-line"' in get(ours, period)
    line = Transfer.objects.get(kind="payment.collected")
    post(ours, f"/statements/lines/{line.pk}/", ground="twice", words="Came twice.")
    assert "Came twice." in get(operator, "/statements/objections/")
    made = Objection.objects.get()
    record(
        kind="parties.user-created", subject=f"user:{made.asked_by.partition(':')[2]}",
        actor=actor_of(other, Role.OPERATOR), at=AT,
    )  # fmt: skip
    page = get(other, "/statements/objections/")
    assert "Somebody who stands apart from whoever objected answers." in page
    assert 'data-test="answer-line"' not in page
    post(operator, f"/statements/objections/{made.pk}/", right="no", answer="It came once.")
    assert "It came once." in get(ours, period)


def test_two_operators_uphold_an_objection_and_name_its_correction() -> None:
    target = claim(principal=1_000)
    payment = pay(target, 1_000, source="cashier")
    ours, one, two = (
        signed_in(Role.CREDITOR, target.creditor),
        signed_in(Role.OPERATOR),
        signed_in(Role.OPERATOR),
    )
    line = Transfer.objects.get(kind="payment.collected")
    post(ours, f"/statements/lines/{line.pk}/", ground="twice", words="Came twice.")
    place = f"/statements/objections/{Objection.objects.get().pk}/"
    post(one, place, right="yes", answer="It did.")
    for tied in (one, sock_of(one, Role.OPERATOR)):
        page = get(tied, "/statements/objections/")
        assert 'data-test="agree-objection"' not in page
        assert "Found right: a second person who stands apart must agree." in page
    assert 'data-test="agree-objection"' in get(two, "/statements/objections/")
    shown = agree(two, place)
    assert 'data-test="objection-due"' in shown
    assert f"/payments/{payment.pk}/reverse/" in shown
    reverse(payment)
    mirror = Transfer.objects.get(reverses=line)
    assert str(mirror.pk) in get(one, "/statements/objections/")
    post(one, place + "correct/", transfer_id=str(mirror.pk))
    for tied in (one, sock_of(one, Role.OPERATOR)):
        page = get(tied, "/statements/objections/")
        assert 'data-test="agree-correction"' not in page
        assert "Named: a second person who stands apart must agree." in page
    post(two, place + "corrected/")
    assert Objection.objects.get().state == "upheld"
    post(one, place + "correct/", transfer_id=str(mirror.pk))
    assert 'data-test="named-correction"' in get(two, "/statements/objections/")
    post(two, place + "corrected/", agreed="yes")
    assert Objection.objects.get().state == "corrected"


def test_two_operators_book_a_difference_in_commission() -> None:
    target, agency = claim(principal=200_000), collector()
    mandate(target, agency)
    pay(target, 100_000, source="cashier")
    ours, one, two = (
        signed_in(Role.CREDITOR, target.creditor),
        signed_in(Role.OPERATOR),
        signed_in(Role.OPERATOR),
    )
    line = Transfer.objects.get(kind="payment.commission")
    post(ours, f"/statements/lines/{line.pk}/", ground="rate", words="18 % were agreed.")
    place = f"/statements/objections/{Objection.objects.get().pk}/"
    post(one, place, right="yes", answer="They were.")
    assert 'data-test="ask-commission"' in agree(two, place)
    assert "At most" in post(one, place + "commission/", way="back", amount="900.00")
    post(one, place + "commission/", way="back", amount="70.00")
    made = CommissionCorrection.objects.get()
    decide = f"/statements/corrections/{made.pk}/"
    for tied in (one, sock_of(one, Role.OPERATOR)):
        page = get(tied, "/statements/objections/")
        assert 'data-test="book-commission"' not in page
        assert 'data-test="drop-commission"' in page
    period = "/statements/?from=2026-11-01&to=2026-11-30"
    assert "Commission, corrected" not in get(ours, period)
    assert 'data-test="book-commission"' in get(two, "/statements/objections/")
    post(two, decide + "book/")
    assert Objection.objects.get().state == "corrected"
    assert "Commission, corrected" in get(ours, period)
    assert "Commission, corrected" in get(signed_in(Role.COLLECTOR, agency), period)


def test_a_difference_asked_for_by_mistake_is_dropped() -> None:
    target = claim(principal=200_000)
    mandate(target, collector())
    pay(target, 100_000, source="cashier")
    ours, one, two = (
        signed_in(Role.CREDITOR, target.creditor),
        signed_in(Role.OPERATOR),
        signed_in(Role.OPERATOR),
    )
    line = Transfer.objects.get(kind="payment.fee")
    post(ours, f"/statements/lines/{line.pk}/", ground="rate", words="Wrong.")
    place = f"/statements/objections/{Objection.objects.get().pk}/"
    post(one, place, right="yes", answer="It is.")
    agree(two, place)
    post(one, place + "commission/", way="more", amount="1.00")
    made = CommissionCorrection.objects.get()
    shown = post(one, f"/statements/corrections/{made.pk}/drop/")
    assert 'data-test="ask-commission"' in shown


def test_two_operators_book_what_a_provider_kept() -> None:
    one, two = signed_in(Role.OPERATOR), signed_in(Role.OPERATOR)
    pay(claim(principal=1_000), 1_000, source="cashier")
    receive(None, 1_000)
    file = SimpleUploadedFile("r.csv", b"number,kind,amount,fee,day\nA1,paid,7,0.05,2026-11-23\n")
    post(one, "/reconciliation/", provider="alipay", currency="CNY", file=file)
    assert 'data-test="fee-provider"' in get(one, "/reconciliation/")
    told = {"provider": "alipay", "currency": "CNY", "day": "2026-11-23"}
    assert 'data-test="fee-book"' not in post(one, "/reconciliation/fees/", **told)
    page = get(sock_of(one, Role.OPERATOR), "/reconciliation/")
    assert 'data-test="fee-book"' not in page
    assert "a second person who stands apart agrees" in page
    assert 'data-test="fee-book"' in get(two, "/reconciliation/")
    fee = Fee.objects.get()
    post(two, f"/reconciliation/fees/{fee.pk}/book/")
    assert Fee.objects.get().state == "booked"
    assert 'data-test="fee"' not in get(one, "/reconciliation/")


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
        claim_id=target.pk, holder="陈示例", bank="示例银行", account="6222000011100400",
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
    for tied in (one, sock_of(one, Role.OPERATOR)):
        assert 'data-test="approve-debit-run"' not in get(tied, run, RUN)
    assert 'data-test="approve-debit-run"' in get(other, run, RUN)
    post(other, run + "approve/", RUN)
    post(one, run + "make/", RUN)
    with clock.at(RUN):
        got = one.post(run + "file/")
    assert got.content.startswith(b"<?xml")
    assert "Handed to the bank" in post(one, run + "sent/", RUN)
    assert "The account did not hold enough" in post(one, run + "practice/", PAID)
    assert Debit.objects.get().state == "returned"


def test_what_a_debit_brought_too_much_goes_back_through_two_persons() -> None:
    world = planned_world()
    paid_meanwhile(world)
    clerk, second = signed_in(Role.OPERATOR), signed_in(Role.OPERATOR)
    assert 'data-test="give-debit-back"' in get(clerk, "/debits/", PAID)
    page = post(clerk, f"/debits/{Debit.objects.get().pk}/back/", PAID, request_key="b1")
    assert 'data-test="too-much"' not in page
    back = SendBack.objects.get()
    for tied in (clerk, sock_of(clerk, Role.OPERATOR)):
        assert 'data-test="back-approve"' not in get(tied, "/suspense/", PAID)
    assert 'data-test="back-approve"' in get(second, "/suspense/", PAID)
    page = post(second, f"/money-back/{back.pk}/approve/", PAID, request_key="b2")
    assert 'data-test="back-file"' in page
    with clock.at(PAID):
        file = clerk.post(f"/money-back/{back.pk}/file/")
    assert file["Content-Disposition"] == f'attachment; filename="{back.number}.csv"'
    page = post(clerk, f"/money-back/{back.pk}/sent/", PAID, request_key="b3")
    assert back.number not in page
