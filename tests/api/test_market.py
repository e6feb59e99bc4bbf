"""A claim's life by machine: listed, taken, contacted, paid, complained about, given back."""

from __future__ import annotations

import pytest

from qinghe.contact.models import Attempt
from qinghe.kernel.actor import Role
from qinghe.market.models import Mandate
from qinghe.settlement.models import Payment
from tests import factories
from tests.api.conftest import Caller, Market

OFFER = {"commission_rate": "0.25", "quality_share": "0.2", "period_days": 90}


def listed(market: Market) -> str:
    answer = market[Role.CREDITOR].post(f"/claims/{market.claim.pk}/listing", OFFER)
    assert answer.status_code == 201, answer.content
    return str(answer.json()["id"])


def taken(market: Market) -> str:
    answer = market[Role.COLLECTOR].post(f"/listings/{listed(market)}/mandate")
    assert answer.status_code == 201, answer.content
    return str(answer.json()["id"])


def test_an_order_is_listed_without_identity_and_taken_once(market: Market) -> None:
    listing = listed(market)
    row = market[Role.COLLECTOR].get("/listings").json()["items"][0]
    assert (row["id"], row["takeable"], row["why_not"]) == (listing, True, None)
    assert "陈" not in str(row)
    assert "claim" not in " ".join(row)
    assert market[Role.COLLECTOR].post(f"/listings/{listing}/mandate").status_code == 201
    again = market[Role.COLLECTOR].post(f"/listings/{listing}/mandate")
    assert (again.status_code, again.json()["code"]) == (409, "market.already-taken")


def test_taking_with_the_same_key_answers_the_same(market: Market) -> None:
    path = f"/listings/{listed(market)}/mandate"
    first = market[Role.COLLECTOR].post(path, once="k1")
    second = market[Role.COLLECTOR].post(path, once="k1")
    assert (second.status_code, second.json()) == (201, first.json())
    assert Mandate.objects.count() == 1


def test_the_same_key_for_something_else_is_refused(market: Market) -> None:
    market[Role.COLLECTOR].post(f"/listings/{listed(market)}/mandate", once="k1")
    other = factories.claim(creditor=market.creditor)
    factories.point(other.debtor)
    offered = market[Role.CREDITOR].post(f"/claims/{other.pk}/listing", OFFER).json()
    answer = market[Role.COLLECTOR].post(f"/listings/{offered['id']}/mandate", once="k1")
    assert (answer.status_code, answer.json()["code"]) == (409, "journal.key-reused")


def test_a_withdrawn_order_cannot_be_taken(market: Market) -> None:
    listing = listed(market)
    answer = market[Role.CREDITOR].post(f"/listings/{listing}/withdrawal")
    assert answer.json()["state"] == "withdrawn"
    assert market[Role.COLLECTOR].post(f"/listings/{listing}/mandate").status_code == 409


@pytest.mark.parametrize(("role", "act"), [(Role.COLLECTOR, "return"), (Role.CREDITOR, "recall")])
def test_a_mandate_ends_by_either_side(market: Market, role: Role, act: str) -> None:
    mandate = taken(market)
    assert market[role].post(f"/mandates/{mandate}/{act}", {"reason": ""}).status_code == 422
    answer = market[role].post(f"/mandates/{mandate}/{act}", {"reason": "moved"})
    assert answer.status_code == 200
    assert answer.json()["closed_at"] is not None
    assert market[role].get("/mandates").json()["items"] == []
    found = market[role].get("/mandates", state=answer.json()["state"]).json()["items"]
    assert [row["id"] for row in found] == [mandate]


def test_a_permitted_contact_is_201_and_a_refused_one_names_its_rule(market: Market) -> None:
    taken(market)
    path = f"/claims/{market.claim.pk}/contacts"
    body = {"channel": "voice", "template": "reminder"}
    first = market[Role.COLLECTOR].post(path, body, once="c1")
    assert (first.status_code, first.json()["state"]) == (201, "permitted")
    assert market[Role.COLLECTOR].post(path, body, once="c1").json() == first.json()
    answer = first
    for _each in range(8):
        answer = market[Role.COLLECTOR].post(path, body)
        if answer.status_code != 201:
            break
    assert (answer.status_code, answer.json()["code"]) == (409, "contact.refused")
    assert {"rule", "next_allowed_at"} <= set(answer.json()["facts"])
    assert Attempt.objects.filter(state="refused").count() == 1
    rows = market[Role.COLLECTOR].get(path).json()
    assert {row["state"] for row in rows} == {"permitted", "refused"}
    refused = next(row for row in rows if row["state"] == "refused")
    why = market[Role.COLLECTOR].get(f"/contacts/{refused['id']}").json()
    assert why["rules"]
    assert why["pack"]


