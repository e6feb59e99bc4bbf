"""Letters leave the house by the operator's hand: listed, downloaded on record, marked."""

from __future__ import annotations

from datetime import timedelta

import pytest

from qinghe.contact.models import Delivery
from qinghe.journal.models import Entry
from qinghe.kernel import clock
from qinghe.kernel.actor import Role
from qinghe.parties.services import seal
from tests.contact.conftest import make_case
from tests.factories import AT
from tests.web.people import signed_in

LATER = AT + timedelta(hours=2)
pytestmark = pytest.mark.django_db


def test_a_letter_is_downloaded_then_marked_and_leaves_the_list() -> None:
    case = make_case()
    seal(kind="name", value="陈示例", person_id=case.claim.debtor_id, at=AT)
    attempt = case.reach(AT, "letter", template="first_notice")
    client = signed_in(Role.OPERATOR)
    with clock.at(LATER):
        page = client.get("/letters/").content.decode()
        assert case.claim.number in page
        assert "陈" not in page

        file = client.get(f"/letters/{attempt.pk}/file.pdf")
        assert file.content.startswith(b"%PDF")
        assert file["Content-Disposition"].startswith("attachment;")
        assert "no-store" in file["Cache-Control"]
        assert Entry.objects.filter(facts__purpose="deliver", at=LATER).count() == 1

        done = client.post(f"/letters/{attempt.pk}/printed/", follow=True).content.decode()
        assert "Marked as printed." in done
        assert 'data-test="letter-printed"' not in done
        assert 'data-test="letter-posted"' in done

        gone = client.post(f"/letters/{attempt.pk}/posted/", follow=True).content.decode()
        assert "Marked as posted." in gone
        assert case.claim.number not in gone
    letter = Delivery.objects.get()
    assert (letter.printed_at, letter.posted_at) == (LATER, LATER)


def test_a_printed_letter_is_not_opened_again() -> None:
    attempt = make_case().reach(AT, "letter", template="first_notice")
    Delivery.objects.update(printed_at=AT)
    client = signed_in(Role.OPERATOR)
    assert client.get(f"/letters/{attempt.pk}/file.pdf").status_code == 409
    again = client.post(f"/letters/{attempt.pk}/printed/", follow=True).content.decode()
    assert "printed already" in again


def test_the_side_bar_counts_what_waits() -> None:
    make_case().reach(AT, "letter", template="first_notice")
    page = signed_in(Role.OPERATOR).get("/letters/")
    items = [item for group in page.context["nav"] for item in group.links]
    assert [item.count for item in items if item.label == "Letters to print"] == [1]
