"""The desk of suspense: import, ages, who proposes and who agrees, what goes back."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from qinghe.claims.reference import reference_of
from qinghe.kernel.actor import Role
from qinghe.settlement.models import SendBack, StatementEntry, Suspense
from tests.factories import claim
from tests.settlement.bank_files import Said, csv
from tests.settlement.test_payments import fresh
from tests.web.people import signed_in

pytestmark = pytest.mark.django_db


def press(client: Client, path: str, **data: object) -> str:
    answer = client.post(path, {"request_key": uuid4().hex, **data}, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


def bring(client: Client, *said: Said) -> str:
    return press(client, "/suspense/import/", file=SimpleUploadedFile("bank.csv", csv(said)))


def test_a_statement_comes_in_and_two_persons_place_what_waits() -> None:
    clerk, second = signed_in(Role.OPERATOR), signed_in(Role.OPERATOR)
    known, unknown = claim(principal=10_000), claim(principal=9_000)
    text = bring(
        clerk, Said(10_000, reference_of(known.number)), Said(4_000, "?", payer="王示例"), Said(-9)
    )
    assert "3 new entries" in text
    assert fresh(known).state == "closed"
    assert "王＊＊" in text
    assert "王示例" not in text
    one = Suspense.objects.get(rest__gt=0)
    assert "王示例" in clerk.get(f"/suspense/{one.pk}/").content.decode()
    text = press(clerk, f"/suspense/{one.pk}/claim/", claim_number=unknown.number)
    assert 'data-test="suspense-agree"' not in text
    assert 'data-test="suspense-agree"' in second.get("/suspense/").content.decode()
    press(second, f"/suspense/{one.pk}/agree/")
    assert fresh(unknown).paid == 4_000
    out = StatementEntry.objects.get(credit=False)
    text = press(clerk, f"/entries/{out.pk}/explain/", note="bank fee")
    assert 'data-test="entry-explain"' not in text


def test_money_goes_back_through_two_persons() -> None:
    clerk, second = signed_in(Role.OPERATOR), signed_in(Role.OPERATOR)
    bring(clerk, Said(4_000, "?"))
    press(clerk, f"/suspense/{Suspense.objects.get().pk}/back/")
    back = SendBack.objects.get()
    assert 'data-test="back-approve"' not in clerk.get("/suspense/").content.decode()
    press(second, f"/money-back/{back.pk}/approve/")
    press(clerk, f"/money-back/{back.pk}/sent/")
    back.refresh_from_db()
    assert back.state == "done"


def test_a_refused_file_says_why() -> None:
    client = signed_in(Role.OPERATOR)
    file = SimpleUploadedFile("bank.csv", b"booked_on,amount\n2026-11-20,x\n")
    assert "line 2" in press(client, "/suspense/import/", file=file)


def test_the_page_asks_as_often_for_many_as_for_one() -> None:
    client = signed_in(Role.OPERATOR)
    bring(client, Said(10, "x"))
    client.get("/suspense/")
    with CaptureQueriesContext(connection) as one:
        client.get("/suspense/")
    bring(client, *(Said(10, f"{n}") for n in range(6)))
    client.get("/suspense/")
    with CaptureQueriesContext(connection) as many:
        client.get("/suspense/")
    assert len(many) <= len(one)
