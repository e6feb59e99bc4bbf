"""Reads of this room: what to do next, what was promised and agreed, and the one timeline."""

from qinghe.casework.queries.agreements import (
    CallBackRow,
    HardshipRow,
    InstalmentRow,
    PlanView,
    PromiseRow,
    call_backs,
    hardship_of,
    hardships,
    plan_of,
    plans,
    promises,
)
from qinghe.casework.queries.next_action import Suggestion
from qinghe.casework.queries.notes import NoteRow, notes
from qinghe.casework.queries.timeline import TimelineItem, items_of, timeline
from qinghe.casework.queries.work import Work, work_on
from qinghe.casework.queries.worklist import (
    WorkFilters,
    Worklist,
    WorkRow,
    still_own,
    suggestion_for,
    worklist,
)

__all__ = [
    "CallBackRow",
    "HardshipRow",
    "InstalmentRow",
    "NoteRow",
    "PlanView",
    "PromiseRow",
    "Suggestion",
    "TimelineItem",
    "Work",
    "WorkFilters",
    "WorkRow",
    "Worklist",
    "call_backs",
    "hardship_of",
    "hardships",
    "items_of",
    "notes",
    "plan_of",
    "plans",
    "promises",
    "still_own",
    "suggestion_for",
    "timeline",
    "work_on",
    "worklist",
]
