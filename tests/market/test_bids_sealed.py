"""Before the opening nothing tells how many bids there are, or whether there is one."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from django.db import connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext

from config import logs
from config.logs import SealedAddresses
from qinghe.journal.models import Entry
from qinghe.kernel.actor import Actor, Role
from qinghe.kernel.errors import DomainError
from qinghe.market.envelopes import LENGTH
from qinghe.market.models import BidBox, BidEnvelope, Listing
from qinghe.market.queries import hall, listing_for
from qinghe.market.queries.bid_figures import reasons_published
from qinghe.market.queries.bids import (
    invitation_for,
    invitations,
    my_bid,
    my_bids,
    my_refusals,
    result,
)
from qinghe.market.services import hand_in, open_due, take, withdraw_bid
from qinghe.parties.models import Organisation
from tests import factories
from tests.factories import AT
from tests.market.bidders import HOUR, MINUTE, bid, invited, opens
from tests.market.conftest import licensed

pytestmark = pytest.mark.django_db

CROWDS = (0, 1, 50)
LOOK = AT + 3 * HOUR
WRITES = re.compile(r'(?:INSERT INTO|UPDATE|DELETE FROM)\s+"?(\w+)')
STAFF = (Role.OPERATOR, Role.COMPLIANCE, Role.REVIEWER, Role.REGULATOR)
READS: dict[str, Callable[[Listing, Actor], Any]] = {
    "hall": lambda _listing, actor: hall(actor=actor, at=LOOK),
    "listing": lambda listing, actor: listing_for(listing_id=listing.pk, actor=actor, at=LOOK),
    "invitation": lambda listing, actor: invitation_for(listing_id=listing.pk, actor=actor),
    "invitations": lambda _listing, actor: invitations(actor=actor),
    "own": lambda listing, actor: my_bid(listing_id=listing.pk, actor=actor),
    "all own": lambda _listing, actor: my_bids(actor=actor),
    "refused": lambda listing, actor: my_refusals(listing_id=listing.pk, actor=actor),
    "result": lambda listing, actor: result(listing_id=listing.pk, actor=actor),
    "take": lambda listing, actor: take(listing_id=listing.pk, actor=actor, at=LOOK),
    "figures": lambda _listing, _actor: reasons_published(at=LOOK),
}


def heard(listing: Listing, eyes: dict[str, Actor]) -> dict[str, str]:
    """Return what everybody hears from every read, refusals included, with its statements."""
    found = {}
    for who, actor in eyes.items():
        for what, read in READS.items():
            with CaptureQueriesContext(connection) as asked:
                try:
                    words = repr(read(listing, actor))
                except DomainError as refusal:
                    words = f"{refusal.code}: {refusal.user_message} {refusal.facts}"
            found[f"{who} reads {what}"] = f"{len(asked.captured_queries)}: {words}"
    return found


def people(listing: Listing) -> dict[str, Actor]:
    creditor = Organisation.objects.get(pk=listing.claim.creditor_id)
    return {
        "creditor": factories.actor(Role.CREDITOR, creditor),
        "collector": licensed(),
        **{role.value: factories.actor(role) for role in STAFF},
    }


def journal(since: int = 0) -> list[tuple[Any, ...]]:
    """Return journal rows as a reader sees them; of hashes and boxes only that they are there."""
    rows = Entry.objects.filter(pk__gt=since).order_by("id")
    return [
        (row.kind, row.subject.split(":")[0], row.actor, sorted(row.facts), row.person_id)
        for row in rows
    ]


@pytest.fixture
def bidders() -> list[Actor]:
    return [licensed() for _ in range(max(CROWDS))]


def test_everybody_hears_the_same_whether_none_or_one_or_fifty_bid(bidders: list[Actor]) -> None:
    listing = invited()
    eyes = people(listing)
    bid(listing, "0.21", eyes["collector"])
    answers, done = [], 0
    for count in CROWDS:
        for bidder in bidders[done:count]:
            bid(listing, "0.20", bidder)
        done = count
        answers.append(heard(listing, eyes))
    assert BidEnvelope.objects.count() == max(CROWDS) + 1
    assert answers[0] == answers[1] == answers[2]
    assert "market.bids-sealed" in answers[0]["creditor reads result"]
    assert "0.21" in answers[0]["collector reads own"]


@pytest.mark.parametrize("seed", range(4))
def test_no_sequence_of_what_others_do_is_heard(seed: int, bidders: list[Actor]) -> None:
    drawn, listing = Random(seed), invited()
    eyes = people(listing)
    before = heard(listing, eyes)
    for place in range(30):
        other, at = drawn.choice(bidders[:8]), AT + HOUR + place * MINUTE
        act = drawn.choice(["bid", "bid", "withdraw", "too low", "open due"])
        try:
            if act == "withdraw":
                withdraw_bid(listing_id=listing.pk, actor=other, at=at)
            elif act == "open due":
                open_due(at=at)
            else:
                rate = "0.0002" if act == "too low" else f"0.{drawn.randrange(10, 40)}"
                bid(listing, rate, other, at=at)
        except DomainError:
            continue
    assert BidEnvelope.objects.exists()
    assert heard(listing, eyes) == before


def test_the_journal_has_one_row_a_minute_however_many_bid(bidders: list[Actor]) -> None:
    listing = invited()
    minutes, last = [], Entry.objects.latest("id").pk
    for place, count in enumerate(CROWDS):
        for bidder in bidders[:count]:
            bid(listing, "0.20", bidder)
        open_due(at=AT + HOUR + place * MINUTE)
        minutes.append(journal(last))
        last = Entry.objects.latest("id").pk
    assert minutes[0] == minutes[1] == minutes[2]
    assert len(minutes[0]) == 1
    assert BidEnvelope.objects.filter(box__isnull=True).count() == 0
    assert len({bytes(box.root) for box in BidBox.objects.all()}) == len(CROWDS)


def test_an_empty_box_has_a_root_that_nobody_can_know(bidders: list[Actor]) -> None:
    invited()
    open_due(at=AT + HOUR)
    open_due(at=AT + HOUR + MINUTE)
    one, two = BidBox.objects.order_by("id")
    assert bytes(one.root) != bytes(two.root)


def test_a_bidder_hears_and_costs_the_same_whoever_bid_before(bidders: list[Actor]) -> None:
    listing = invited()
    newcomers = [licensed() for _ in CROWDS]
    costs, done = [], 0
    for count, newcomer in zip(CROWDS, newcomers, strict=True):
        for bidder in bidders[done:count]:
            bid(listing, "0.20", bidder)
        done = count
        with CaptureQueriesContext(connection) as asked:
            made = bid(listing, "0.20", newcomer)
            with pytest.raises(DomainError) as refusal:
                bid(listing, "0.0002", newcomer)
            withdraw_bid(listing_id=listing.pk, actor=newcomer, at=LOOK)
        # Of every statement its text; the ids and moments in it are the bidder's own.
        shapes = [re.sub(r"'[^']*'(::\w+)?|_\w+_x\d+|\bs\d+_x\d+", "?", q["sql"]) for q in asked]
        costs.append((shapes, refusal.value.user_message, len(made.sealed)))
    assert costs[0] == costs[1] == costs[2]


def test_all_envelopes_look_alike_and_hold_no_figure_in_the_open() -> None:
    listing, taker = invited(), licensed()
    bid(listing, "0.2", taker)
    bid(listing, "0.1234", taker, quality_share=Decimal("0.9999"))
    withdraw_bid(listing_id=listing.pk, actor=taker, at=LOOK)
    rows = list(BidEnvelope.objects.values("sealed", "commitment"))
    assert {len(row["sealed"]) for row in rows} == {LENGTH + 12 + 16}
    assert len({row["commitment"] for row in rows}) == len(rows)
    assert not any(b"1234" in bytes(row["sealed"]) for row in rows)
    assert listing.commission_rate == 0


def test_no_bid_wakes_a_job_or_changes_the_order(bidders: list[Actor]) -> None:
    listing = invited()
    before = Listing.objects.values().get()
    with CaptureQueriesContext(connection) as asked:
        for bidder in bidders[:3]:
            bid(listing, "0.2", bidder)
    assert Listing.objects.values().get() == before
    written = {found[1] for query in asked if (found := WRITES.search(query["sql"]))}
    assert written == {"market_bidenvelope"}


def test_losers_of_an_opening_are_not_named_to_the_creditor() -> None:
    listing, loser = invited(), licensed()
    bid(listing, "0.2", loser)
    bid(listing, "0.1")
    opens(listing)
    name = Organisation.objects.get(pk=loser.org_id).name
    words = repr(result(listing_id=listing.pk, actor=people(listing)["creditor"]))
    assert name not in words
    assert str(loser.org_id) not in words


def test_the_request_key_makes_a_bid_once() -> None:
    listing, taker = invited(), licensed().with_key("once")
    given = {"listing_id": listing.pk, "rate": Decimal("0.2"), "quality_share": Decimal("0.2")}
    first = hand_in(**given, actor=taker, at=LOOK)  # type: ignore[arg-type]
    assert hand_in(**given, actor=taker, at=LOOK).pk == first.pk  # type: ignore[arg-type]
    assert BidEnvelope.objects.count() == 1


def test_the_log_is_silent_where_bids_are_handed_in_unless_something_breaks() -> None:
    def kept(path: str, level: int = logging.WARNING) -> bool:
        record = logging.makeLogRecord({"levelno": level, "request": RequestFactory().post(path)})
        return SealedAddresses().filter(record)

    assert not kept("/hall/0193/bid/")
    assert not kept("/api/listings/0193/bid")
    assert not kept("/hall/0193/bid/withdraw/")
    assert kept("/hall/0193/bid/", logging.ERROR)
    assert kept("/hall/0193/take/")
    assert kept("/bids/")
    assert logs.settings()["handlers"]["stderr"]["filters"] == ["sealed"]
