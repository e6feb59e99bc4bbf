"""Sealed bids of a collector: the order, what a bid would earn, the own bid, what came out."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _

from qinghe.market.contracts import terms
from qinghe.market.queries import HallRow, listing_for
from qinghe.market.queries.bids import (
    InvitationView,
    OwnBid,
    invitation_for,
    my_bid,
    my_bids,
    my_refusals,
    result,
)
from qinghe.market.queries.quality import quality_adjustment
from qinghe.market.refusals import NotACollector
from qinghe.market.services import hand_in, withdraw_bid
from qinghe.parties.roles import Permission
from qinghe.web.bidparts import bill, examples, result_rows, rule_lines
from qinghe.web.doors import StaffRequest, acted, formed, page, refusals_in
from qinghe.web.formats import as_day, chinese

HUNDRED = Decimal(100)


class BidForm(forms.Form):
    """A bid. Rates are typed in per cent."""

    rate = forms.DecimalField(
        label=_("Your commission, % of what is recovered"),
        min_value=0,
        max_value=99,
        decimal_places=2,
    )
    quality = forms.DecimalField(
        label=_("Part of it that hangs on quality, %"),
        max_value=100,
        decimal_places=2,
        help_text=_("More than the creditor asks puts you first among equal bids."),
    )
    agree = forms.BooleanField(
        label=_("I sign the terms of mandate for my organisation; they bind us if this bid wins."),
        required=False,
    )

    def bid(self) -> dict[str, Decimal]:
        """Return the bid as the market wants it: shares of one."""
        data = self.cleaned_data
        return {"rate": data["rate"] / HUNDRED, "quality_share": data["quality"] / HUNDRED}


@page(Permission.TAKE_ORDERS, methods=("GET", "POST"))
def bid(request: StaffRequest, listing_id: UUID) -> HttpResponse:
    """Show the order and the own bid; reckon what a bid would earn, or hand it in."""
    row = listing_for(listing_id=listing_id, actor=request.actor, at=request.at)
    seen = invitation_for(listing_id=listing_id, actor=request.actor)
    mine = my_bid(listing_id=listing_id, actor=request.actor)
    form = BidForm(request.POST or None, initial=_first(seen, mine))
    if form.is_bound and form.is_valid() and "reckon" not in request.POST:
        if not form.cleaned_data["agree"]:
            form.add_error("agree", _("Without this signature the bid binds nobody."))
        else:
            with refusals_in(form):
                hand_in(listing_id=listing_id, **form.bid(), actor=request.actor, at=request.at)
                messages.success(request, _("Your bid lies in the box. Nobody can read it."))
                return redirect("web:bid", listing_id)
    context = {**_facts(request, row, seen, mine), **_reckoned(request, form, seen)}
    return formed(request, "web/collector/bid.html", context, form)


@page(Permission.TAKE_ORDERS, methods=("POST",))
def bid_withdraw(request: StaffRequest, listing_id: UUID) -> HttpResponse:
    """Take the own bid out of the box."""

    def act() -> object:
        return withdraw_bid(listing_id=listing_id, actor=request.actor, at=request.at)

    done = _("Your bid was taken back. You may hand in another.")
    return acted(request, act, to="web:bid", done=done, listing_id=listing_id)


@page(Permission.TAKE_ORDERS)
def my_bids_page(request: StaffRequest) -> HttpResponse:
    """Show the own bids, open and opened."""
    rows = my_bids(actor=request.actor)
    waiting = [row for row in rows if row.opened_at is None and row.state == "open"]
    over = [row for row in rows if row not in waiting]
    return render(request, "web/collector/bids.html", {"waiting": waiting, "over": over})


def _first(seen: InvitationView, mine: OwnBid | None) -> dict[str, Any]:
    """Return what the form begins with: the own bid, or else the floor."""
    rate = mine.rate if mine and mine.rate is not None else seen.floor.rate
    share = mine.quality_share if mine and mine.quality_share is not None else seen.quality_share
    return {"rate": (rate * HUNDRED).normalize(), "quality": f"{share * HUNDRED:.0f}"}


def _facts(
    request: StaffRequest, row: HallRow, seen: InvitationView, mine: OwnBid | None
) -> dict[str, Any]:
    if request.actor.org_id is None:
        raise NotACollector
    opened = seen.opened_at is not None and mine is not None
    ranked = result(listing_id=row.id, actor=request.actor) if opened else []
    current = terms()
    return {
        "row": row,
        "seen": seen,
        "mine": mine,
        "open": row.state == "open" and request.at < seen.opens_at,
        "refused": my_refusals(listing_id=row.id, actor=request.actor),
        "result": result_rows(ranked),
        "adjustment": quality_adjustment(request.actor.org_id, request.at),
        "bill": bill(seen.floor),
        "rule": rule_lines(),
        "terms": current,
        "terms_text": current.text("zh" if chinese() else "en"),
    }


def _reckoned(request: StaffRequest, form: BidForm, seen: InvitationView) -> dict[str, Any]:
    """Return what the typed bid would earn, or the one that the form begins with."""
    typed = form.bid() if form.is_bound and {"rate", "quality"} <= form.cleaned_data.keys() else {}
    rate = typed.get("rate", Decimal(form.initial["rate"]) / HUNDRED)
    share = typed.get("quality_share", seen.quality_share)
    return {"rate": rate, "examples": examples(rate, share, seen.floor, as_day(request.at))}
