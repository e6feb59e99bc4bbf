"""
Writes of this room: publish, take, place, end.

Locks are taken in one order: claim, listing, mandate, capacity. Whoever needs several keeps to it.
The hall's cells come last, inside the statement that opens or ends listings: one statement for all.
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
from qinghe.market.services.own_team import Placed, place_own_team_many
from qinghe.market.services.taking import place_own_team, take

__all__ = [
    "Placed",
    "Published",
    "complete",
    "designate",
    "end_expired",
    "end_placement",
    "give_back",
    "place_own_team",
    "place_own_team_many",
    "publish",
    "publish_many",
    "recall",
    "resume",
    "set_capacity",
    "suspend",
    "take",
    "take_over",
    "withdraw_listing",
]
