"""Reads of this room: facts about claims, doubts that were raised, scores."""

from qinghe.risk.queries.facts import facts
from qinghe.risk.queries.flags import FlagRow, NoSuchFlag, flags, open_flags, score
from qinghe.risk.queries.releases import AutoReleaseRow, auto_releases

__all__ = [
    "AutoReleaseRow",
    "FlagRow",
    "NoSuchFlag",
    "auto_releases",
    "facts",
    "flags",
    "open_flags",
    "score",
]
