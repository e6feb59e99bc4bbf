"""
Writes of this room: publish, take, place, end.

Locks are taken in one order: claim, listing, mandate, capacity. Whoever needs several keeps to it.
The hall's cells come last, inside the statement that opens or ends listings: one statement for all.
"""

from qinghe.market.services.assigning import take_over
from qinghe.market.services.bidding import hand_in, withdraw_bid
from qinghe.market.services.bundling import (
    Packaged,
    make_packages,
    tidy_packages,
    withdraw_package,
)
from qinghe.market.services.capacity import set_capacity
from qinghe.market.services.costs import put_costs
from qinghe.market.services.excusing import confirm_return, refuse_return
from qinghe.market.services.extending import end_extension, extend_for, extend_for_payments
from qinghe.market.services.inviting import invite_bid, invite_bids
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
from qinghe.market.services.opening import open_bids, open_due
from qinghe.market.services.own_team import Placed, place_own_team_many
from qinghe.market.services.packages import PackageTaken, package_refusals, take_package
from qinghe.market.services.plans import retire_plan, write_plan
from qinghe.market.services.reinstating import Undone, reinstate
from qinghe.market.services.relisting import relist
from qinghe.market.services.rights import end_right, grant_first_rights, offer_back
from qinghe.market.services.searches import (
    change_search,
    drop_search,
    keep_search,
    open_search,
    tell_new,
)
from qinghe.market.services.serving import judge_service, report
from qinghe.market.services.standing import Found, check_package, set_standing
from qinghe.market.services.standing_orders import (
    end_standing_order,
    make_standing_order,
    pause_standing_order,
    resume_standing_order,
)
from qinghe.market.services.taking import place_own_team, take
from qinghe.market.services.windows import dispatch

__all__ = [
    "Found",
    "PackageTaken",
    "Packaged",
    "Placed",
    "Published",
    "Undone",
    "accept_offer",
    "change_search",
    "check_package",
    "complete",
    "confirm_return",
    "decline_offer",
    "designate",
    "dispatch",
    "drop_search",
    "end_expired",
    "end_extension",
    "end_placement",
    "end_right",
    "end_standing_order",
    "extend_for",
    "extend_for_payments",
    "give_back",
    "grant_first_rights",
    "hand_in",
    "invite_bid",
    "invite_bids",
    "judge_service",
    "keep_search",
    "make_packages",
    "make_standing_order",
    "offer_back",
    "open_bids",
    "open_due",
    "open_search",
    "package_refusals",
    "pause_standing_order",
    "place_own_team",
    "place_own_team_many",
    "publish",
    "publish_many",
    "put_costs",
    "recall",
    "refuse_return",
    "reinstate",
    "relist",
    "report",
    "resume",
    "resume_standing_order",
    "retire_plan",
    "set_capacity",
    "set_standing",
    "suspend",
    "take",
    "take_over",
    "take_package",
    "tell_new",
    "tidy_packages",
    "withdraw_bid",
    "withdraw_listing",
    "withdraw_package",
    "write_plan",
]
