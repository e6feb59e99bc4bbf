"""Every refusal of this room: a code for machines, a sentence for people."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from qinghe.kernel.errors import DomainError
from qinghe.rules.contact.clock import NATIONAL


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


class CoolingOff(DomainError):
    code = "market.cooling-off"
    text = _(
        "Your organisation gave several orders back without a confirmed reason outside it. It "
        "takes none until {until} (China time)."
    )

    @classmethod
    def of(cls, until: datetime) -> CoolingOff:
        """Return the refusal with the moment at which it ends."""
        return cls(until=until.astimezone(ZoneInfo(NATIONAL)).strftime("%Y-%m-%d %H:%M"))


class TakingStopped(DomainError):
    code = "market.taking-stopped"
    status = 403
    text = _("Your organisation may take no new orders until {until}. What it holds it may work.")


class OutOfReach(DomainError):
    code = "market.out-of-reach"
    text = _(
        "Your organisation may not take this order: its place or its amount lies outside your "
        "registration, your amount band or your deposit. The hall shows no more of it, and neither "
        "does this answer. Such tries left today: {left}."
    )


class TriesSpent(DomainError):
    code = "market.tries-spent"
    status = 429
    text = _(
        "{limit} of your tries today ended because an order's place or amount did not fit. Until "
        "tomorrow you can take only orders of which the hall shows enough to tell beforehand."
    )


class SignerLeft(DomainError):
    code = "market.signer-left"
    text = _("Whoever signed this for your organisation does not belong to it any more.")


class OverBand(DomainError):
    code = "market.over-band"
    text = _("This order is larger than your organisation may take.")


class OverPackage(DomainError):
    code = "market.over-package"
    text = _(
        "This package holds {size} orders; the grade of your organisation opens up to {cap}. "
        "Choose a smaller one."
    )


class CreditorLapsed(DomainError):
    code = "market.creditor-lapsed"
    text = _(
        "The creditor's licence, authority or review has ended or is not finished. Nothing of it "
        "is offered or taken until that is renewed."
    )


class OverExposure(DomainError):
    code = "market.over-exposure"
    text = _(
        "Your deposit covers open orders of {cap} {currency}, and you hold {held}. This order does "
        "not fit into what is left. Finish orders or raise the deposit."
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


class OnlyByBid(DomainError):
    code = "market.only-by-bid"
    text = _("This order goes to the best sealed bid. Hand in a bid instead of taking it.")


class OnlyInPackage(DomainError):
    code = "market.only-in-package"
    text = _("This order is part of a package. Take the whole package.")


class NoSuchPackage(DomainError):
    code = "market.no-such-package"
    status = 404
    text = _("There is no such package.")


class PackageOver(DomainError):
    code = "market.package-over"
    text = _("This package is no longer open.")


class PackageChanged(DomainError):
    code = "market.package-changed"
    text = _(
        "Orders left the package since you looked: {seen} were in it, {now} are now. Look again "
        "before you sign."
    )


class PackageTooSmall(DomainError):
    code = "market.package-too-small"
    text = _("Fewer orders than a package needs can be bundled.")


class BadPackage(DomainError):
    code = "market.bad-package"
    status = 422
    text = _(
        "A package holds at least {low} and at most {high} orders, and the smallest number must "
        "not exceed the largest."
    )


class PackageCapacity(DomainError):
    code = "market.package-capacity"
    text = _("The package has {size} orders, and your organisation has {free} free places.")


class PackageLicence(DomainError):
    code = "market.package-licence"
    text = _("Your registrations do not cover the regions of all orders of this package.")


class PackageBand(DomainError):
    code = "market.package-band"
    text = _("The package holds orders larger than your organisation may take.")


class PackageExposure(DomainError):
    code = "market.package-exposure"
    text = _(
        "Your deposit covers open orders of {cap} {currency}, and you hold {held}. This package "
        "does not fit into what is left. Finish orders or raise the deposit."
    )


class KeptForAnother(DomainError):
    code = "market.kept-for-another"
    text = _(
        "A decision that took this order from its collector was set aside: until {until} it may "
        "have the order back first. Offer it back, or let the right go and say why."
    )


class NoSuchRight(DomainError):
    code = "market.no-such-right"
    status = 404
    text = _("There is no such right, or it is over.")


class RightWords(DomainError):
    code = "market.right-words"
    status = 422
    text = _("Say in a few words why the order shall not go back: the collector reads it.")


class PackageOutOfReach(DomainError):
    code = "market.package-out-of-reach"
    text = _(
        "Your organisation may not take this package: the places or amounts of its orders, or "
        "their sum, lie outside your registration, your amount band or your deposit. What is shown "
        "of it tells no more, and neither does this answer. Such tries left today: {left}."
    )


class TermsChanged(DomainError):
    code = "market.terms-changed"
    text = _("The terms of mandate changed after this bid was signed.")


class NoSuchPlan(DomainError):
    code = "market.no-such-plan"
    status = 404
    text = _("There is no such commission plan, or it is offered no more.")


class BadCommissionPlan(DomainError):
    code = "market.bad-plan"
    status = 422
    text = _("The commission plan cannot stand. {field}: {why}.")


class BadReturnReason(DomainError):
    code = "market.bad-return-reason"
    status = 422
    text = _("Choose a reason from the list.")


class NotBack(DomainError):
    code = "market.not-back"
    text = _("The claim did not come back from a collector, or was placed again since.")


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