def test_the_budget_says_what_is_left_and_never_an_address(market: Market) -> None:
    taken(market)
    answer = market[Role.COLLECTOR].get(f"/claims/{market.claim.pk}/budget")
    assert answer.status_code == 200
    assert {row["channel"] for row in answer.json()["channels"]} >= {"voice", "sms"}
    assert "@" not in answer.content.decode()


def test_an_outcome_is_recorded_once_the_call_was_made(market: Market) -> None:
    taken(market)
    body = {"channel": "voice", "template": "reminder"}
    made = market[Role.COLLECTOR].post(f"/claims/{market.claim.pk}/contacts", body).json()
    path = f"/contacts/{made['id']}/outcome"
    early = market[Role.COLLECTOR].post(path, {"outcome": "talk"})
    assert (early.status_code, early.json()["code"]) == (409, "contact.not-sent-yet")
    Attempt.objects.filter(pk=made["id"]).update(state="done")
    assert market[Role.COLLECTOR].post(path, {"outcome": "talk"}).json()["outcome"] == "talk"
    assert market[Role.COLLECTOR].post(path, {"outcome": "talk"}).status_code == 409


def test_a_collector_reads_the_claim_it_works_and_no_other(market: Market) -> None:
    path = f"/claims/{market.claim.pk}"
    assert market[Role.COLLECTOR].get(path).status_code == 404
    taken(market)
    assert market[Role.COLLECTOR].get(path).json()["number"] == market.claim.number


def test_a_reported_payment_books_once(market: Market) -> None:
    path = f"/claims/{market.claim.pk}/payments"
    body = {"amount": 5000, "currency": "CNY", "paid_on": "2026-11-20", "reference": "B-1"}
    first = market[Role.CREDITOR].post(path, body)
    assert first.status_code == 201
    assert first.json()["parts"] == {"principal": 5000}
    assert market[Role.CREDITOR].post(path, body).json()["id"] == first.json()["id"]
    differs = market[Role.CREDITOR].post(path, {**body, "amount": 1})
    assert (differs.status_code, differs.json()["code"]) == (409, "settlement.payment-differs")
    assert Payment.objects.count() == 1
    assert market[Role.COLLECTOR].post(path, body).status_code in (403, 404)


def test_payments_come_piece_by_piece(market: Market) -> None:
    for number in range(5):
        body = {"amount": 100, "currency": "CNY", "paid_on": "2026-11-20", "reference": f"{number}"}
        market[Role.CREDITOR].post(f"/claims/{market.claim.pk}/payments", body)
    seen, cursor = [], ""
    for _each in range(3):
        piece = market[Role.CREDITOR].get("/payments", limit=2, cursor=cursor).json()
        seen += [row["reference"] for row in piece["items"]]
        cursor = piece["next_cursor"]
    assert cursor is None
    assert sorted(seen) == ["0", "1", "2", "3", "4"]


def test_a_statement_adds_up(market: Market) -> None:
    days = {"starts_on": "2026-11-01", "ends_on": "2026-11-30"}
    answer = market[Role.CREDITOR].get("/statement", **days)
    assert answer.status_code == 200
    assert answer.json()["opening"] == answer.json()["closing"] == 0
    assert market[Role.REGULATOR].get("/statement", **days).status_code == 403


def test_a_complaint_of_a_creditor_stops_contact(market: Market) -> None:
    taken(market)
    body = {"kind": "rude", "statement": "secret words", "claim_id": str(market.claim.pk)}
    made = market[Role.CREDITOR].post("/complaints", body, once="x")
    assert made.status_code == 201
    assert "secret" not in made.content.decode()
    assert market[Role.CREDITOR].post("/complaints", body, once="x").json() == made.json()
    found = market[Role.COMPLIANCE].get(f"/complaints/{made.json()['id']}")
    assert found.json()["number"] == made.json()["number"]
    call = market[Role.COLLECTOR].post(
        f"/claims/{market.claim.pk}/contacts", {"channel": "voice", "template": "reminder"}
    )
    assert call.status_code == 409


def test_a_stranger_finds_nothing(market: Market, stranger: Caller) -> None:
    listing, claim = listed(market), market.claim.pk
    for path in (f"/claims/{claim}", f"/claims/{claim}/budget", f"/listings/{listing}"):
        assert stranger.get(path).status_code == 404, path
    for path in ("/claims", "/mandates", "/payments", "/complaints", "/batches"):
        assert stranger.get(path).json()["items"] == [], path
    assert stranger.get(f"/claims/{claim}/contacts").json() == []
    assert stranger.post(f"/claims/{claim}/listing", OFFER).status_code == 404
    assert stranger.post(f"/listings/{listing}/withdrawal").status_code == 404
