"""Writes of this room: complaints, grades, ratings, appeals, and claims that were invented."""

from qinghe.quality.services.admitting import grant_places
from qinghe.quality.services.appeals import appeal, decide_appeal
from qinghe.quality.services.complaints import (
    decide_complaint,
    end_kept_hold,
    open_complaint,
    withdraw_complaint,
)
from qinghe.quality.services.grading import grade_changed, recognise_experience
from qinghe.quality.services.inventions import accuse, decide_invention, release_creditor
from qinghe.quality.services.ratings import give_signal, rate_mandate

__all__ = [
    "accuse",
    "appeal",
    "decide_appeal",
    "decide_complaint",
    "decide_invention",
    "end_kept_hold",
    "give_signal",
    "grade_changed",
    "grant_places",
    "open_complaint",
    "rate_mandate",
    "recognise_experience",
    "release_creditor",
    "withdraw_complaint",
]
