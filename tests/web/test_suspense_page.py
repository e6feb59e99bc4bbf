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
from qinghe.settlement.models import SendBack, StatementEntry, Suspense, Twin
from tests.factories import claim
from tests.settlement.bank_files import Said, csv
from tests.settlement.test_payments import fresh
from tests.shown import fields_of
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
    agree = f"/suspense/{one.pk}/agree/"
    press(second, agree, **fields_of(second, "/suspense/", agree))
    assert fresh(unknown).paid == 4_000
    out = StatementEntry.objects.get(credit=False)
    assert f"/entries/{out.pk}/" in clerk.get("/suspense/").content.decode()
    text = press(clerk, f"/entries/{out.pk}/explain/", note="bank fee")
    assert 'data-test="entry-one"' not in text
    assert "bank fee" in text
    text = press(second, f"/entries/{out.pk}/note-back/")
    assert 'data-test="entry-one"' in text


def test_an_entry_that_went_out_says_to_whom() -> None:
    clerk = signed_in(Role.OPERATOR)
    bring(clerk, Said(-900, "物业费", payer="某示例物业"))
    out = StatementEntry.objects.get()
    text = clerk.get(f"/entries/{out.pk}/").content.decode()
    assert all(each in text for each in ("某示例物业", "物业费", "#fees"))
    answer = clerk.post(f"/entries/{out.pk}/explain/", {"request_key": uuid4().hex, "note": " "})
    assert answer.status_code == 422
    assert clerk.get(f"/entries/{uuid4()}/").status_code == 404


def test_a_second_debit_of_one_number_says_so() -> None:
    clerk, second = signed_in(Role.OPERATOR), signed_in(Role.OPERATOR)
    bring(clerk, Said(4_000, "?"))
    press(clerk, f"/suspense/{Suspense.objects.get().pk}/back/", account="6222")
    back = SendBack.objects.get()
    press(second, f"/money-back/{back.pk}/approve/")
    bring(clerk, Said(-4_000, back.number, "B2"), Said(-4_000, back.number, "B3"))
    again = StatementEntry.objects.get(explained="", credit=False)
    text = clerk.get(f"/entries/{again.pk}/").content.decode()
    assert f"a second debit of {back.number}" in text


def test_a_page_that_is_stale_says_so_on_the_list() -> None:
    clerk = signed_in(Role.OPERATOR)
    bring(clerk, Said(-900, "x"))
    out = StatementEntry.objects.get()
    for _twice in range(2):
        text = press(clerk, f"/entries/{out.pk}/explain/", note="fee")
    assert "no such entry waiting to be explained. Reload the page." in text
    assert "no such entry waiting" in press(clerk, f"/twins/{uuid4()}/", same="yes")
    press(clerk, f"/entries/{out.pk}/note-back/")
    assert "no such entry waiting" in press(clerk, f"/entries/{out.pk}/note-back/")


def test_a_long_list_counts_all_and_has_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qinghe.web.operator.suspense.PAGE", 2)
    clerk = signed_in(Role.OPERATOR)
    said = [Said(sign * (1_000 + n), f"w{n}", f"B{sign}{n}") for n in range(3) for sign in (1, -1)]
    bring(clerk, *said)
    first, last = (clerk.get("/suspense/", {"page": n}).content.decode() for n in (1, 2))
    assert first.count('data-test="suspense-one"') == 2
    assert last.count('data-test="suspense-one"') == 1
    assert all('<span class="bdg">3</span>' in text for text in (first, last))
    text = clerk.get("/suspense/?page=2&out=2").content.decode()
    assert text.count('data-test="entry-one"') == 1
    assert all(each in text for each in ("?page=2&amp;out=1", "?out=2&amp;page=1"))


def test_money_for_a_settled_claim_says_so() -> None:
    clerk = signed_in(Role.OPERATOR)
    target = claim(principal=10_000)
    bring(clerk, Said(10_700, reference_of(target.number)))
    rest = Suspense.objects.get(rest__gt=0)
    assert target.number in clerk.get(f"/suspense/{rest.pk}/").content.decode()


def test_the_page_of_one_amount_shows_what_is_proposed() -> None:
    clerk, second = signed_in(Role.OPERATOR), signed_in(Role.OPERATOR)
    target = claim(principal=9_000)
    bring(clerk, Said(4_000, "?"))
    address = f"/suspense/{Suspense.objects.get().pk}/"
    press(clerk, f"{address}claim/", claim_number=target.number)
    own, other = (each.get(address).content.decode() for each in (clerk, second))
    assert 'data-test="suspense-agree"' not in own
    assert all(each in other for each in (target.number, 'data-test="suspense-agree"'))
    agree = f"{address}agree/"
    press(second, agree, **fields_of(second, address, agree))
    assert 'data-test="wish"' not in second.get(address).content.decode()


