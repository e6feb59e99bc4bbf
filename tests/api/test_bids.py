"""Sealed bids by machine: invited, handed in, taken back, opened; closed to everybody else."""

from __future__ import annotations

import hashlib
from datetime import timedelta

from qinghe.kernel.actor import Role
from qinghe.market.models import BidEnvelope, Invitation
from qinghe.market.services import open_due
from tests.api.conftest import NOON, Caller, Market

BID = {"rate": "0.15", "quality_share": "0.25"}


def invited(market: Market) -> str:
    closes_at = (NOON + timedelta(days=2)).isoformat()
    terms = {"mode": "bid", "commission_rate": "0.3", "quality_share": "0.2", "period_days": 90}
    path = f"/claims/{market.claim.pk}/listing"
    answer = market[Role.CREDITOR].post(path, {**terms, "closes_at": closes_at})
    assert answer.status_code == 201, answer.content
    assert answer.json()["commission_rate"] == "0.0000"
    return str(answer.json()["id"])


def test_a_bid_lives_its_life(market: Market, stranger: Caller) -> None:
    here = f"/listings/{invited(market)}"
    collector, creditor = market[Role.COLLECTOR], market[Role.CREDITOR]
    (row,) = collector.get("/listings", mode="bid").json()["items"]
    assert row["mode"] == "bid"
    terms = collector.get(f"{here}/invitation").json()
    known = creditor.get(f"{here}/invitation").json()
    # The creditor knows the amount; to a bidder the floor is that of what the hall shows.
    assert terms.pop("floor")["rate"] < known["floor"]["rate"]
    assert terms == {name: value for name, value in known.items() if name != "floor"}
    terms = collector.get(f"{here}/invitation").json()
    assert {line["what"] for line in terms["floor"]["lines"]} == {
        "call", "message", "letter", "minute",
    }  # fmt: skip
    assert collector.get(f"{here}/bid").status_code == 404
    low = collector.post(f"{here}/bid", {**BID, "rate": "0.0001"})
    assert (low.status_code, low.json()["code"]) == (422, "market.below-floor")
    made = collector.post(f"{here}/bid", BID, once="b1")
    assert made.status_code == 201
    assert collector.post(f"{here}/bid", BID, once="b1").json() == made.json()
    assert BidEnvelope.objects.count() == 1
    receipt = made.json()
    plain = receipt["plain"].ljust(640).encode()
    assert hashlib.sha256(plain).hexdigest() == receipt["commitment"]
    closed = creditor.get(f"{here}/box")
    assert (closed.status_code, closed.json()["code"]) == (409, "market.bids-sealed")
    assert creditor.get("/bids").json() == []
    assert collector.post(f"{here}/bid/withdrawal").json()["rate"] is None
    collector.post(f"{here}/bid", BID)
    taking = collector.post(f"{here}/mandate")
    assert (taking.status_code, taking.json()["code"]) == (409, "market.only-by-bid")
    open_due(at=Invitation.objects.get().opens_at)
    (opened,) = creditor.get(f"{here}/box").json()
    assert (opened["rank"], opened["rate"], opened["reason"]) == (1, "0.1500", "won")
    assert collector.get("/bids").json()[0]["reason"] == "won"
    assert stranger.get(f"{here}/box").status_code == 404


def test_a_closing_time_needs_a_zone_and_a_bid_mode_a_closing_time(market: Market) -> None:
    path = f"/claims/{market.claim.pk}/listing"
    terms = {"mode": "bid", "commission_rate": "0.3", "quality_share": "0.2", "period_days": 90}
    bare = market[Role.CREDITOR].post(path, {**terms, "closes_at": "2026-11-26T12:00:00"})
    assert (bare.status_code, bare.json()["code"]) == (422, "api.invalid")
    none = market[Role.CREDITOR].post(path, terms)
    assert (none.status_code, none.json()["code"]) == (422, "market.bad-terms")
