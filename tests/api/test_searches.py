"""Kept searches, the map, a lead's team and the word about a return, by machine."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from qinghe.kernel.actor import Role, system
from qinghe.market.models import Mandate, TeamMember
from qinghe.market.services.teams import name_lead
from qinghe.parties.models import Membership
from tests import factories
from tests.api.conftest import NOON, Market, caller
from tests.market.test_searches import listed


def test_a_search_is_kept_counted_renamed_looked_at_and_let_go(market: Market) -> None:
    machine = market[Role.COLLECTOR]
    body = {"name": "Near", "filters": {"stages": [market.claim.stage], "min_commission": "0.1"}}
    kept = machine.post("/searches", body, once="k1")
    assert kept.status_code == 201, kept.content
    assert machine.post("/searches", body, once="k1").json() == kept.json()
    assert kept.json()["filters"] == {
        "stages": [market.claim.stage], "min_commission": "0.1", "order": "recent"
    }  # fmt: skip
    listed(1, at=NOON + timedelta(hours=1), stage=market.claim.stage)
    (row,) = machine.get("/searches").json()
    assert (row["new"], row["capped"], row["notice"]) == (1, False, False)
    path = f"/searches/{row['id']}"
    told = machine.post(path, {"name": "Far", "notice": True}).json()
    assert (told["name"], told["notice"]) == ("Far", True)
    other = caller(Role.COLLECTOR, market.collector)
    assert other.get("/searches").json() == []
    assert other.post(f"{path}/delete").status_code == 404
    assert machine.post(f"{path}/delete").status_code == 204
    assert machine.get("/searches").json() == []


def test_the_map_tells_provinces_of_five_and_names_smaller_ones(market: Market) -> None:
    machine = market[Role.COLLECTOR]
    listed(5, at=NOON, region="310000")
    listed(1, at=NOON, region="320000", product="small_loan")
    told = machine.get("/listings/map").json()
    assert told["counts"] == {"310000": 5}
    assert (told["few"], told["nowhere"], told["total"]) == ([], 1, 6)
    assert machine.get("/listings/map", products="small_loan").json()["total"] == 1


def test_a_lead_makes_queues_takes_people_in_and_moves_a_debtor(market: Market) -> None:
    mandate = factories.mandate(market.claim, market.collector)
    lead = Membership.objects.get(organisation=market.collector).user
    caller(Role.COLLECTOR, market.collector)
    people = Membership.objects.filter(organisation=market.collector)
    other = people.exclude(user=lead).get().user
    name_lead(org_id=market.collector.pk, user_id=lead.pk, actor=system("test"), at=NOON)
    machine = market[Role.COLLECTOR]
    queue = machine.post("/team/queues", {"name": "All"}).json()
    made = machine.post(
        "/team/members", {"user_id": str(other.pk), "capacity": 5, "queues": [queue["id"]]}
    )
    assert made.status_code == 201, made.content
    assert machine.post("/team/distribution").json() == {"given": 1, "waiting": 0}
    (case,) = machine.get("/team/cases").json()
    assert case["claim_id"] == str(mandate.claim_id)
    held = {row["user_id"]: row for row in machine.get("/team").json()["members"]}
    assert held[str(other.pk)]["held"] == 1
    us = TeamMember.objects.get(user=lead)
    path = f"/team/members/{us.pk}"
    assert machine.post(path, {"capacity": 3}).status_code == 200
    move = {"member_id": str(us.pk), "reason": "Knows the case"}
    assert machine.post(f"/team/cases/{mandate.claim_id}/move", move).status_code == 204
    assert machine.get("/team/cases").json()[0]["member_id"] == str(us.pk)
    gone = held[str(other.pk)]["id"]
    assert machine.post(f"/team/members/{gone}/leave").json() == {"given": 0, "waiting": 0}
    assert machine.post(f"/team/queues/{queue['id']}/end").status_code == 204
    assert machine.get("/team").json()["queues"] == []
    nobody = market[Role.CREDITOR].get("/team")
    assert (nobody.status_code, nobody.json()["code"]) == (403, "market.not-a-lead")


@pytest.mark.parametrize(("word", "excuse"), [("confirm", "confirmed"), ("refuse", "refused")])
def test_a_creditor_says_whether_the_reason_of_a_return_holds(
    market: Market, word: str, excuse: str
) -> None:
    factories.mandate(market.claim, market.collector)
    mandate = Mandate.objects.get()
    back = {"reason": "Nobody was reached", "code": "no_contact"}
    given = market[Role.COLLECTOR].post(f"/mandates/{mandate.pk}/return", back).json()
    assert given["excuse"] == "waiting"
    path = f"/mandates/{mandate.pk}/return/{word}"
    body = {"words": "There was an address"} if word == "refuse" else None
    told = market[Role.CREDITOR].post(path, body).json()
    assert (told["excuse"], bool(told["excuse_words"])) == (excuse, word == "refuse")
    again = market[Role.CREDITOR].post(path, body)
    assert again.json()["code"] == "market.nothing-to-excuse"
    assert market[Role.CREDITOR].post(f"/mandates/{uuid4()}/return/{word}", body).status_code == 404