@pytest.mark.parametrize("listed", [True, False])
def test_who_agrees_by_an_old_page_books_nothing(*, listed: bool) -> None:
    clerk, second = signed_in(Role.OPERATOR), signed_in(Role.OPERATOR)
    shown, other = claim(principal=9_000), claim(principal=8_000)
    bring(clerk, Said(4_000, "?"))
    address = f"/suspense/{Suspense.objects.get().pk}/"
    agree = f"{address}agree/"
    press(clerk, f"{address}claim/", claim_number=shown.number)
    old = fields_of(second, "/suspense/" if listed else address, agree)
    press(clerk, f"{address}withdraw/")
    press(clerk, f"{address}claim/", claim_number=other.number)
    assert "This changed after you opened the page" in press(second, agree, **old)
    assert "This changed after you opened the page" in press(second, agree)
    assert (fresh(shown).paid, fresh(other).paid) == (0, 0)
    press(second, agree, **fields_of(second, address, agree))
    assert (fresh(shown).paid, fresh(other).paid) == (0, 4_000)


def test_what_may_be_told_twice_is_shown_and_told_apart() -> None:
    clerk = signed_in(Role.OPERATOR)
    bring(clerk, Said(4_000, "x"))
    assert "1 perhaps told twice" in bring(clerk, Said(4_000, "y", "B7"))
    twin = Twin.objects.get()
    text = clerk.get("/suspense/").content.decode()
    assert 'data-test="twin-same"' in text
    assert all(f"/entries/{each}/" in text for each in (twin.entry_id, twin.stands_id))
    assert 'data-test="twin-agree"' not in press(clerk, f"/twins/{twin.pk}/", same="no")
    assert Suspense.objects.count() == 1
    second = signed_in(Role.OPERATOR)
    assert 'data-test="twin-agree"' in second.get("/suspense/").content.decode()
    press(second, f"/twins/{twin.pk}/agree/")
    assert Suspense.objects.count() == 2


def test_money_goes_back_through_two_persons() -> None:
    clerk, second = signed_in(Role.OPERATOR), signed_in(Role.OPERATOR)
    bring(clerk, Said(4_000, "?", payer="王示例"))
    press(clerk, f"/suspense/{Suspense.objects.get().pk}/back/", account="6222")
    back = SendBack.objects.get()
    assert 'data-test="back-approve"' not in clerk.get("/suspense/").content.decode()
    one = f"/suspense/{back.suspense_id}/"
    assert one in second.get("/suspense/").content.decode()
    # Whoever agrees, and whoever sends it, sees to whom.
    text = second.get(one).content.decode()
    assert all(each in text for each in ("王示例", back.number, 'data-test="back-approve"'))
    press(second, f"/money-back/{back.pk}/approve/")
    press(clerk, f"/money-back/{back.pk}/sent/")
    back.refresh_from_db()
    assert back.state == "done"
    assert "王示例" not in second.get(one).content.decode()


def test_what_was_typed_stays_when_it_is_refused() -> None:
    clerk = signed_in(Role.OPERATOR)
    bring(clerk, Said(4_000, "?"))
    address = f"/suspense/{Suspense.objects.get().pk}/"
    for path, field, wanted in (
        ("claim/", "claim_number", ('class="err', "nothing like it")),
        ("known/", "booking", ('data-test="no-booking"',)),
    ):
        typed = {field: "nothing like it"}
        answer = clerk.post(address + path, {"request_key": uuid4().hex, **typed})
        assert answer.status_code == 422
        text = answer.content.decode()
        assert all(words in text for words in wanted)
    assert Suspense.objects.get().wish == ""


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


def test_the_empty_statement_is_one_that_can_be_filled_in() -> None:
    client = signed_in(Role.OPERATOR)
    head = client.get("/suspense/template/").content.decode().strip()
    row = "2026-11-20,5.00,,,CNY,B1,ZHAO,,x"
    file = SimpleUploadedFile("bank.csv", f"{head}\n{row}\n".encode())
    press(client, "/suspense/import/", file=file)
    assert Suspense.objects.get().amount == 500
