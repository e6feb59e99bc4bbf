"""From an invitation to a mandate, and everything that keeps a bid from winning."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from unittest.mock import patch

import pytest

from qinghe.claims.models import Claim
from qinghe.claims.services import place_hold
from qinghe.kernel.actor import Actor, Role, system
from qinghe.market.bid_refusals import (
    BadBid,
    BadClosing,
    BadCosts,
    BelowFloor,
    BidsClosed,
    BidsNotDue,
    BidsSealed,
    CostsVersionUsed,
    NoBid,
    NotByBid,
    ReserveBelowFloor,
    TooManyHandIns,
)
from qinghe.market.bidding import CLOSING_WINDOW, HAND_INS
from qinghe.market.costs import built_in
from qinghe.market.models import (
    Bid,
    BidEnvelope,
    BidRefusal,
    Capacity,
    CostFigures,
    Invitation,
    Listing,
    Mandate,
)
from qinghe.market.queries.bid_audit import audit
from qinghe.market.queries.bids import invitations, my_bid, my_bids, result
from qinghe.market.refusals import BadTerms, NoLicence, OnlyByBid, OwnClaim
from qinghe.market.services import (
    end_expired,
    invite_bids,
    open_bids,
    open_due,
    publish,
    put_costs,
    take,
    withdraw_bid,
    withdraw_listing,
)
from qinghe.parties.models import Certificate, Licence, Organisation
from qinghe.parties.roles import NotPermitted
from tests import factories
from tests.factories import AT
from tests.market.bidders import ASKED, CLOSES, HOUR, MINUTE, bid, invited, opens, org
from tests.market.conftest import TERMS, licensed, reachable_claim

pytestmark = pytest.mark.django_db


def reasons(listing: Listing) -> dict[str, int]:
    rows = Bid.objects.filter(listing=listing).values_list("reason", flat=True)
    found = list(rows)
    return {reason: found.count(reason) for reason in found}


def test_the_lowest_bid_wins_and_begins_a_mandate_at_its_rate() -> None:
    listing = invited()
    bid(listing, "0.20")
    winner = licensed()
    bid(listing, "0.15", winner, quality_share=Decimal("0.5"))
    opens(listing)
    mandate = Mandate.objects.get()
    assert (mandate.collector_id, mandate.mode) == (winner.org_id, "bid")
    assert (mandate.commission_rate, mandate.quality_share) == (Decimal("0.15"), Decimal("0.5"))
    assert reasons(listing) == {"won": 1, "outranked": 1}
    listing.refresh_from_db()
    assert (listing.state, listing.claim.state) == ("taken", "placed")
    assert Capacity.objects.get(pk=winner.org_id).live == 1
    assert audit(listing_id=listing.pk) == []


def test_a_better_bid_replaces_the_first_and_a_withdrawn_one_does_not_count() -> None:
    listing = invited()
    improver, leaver = licensed(), licensed()
    bid(listing, "0.25", improver)
    bid(listing, "0.12", leaver)
    bid(listing, "0.14", improver, at=AT + 2 * HOUR)
    withdraw_bid(listing_id=listing.pk, actor=leaver, at=AT + 2 * HOUR)
    with pytest.raises(NoBid):
        withdraw_bid(listing_id=listing.pk, actor=leaver, at=AT + 2 * HOUR)
    opens(listing)
    assert Mandate.objects.get().commission_rate == Decimal("0.14")
    lost = my_bid(listing_id=listing.pk, actor=leaver)
    assert lost is not None
    assert (lost.reason, lost.rank, lost.rate) == ("withdrawn", None, None)


def test_a_bid_above_the_reserve_gets_nothing_and_the_claim_is_ready_again() -> None:
    listing = invited()
    bid(listing, "0.31")
    opens(listing)
    assert not Mandate.objects.exists()
    assert reasons(listing) == {"above_reserve": 1}
    listing.refresh_from_db()
    assert (listing.state, listing.claim.state) == ("expired", "ready")
    assert audit(listing_id=listing.pk) == []


def test_an_order_without_bids_ends_and_the_claim_is_ready_again() -> None:
    listing = invited()
    opens(listing)
    listing.refresh_from_db()
    assert (listing.state, listing.claim.state) == ("expired", "ready")


def full(taker: Actor) -> None:
    Capacity.objects.filter(pk=taker.org_id).update(limit=0)


def small(taker: Actor) -> None:
    Capacity.objects.filter(pk=taker.org_id).update(max_band=0)


def unlicensed(taker: Actor) -> None:
    Licence.objects.filter(organisation=taker.org_id).delete()


def uncertified(taker: Actor) -> None:
    Certificate.objects.filter(user_id=taker.user_id).update(revoked_at=AT)


def lapsed(taker: Actor) -> None:
    Organisation.objects.filter(pk=taker.org_id).update(level=0)


def related(taker: Actor) -> None:
    Organisation.objects.update(credit_code="")
    both = {taker.org_id, Claim.objects.get().creditor_id}
    Organisation.objects.filter(pk__in=both).update(credit_code="91310000MA1FL0000X")


@pytest.mark.parametrize(
    ("spoil", "reason", "detail"),
    [
        (full, "no_capacity", "market.no-capacity"),
        (small, "over_band", "market.over-band"),
        (unlicensed, "no_licence", "market.no-licence"),
        (uncertified, "no_standing", "parties.no-certificate"),
        (lapsed, "no_standing", "parties.not-assured"),
        (related, "conflict", "market.own-claim"),
    ],
)
def test_who_cannot_take_it_at_the_opening_is_passed_over_with_the_reason(
    spoil: object, reason: str, detail: str
) -> None:
    listing = invited()
    best, second = licensed(), licensed()
    bid(listing, "0.10", best)
    bid(listing, "0.20", second)
    spoil(best)  # type: ignore[operator]
    opens(listing)
    assert Mandate.objects.get().collector_id == second.org_id
    row = Bid.objects.get(listing=listing, collector=org(best))
    assert (row.reason, row.detail, row.rank) == (reason, detail, 1)
    assert Bid.objects.get(reason="won").rank == 2
    assert Capacity.objects.get(pk=best.org_id).live == 0


def test_a_claim_that_is_stopped_goes_to_nobody() -> None:
    listing = invited()
    bid(listing, "0.10")
    bid(listing, "0.20")
    claim = Claim.objects.get()
    place_hold(
        person_id=claim.debtor_id,
        claim_id=claim.pk,
        kind="dispute",
        cause="dispute:1",
        ends_at=None,
        actor=system("tests"),
        at=AT,
    )
    opens(listing)
    assert reasons(listing) == {"stopped": 2}
    assert not Mandate.objects.exists()


def test_a_bid_in_the_window_is_accepted_and_late_only_by_the_drawn_moment() -> None:
    listing = invited()
    early, slow = licensed(), licensed()
    bid(listing, "0.20", early)
    bid(listing, "0.21", slow)
    # Nobody can tell while it is handed in whether it is in time.
    for second in (1, 450, 900):
        bid(listing, "0.10", slow, at=CLOSES + timedelta(seconds=second))
    invitation = opens(listing)
    assert invitation.closed_at is not None
    assert CLOSES <= invitation.closed_at <= CLOSES + CLOSING_WINDOW
    counted = [s for s in (1, 450, 900) if CLOSES + timedelta(seconds=s) <= invitation.closed_at]
    winner = Mandate.objects.get()
    assert winner.commission_rate == (Decimal("0.10") if counted else Decimal("0.20"))
    assert audit(listing_id=listing.pk) == []


def test_who_only_came_late_is_told_so() -> None:
    listing = invited()
    late = licensed()
    until = Invitation.objects.get().opens_at
    bid(listing, "0.10", late, at=until - timedelta(microseconds=1))
    opens(listing)
    row = Bid.objects.get()
    assert (row.reason, row.rate) == ("late", None)
    assert not Mandate.objects.exists()


def test_after_the_opening_no_bid_is_accepted_and_the_refusal_is_kept() -> None:
    listing = invited()
    taker = licensed()
    until = Invitation.objects.get().opens_at
    with pytest.raises(BidsClosed):
        bid(listing, "0.10", taker, at=until)
    opens(listing)
    with pytest.raises(BidsClosed):
        bid(listing, "0.10", taker, at=until - MINUTE)
    assert BidRefusal.objects.get().reason == "late"
    assert not BidEnvelope.objects.exists()


def test_a_bid_below_cost_is_refused_line_by_line() -> None:
    listing = invited()
    taker = licensed()
    with pytest.raises(BelowFloor) as refusal:
        bid(listing, "0.0001", taker)
    said = refusal.value.user_message
    floor = Invitation.objects.get().floor_rate
    assert f"{floor * 100:.2f} %" in said
    assert {"calls", "letter_cost", "minutes", "cost", "recovered", "fee"} <= set(
        refusal.value.facts
    )
    bid(listing, str(floor), taker)
    assert BidRefusal.objects.get().reason == "below_floor"


@pytest.mark.parametrize(
    ("rate", "share"), [("0", "0.2"), ("1", "0.2"), ("NaN", "0.2"), ("0.2", "0.1"), ("0.2", "1.1")]
)
def test_a_bid_out_of_range_is_refused(rate: str, share: str) -> None:
    listing = invited()
    with pytest.raises(BadBid):
        bid(listing, rate, quality_share=Decimal(share))
    assert not BidEnvelope.objects.exists()


def test_who_may_not_work_the_order_hears_it_at_once() -> None:
    listing = invited()
    stranger, own = licensed(), licensed()
    unlicensed(stranger)
    with pytest.raises(NoLicence):
        bid(listing, "0.2", stranger)
    related(own)
    with pytest.raises(OwnClaim):
        bid(listing, "0.2", own)
    with pytest.raises(NotPermitted):
        bid(listing, "0.2", factories.actor(Role.CREDITOR, factories.organisation()))
    assert set(BidRefusal.objects.values_list("reason", flat=True)) == {"no_licence", "conflict"}


def test_nobody_hands_in_without_end() -> None:
    listing, taker = invited(), licensed()
    for _ in range(HAND_INS):
        bid(listing, "0.2", taker)
    with pytest.raises(TooManyHandIns):
        bid(listing, "0.2", taker)
    bid(listing, "0.2")


def test_an_order_by_bids_is_not_taken_and_other_orders_get_no_bids() -> None:
    listing = invited()
    taker = licensed()
    with pytest.raises(OnlyByBid):
        take(listing_id=listing.pk, actor=taker, at=AT)
    claim = reachable_claim()
    actor = factories.actor(Role.CREDITOR, claim.creditor)
    other = publish(claim_id=claim.pk, mode="grab", actor=actor, at=AT, **TERMS)
    with pytest.raises(NotByBid):
        bid(other, "0.2", taker)
    with pytest.raises(BadTerms):
        publish(
            claim_id=reachable_claim().pk,
            mode="bid",
            actor=factories.actor(Role.OPERATOR),
            at=AT,
            **TERMS,
        )


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"closes_at": AT + 23 * HOUR}, BadClosing),
        ({"closes_at": AT + timedelta(days=29)}, BadClosing),
        ({"reserve": Decimal(0)}, BadTerms),
        ({"reserve": Decimal(1)}, BadTerms),
        ({"quality_share": Decimal(0)}, BadTerms),
        ({"reserve": Decimal("0.01")}, ReserveBelowFloor),
    ],
)
def test_an_invitation_out_of_range_is_refused(
    change: dict[str, object], refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        invited(**change)
    assert not Listing.objects.exists()


def test_many_claims_are_invited_and_the_others_counted_by_reason() -> None:
    creditor = factories.organisation()
    good = [reachable_claim(creditor=creditor) for _ in range(2)]
    dear = reachable_claim(creditor=creditor, stage="M7", hand=4)
    foreign = reachable_claim()
    ids = [claim.pk for claim in (*good, dear, foreign)]
    actor = factories.actor(Role.CREDITOR, creditor)
    done = invite_bids(claim_ids=ids, actor=actor, at=AT, **ASKED)
    assert done.listed == 2
    assert done.skipped == {"market.reserve-below-floor": 1, "market.not-your-claim": 1}


def test_a_box_taken_back_is_never_opened() -> None:
    listing = invited()
    taker = licensed()
    bid(listing, "0.2", taker)
    actor = factories.actor(Role.CREDITOR, Claim.objects.get().creditor)
    withdraw_listing(listing_id=listing.pk, actor=actor, at=AT + 2 * HOUR)
    assert opens(listing).opened_at is None
    assert not Bid.objects.exists()
    with pytest.raises(BidsClosed):
        bid(listing, "0.2", taker, at=AT + 3 * HOUR)
    mine = my_bid(listing_id=listing.pk, actor=taker)
    assert mine is not None
    assert mine.state == "withdrawn"
    with pytest.raises(BidsSealed):
        result(listing_id=listing.pk, actor=actor)


def test_the_sweep_of_the_hall_leaves_a_closed_box_to_its_opening() -> None:
    listing = invited()
    bid(listing, "0.2")
    until = Invitation.objects.get().opens_at
    assert end_expired(at=until + HOUR)["expired"] == 0
    assert open_due(at=until + HOUR) == 1
    assert open_due(at=until + HOUR) == 0
    assert Mandate.objects.count() == 1


def test_a_claim_that_ended_meanwhile_opens_nothing() -> None:
    listing = invited()
    bid(listing, "0.2")
    Claim.objects.update(state="withdrawn")
    assert opens(listing).opened_at is None
    listing.refresh_from_db()
    assert listing.state == "withdrawn"


def test_nobody_opens_a_box_early() -> None:
    listing = invited()
    bid(listing, "0.2")
    with pytest.raises(BidsNotDue):
        open_bids(listing_id=listing.pk, actor=system("tests"), at=CLOSES + CLOSING_WINDOW)
    with pytest.raises(NotByBid):
        open_bids(listing_id=factories.organisation().pk, actor=system("tests"), at=CLOSES)


def test_terms_that_changed_since_the_signature_bind_nobody() -> None:
    listing = invited()
    bid(listing, "0.2")
    with patch("qinghe.market.services.opening.terms") as changed:
        changed.return_value.sha256 = "another"
        opens(listing)
    assert reasons(listing) == {"terms_changed": 1}


def test_each_side_sees_its_own_after_the_opening() -> None:
    listing = invited()
    loser, winner, stranger = licensed(), licensed(), licensed()
    bid(listing, "0.25", loser)
    bid(listing, "0.15", winner)
    creditor = factories.actor(Role.CREDITOR, Claim.objects.get().creditor)
    for actor in (creditor, loser, stranger):
        with pytest.raises(BidsSealed):
            result(listing_id=listing.pk, actor=actor)
    opens(listing)
    rows = result(listing_id=listing.pk, actor=creditor)
    assert [(row.rank, row.rate, row.reason) for row in rows] == [
        (1, Decimal("0.15"), "won"),
        (2, Decimal("0.25"), "outranked"),
    ]
    assert [row.mine for row in result(listing_id=listing.pk, actor=loser)] == [False, True]
    for outsider in (stranger, factories.actor(Role.CREDITOR, factories.organisation())):
        with pytest.raises(NotByBid):
            result(listing_id=listing.pk, actor=outsider)
    (mine,) = my_bids(actor=winner)
    assert (mine.reason, mine.rank, mine.claim_id) == ("won", 1, Claim.objects.get().pk)
    (seen,) = invitations(actor=creditor)
    assert seen.opened_at is not None
    assert invitations(actor=winner) == []


def test_an_operator_puts_its_own_cost_figures_in_force_for_later_orders() -> None:
    first = invited()
    operator = factories.actor(Role.OPERATOR)
    dearer = built_in().replace('version: "2026-11"', 'version: "ours-1"').replace("0.35}", "0.20}")
    put_costs(text=dearer, actor=operator, at=AT)
    second = invited()
    before, after = (Invitation.objects.get(pk=each.pk) for each in (first, second))
    assert after.floor_rate > before.floor_rate
    assert (before.costs_version, after.costs_version) == ("2026-11", "ours-1")
    bid(first, str(before.floor_rate))
    with pytest.raises(CostsVersionUsed):
        put_costs(text=dearer, actor=operator, at=AT)
    with pytest.raises(CostsVersionUsed):
        put_costs(text=built_in(), actor=factories.actor(Role.OPERATOR), at=AT - HOUR)
    with pytest.raises(NotPermitted):
        put_costs(text=dearer, actor=licensed(), at=AT)
    assert CostFigures.objects.count() == 1


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("amount: 45", "amount: -1", "costs.call.amount"),
        ("  M7: {", "  M8: {", "stages: M7"),
        ("  other: 1.2", "", "products: other"),
        ("recovered: 0.35", "recovered: 1.5", "stages.M2.recovered"),
        ("bands: [0.4, ", "bands: [", "bands"),
        ("calls: 6", "calls: six", "stages.M2.calls"),
        ("fee: 0.05", "fee: 1", "fee"),
        ("    en: Three", "    because: Three", "costs.call:"),
        ("currency: CNY", "currency: [", "line"),
    ],
)
def test_bad_cost_figures_are_refused_with_their_place(old: str, new: str, told: str) -> None:
    text = built_in().replace('"2026-11"', '"next"').replace(old, new, 1)
    with pytest.raises(BadCosts) as refusal:
        put_costs(text=text, actor=factories.actor(Role.OPERATOR), at=AT)
    assert told in refusal.value.user_message
