"""Writes of this room: doubts, and releases without a reviewer where people have earned it."""

from qinghe.risk.services.flags import (
    FlagDecided,
    FlagNoteMissing,
    FlagSecondPerson,
    decide_flag,
    hold_confirmed,
    note_door,
    raise_flag,
    raise_flags,
)
from qinghe.risk.services.releases import (
    AutoReleaseMoved,
    NoSuchAutoRelease,
    NoTrackRecord,
    OneAlready,
    SecondPerson,
    ask_auto_release,
    end_auto_release,
    grant_auto_release,
    release_clean,
)

__all__ = [
    "AutoReleaseMoved",
    "FlagDecided",
    "FlagNoteMissing",
    "FlagSecondPerson",
    "NoSuchAutoRelease",
    "NoTrackRecord",
    "OneAlready",
    "SecondPerson",
    "ask_auto_release",
    "decide_flag",
    "end_auto_release",
    "grant_auto_release",
    "hold_confirmed",
    "note_door",
    "raise_flag",
    "raise_flags",
    "release_clean",
]
