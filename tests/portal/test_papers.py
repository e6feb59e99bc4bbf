"""The copy of everything, and the answer to a wish for deletion."""

from __future__ import annotations

import json
from uuid import uuid4

import pytest
from django.test import Client

from qinghe.claims.models import DisputePaper
from qinghe.journal.models import Entry
from qinghe.settlement.models import CashierOrder
from tests.portal.conftest import ANSWER, World
from tests.portal.test_debit import FIELDS, running
from tests.portal.test_papers_sent import contest, photo
from tests.portal.test_pay import go, notice, tell
from tests.shown import fields_of


def test_the_copy_is_unmasked_and_each_secret_opened_is_on_record(
    inside: Client, world: World
) -> None:
    response = inside.post("/d/papers/copy/", {"format": "json"})
    content = json.loads(response.content)
    values = {row["kind"]: row["value"] for row in content["identity"]}
    assert values["name"] == "陈测试"
    assert values["id_number"].endswith(ANSWER)
    assert {row["number"] for row in content["claims"]} == {
        world.claim.number,
        world.other.number,
    }
    opened = Entry.objects.filter(kind__startswith="parties.", actor__startswith="debtor:")
    assert opened.count() >= len(content["identity"])


def test_the_copy_to_read_is_one_plain_file(inside: Client, world: World) -> None:
    response = inside.post("/d/papers/copy/", {"format": "html"})
    assert response["Content-Disposition"] == 'attachment; filename="my-data.html"'
    assert "陈测试" in response.content.decode()


def test_the_copy_holds_what_was_sent_and_allowed_and_nothing_of_other_peoples_business(
    inside: Client, world: World
) -> None:
    running(world)
    place = f"/d/claims/{world.claim.pk}/debit/"
    inside.post(place, {**FIELDS, **fields_of(inside, place)})
    go(inside, world, part_of="part", amount="10")
    tell(inside, notice(CashierOrder.objects.get()))
    contest(inside, world, photo(name="receipt-of-march.jpg"))
    paper = DisputePaper.objects.get()
    response = inside.post("/d/papers/copy/", {"format": "json"})
    content = json.loads(response.content)
    assert [row["filename"] for row in content["papers_sent"]] == ["receipt-of-march.jpg"]
    assert [row["most"] for row in content["direct_debits"]] == [60_000]
    assert [row["amount"] for row in content["payments"]] == [1_000]
    for word in ("commission", "platform_fee", "reserve", "creditor_share", "frozenset"):
        assert word not in response.content.decode()
    assert all(isinstance(row["reachable"], list) for row in content["claims"])
    read = inside.post("/d/papers/copy/", {"format": "html"}).content.decode()
    address = f"/d/claims/{world.claim.pk}/papers/{paper.pk}/"
    assert f'href="http://testserver{address}">receipt-of-march.jpg' in read
    assert inside.get(address).status_code == 200
    assert "示例银行" in read
    assert "6222000011112223" not in read.partition("Direct debit")[2].partition("</ul>")[0]


@pytest.mark.parametrize("kind", ["", "xml"])
def test_a_copy_in_an_unknown_form_is_not_there(inside: Client, world: World, kind: str) -> None:
    assert inside.post("/d/papers/copy/", {"format": kind}).status_code == 404


def test_a_wish_for_deletion_is_written_down_once(inside: Client, world: World) -> None:
    page = "/d/papers/deletion/"
    assert "What stays, and why" in inside.get(page).content.decode()
    key = uuid4().hex
    for _each in range(2):
        assert inside.post(page, {"request_key": key}).status_code == 302
    assert Entry.objects.filter(kind="parties.erasure-asked").count() == 1
    assert "You asked for deletion on" in inside.get(page).content.decode()
