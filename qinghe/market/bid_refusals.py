"""Why a sealed bid, or asking for bids, is refused."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from qinghe.kernel.errors import DomainError


class NotByBid(DomainError):
    code = "market.not-by-bid"
    status = 404
    text = _("No bids are asked for this order.")


class BidsClosed(DomainError):
    code = "market.bids-closed"
    text = _("The box is closed. Bids for this order are not accepted any more.")


class BidsSealed(DomainError):
    code = "market.bids-sealed"
    text = _("The box is still closed. Until {opens_at} nobody sees whether there are bids.")


class NoBid(DomainError):
    code = "market.no-bid"
    status = 404
    text = _("Your organisation has no bid for this order.")


class TooManyHandIns(DomainError):
    code = "market.too-many-hand-ins"
    text = _("You have handed in {limit} times for this order. Your last word stands.")


class BadBid(DomainError):
    code = "market.bad-bid"
    status = 422
    text = _(
        "The commission must lie above 0 % and below 100 %, and the part that hangs on quality "
        "must not be less than {quality_share}."
    )


class BelowFloor(DomainError):
    code = "market.below-floor"
    status = 422
    text = _(
        "{rate} does not cover the bare cost of this order; the lowest accepted is {floor}. "
        "Expected are {calls} calls ({call_cost}), {messages} messages ({message_cost}), {letters} "
        "letters ({letter_cost}) and {minutes} minutes of work ({minute_cost}): {cost} {currency} "
        "in all. Against that stand {recovered} {currency} that can be expected to be recovered, "
        "and the platform keeps {fee} of the commission. Prices below cost are earned with calls "
        "that nobody may make."
    )


class ReserveBelowFloor(DomainError):
    code = "market.reserve-below-floor"
    status = 422
    text = _(
        "Bids below the bare cost of the work are not accepted: it takes {floor} here, and your "
        "highest commission is {reserve}. Raise it to {floor} or more, or place the claim in "
        "another way."
    )


class BadClosing(DomainError):
    code = "market.bad-closing"
    status = 422
    text = _(
        "An order stands open for bids for {hours} hours at least and {days} days at most, so that "
        "nobody is favoured. Choose a closing time in between."
    )


class BidsNotDue(DomainError):
    code = "market.bids-not-due"
    text = _("The box may not be opened before {opens_at}.")


class BadCosts(DomainError):
    code = "market.bad-costs"
    status = 422
    text = _("The cost figures cannot be used. {where}")


class CostsVersionUsed(DomainError):
    code = "market.costs-version-used"
    text = _(
        "Cost figures of the version {version} exist already. Give the new ones a new version."
    )
