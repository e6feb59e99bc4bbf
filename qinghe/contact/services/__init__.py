"""
Writes of this room: ask, send, record what came of it, respect wishes.

Whoever asks to contact a person locks the person's gate before looking; a message is sent if and
only if its permission is on record.
"""

from qinghe.contact.services.bouncing import came_back, read_return
from qinghe.contact.services.ending import end_calls
from qinghe.contact.services.house import (
    approve_house,
    ask_house_end,
    draft_house,
    grant_house_end,
    hand_over_house,
    keep_replay,
    withdraw_house,
)
from qinghe.contact.services.mailings import start_mailing, step_mailing, stop_mailing
from qinghe.contact.services.notices import notify, send_door_letter
from qinghe.contact.services.outcomes import record_outcome
from qinghe.contact.services.overrides import ask_override, decide_override, use_override
from qinghe.contact.services.printing import mark_posted, mark_printed, open_to_print
from qinghe.contact.services.reading import read_letter, read_text
from qinghe.contact.services.requests import insist, request_contact
from qinghe.contact.services.sending import release_stuck, send
from qinghe.contact.services.tally import count_refusals
from qinghe.contact.services.wishes import set_wish, withdraw_wish

__all__ = [
    "approve_house",
    "ask_house_end",
    "ask_override",
    "came_back",
    "count_refusals",
    "decide_override",
    "draft_house",
    "end_calls",
    "grant_house_end",
    "hand_over_house",
    "insist",
    "keep_replay",
    "mark_posted",
    "mark_printed",
    "notify",
    "open_to_print",
    "read_letter",
    "read_return",
    "read_text",
    "record_outcome",
    "release_stuck",
    "request_contact",
    "send",
    "send_door_letter",
    "set_wish",
    "start_mailing",
    "step_mailing",
    "stop_mailing",
    "use_override",
    "withdraw_house",
    "withdraw_wish",
]
