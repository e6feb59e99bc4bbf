"""Reads of this room: facts about claims, doubts that were raised, scores."""

from qinghe.risk.queries.facts import facts
from qinghe.risk.queries.flags import FlagRow, NoSuchFlag, flags, open_flags, score

__all__ = ["FlagRow", "NoSuchFlag", "facts", "flags", "open_flags", "score"]
