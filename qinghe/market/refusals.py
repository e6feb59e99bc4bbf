"""Every refusal of this room: a code for machines, a sentence for people."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from qinghe.kernel.errors import DomainError


class NoSuchListing(DomainError):
    code = "market.no-such-listing"
    status = 404
    text = _("There is no such order.")


class NoMandate(DomainError):
    code = "market.no-mandate"
    status = 404
    text = _("Your organisation holds no mandate on this claim.")


class NoSuchMandate(DomainError):
    code = "market.no-such-mandate"
    status = 404
    text = _("There is no such mandate.")


class NotYourClaim(DomainError):
    code = "market.not-your-claim"
    status = 404
    text = _("There is no such claim.")


class MandateSuspended(DomainError):
    code = "market.mandate-suspended"
    text = _("This mandate is suspended. You may read the case, but not work it.")


class AlreadyTaken(DomainError):
    code = "market.already-taken"
    text = _("This order is no longer open.")


class NoCapacity(DomainError):
    code = "market.no-capacity"
    text = _("Your organisation holds as many orders as it may: {live} of {limit}.")


class TeamFull(DomainError):
    code = "market.team-full"
    text = _("The team holds as many orders as it may now.")


class CapacityBelowLive(DomainError):
    code = "market.capacity-below-live"
    text = _("The collector holds {live} orders now; the limit cannot be lower.")


class NoLicence(DomainError):
    code = "market.no-licence"
    text = _("This order needs a valid registration for its region.")


class OverBand(DomainError):
    code = "market.over-band"
    text = _("This order is larger than your organisation may take.")


class CreditorLapsed(DomainError):
    code = "market.creditor-lapsed"
    text = _(
        "The creditor's licence, authority or review has ended or is not finished. Nothing of it "
        "is offered or taken until that is renewed."
    )


class OverExposure(DomainError):
    code = "market.over-exposure"
    text = _(
        "Your deposit covers open orders of {cap} {currency}; you hold {held}, and this order is "
        "{asked}. Finish orders or raise the deposit."
    )


class NotForYou(DomainError):
    code = "market.not-for-you"
    status = 404
    text = _("There is no such order.")


class OwnClaim(DomainError):
    code = "market.own-claim"
    text = _("You stand on both sides: the creditor is your own firm, or you act for it too.")


class OnHold(DomainError):
    code = "market.on-hold"
    text = _("The claim is on hold. Nobody may take it now.")


class NotReady(DomainError):
    code = "market.not-ready"
    text = _("The claim is not ready to be placed.")


class NotProven(DomainError):
    code = "market.not-proven"
    text = _("Papers are missing, so the claim cannot be placed: {missing}.")


class NotDue(DomainError):
    code = "market.not-due"
    text = _("The claim is not past due yet.")


class Unreachable(DomainError):
    code = "market.unreachable"
    text = _("The debtor has no usable contact point, so nobody could work this claim.")


class BadTerms(DomainError):
    code = "market.bad-terms"
    status = 422
    text = _("The commission, the quality share or the period is out of range.")


class NotACollector(DomainError):
    code = "market.not-a-collector"
    status = 422
    text = _("This organisation takes no orders.")


class NotLive(DomainError):
    code = "market.not-live"
    text = _("The mandate is over.")


class NoSuchOffer(DomainError):
    code = "market.no-such-offer"
    status = 404
    text = _("There is no such offer.")


class OfferOver(DomainError):
    code = "market.offer-over"
    text = _("This offer is over: it was answered, or its time has passed.")


class BadReason(DomainError):
    code = "market.bad-reason"
    status = 422
    text = _("Choose one of the reasons on the list.")


class NoSuchStandingOrder(DomainError):
    code = "market.no-such-standing-order"
    status = 404
    text = _("There is no such standing order.")


class BadStandingOrder(DomainError):
    code = "market.bad-standing-order"
    status = 422
    text = _("This cannot be used here: {field}. Correct it and send the standing order again.")


class StandingOrderEnded(DomainError):
    code = "market.standing-order-ended"
    text = _("This standing order has ended. Make a new one.")


class WeekFull(DomainError):
    code = "market.week-full"
    text = _("The standing order has brought all {cap} orders of this week.")


class NoSuchRound(DomainError):
    code = "market.no-such-round"
    status = 404
    text = _("There is no such dispatch window.")
