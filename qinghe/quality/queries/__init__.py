"""Reads of this room: complaints, grades, ratings, appeals, and claims found not to exist."""

from qinghe.quality.queries.appeals import AppealRow, appeal_for, appealed, appeals
from qinghe.quality.queries.complaints import (
    LATEST,
    ComplaintRow,
    PublicStatus,
    by_number,
    complaint_for,
    complaints,
    timeline,
    visible,
)
from qinghe.quality.queries.explaining import Explained, Line, explained
from qinghe.quality.queries.inventions import InventionRow, invention_of, inventions
from qinghe.quality.queries.pauses import PauseRow, pause_of
from qinghe.quality.queries.places import PlacesRow, places_of
from qinghe.quality.queries.ratings import RatingRow, ratings

__all__ = [
    "LATEST",
    "AppealRow",
    "ComplaintRow",
    "Explained",
    "InventionRow",
    "Line",
    "PauseRow",
    "PlacesRow",
    "PublicStatus",
    "RatingRow",
    "appeal_for",
    "appealed",
    "appeals",
    "by_number",
    "complaint_for",
    "complaints",
    "explained",
    "invention_of",
    "inventions",
    "pause_of",
    "places_of",
    "ratings",
    "timeline",
    "visible",
]
