"""
Writes of this room: publish, take, place, end.

Locks are taken in one order: claim, listing, mandate, capacity. Whoever needs several keeps to it.
"""

from qinghe.market.services.assigning import take_over
from qinghe.market.services.capacity import set_capacity
from qinghe.market.services.listings import (
    Published,
    designate,
    publish,
    publish_many,
    withdraw_listing,
)
from qinghe.market.services.mandates import (
    complete,
    end_expired,
    end_placement,
    give_back,
    recall,
    resume,
    suspend,
)
from qinghe.market.services.offers import accept_offer, decline_offer
from qinghe.market.services.own_team import Placed, place_own_team_many
from qinghe.market.services.standing import (
    end_standing_order,
    make_standing_order,
    pause_standing_order,
    resume_standing_order,
)
from qinghe.market.services.taking import place_own_team, take
from qinghe.market.services.windows import dispatch

__all__ = [
    "Placed",
    "Published",
    "accept_offer",
    "complete",
    "decline_offer",
    "designate",
    "dispatch",
    "end_expired",
    "end_placement",
    "end_standing_order",
    "give_back",
    "make_standing_order",
    "pause_standing_order",
    "place_own_team",
    "place_own_team_many",
    "publish",
    "publish_many",
    "recall",
    "resume",
    "resume_standing_order",
    "set_capacity",
    "suspend",
    "take",
    "take_over",
    "withdraw_listing",
]
