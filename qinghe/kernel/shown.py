"""Who agrees, agrees to what was shown: a form carries a mark of it, and the service compares."""

from __future__ import annotations

import hashlib
import json
from typing import ClassVar, Final

from django.utils.translation import gettext_lazy as _

from qinghe.kernel.errors import DomainError

# Long enough that no two states of one thing share it; it guards nothing against a forger.
LENGTH: Final = 16
# The hidden field of a form that carries it.
FIELD: Final = "seen"


class ChangedMeanwhile(DomainError):
    code = "changed-meanwhile"
    stale: ClassVar[bool] = True
    text = _("This changed after you opened the page, so nothing was decided. Look at it again.")


def mark(*facts: object) -> str:
    """Return a short mark of what somebody is shown; where one of the facts differs, so does it."""
    told = json.dumps(facts, default=str, sort_keys=True)
    return hashlib.sha256(told.encode()).hexdigest()[:LENGTH]


def check_shown(seen: str | None, now: str) -> None:
    """
    Refuse what somebody decides by a page that showed something else.

    :param seen: the mark that the page carried; None for a caller that shows nobody a page
    :param now: the mark of what stands in the database, read under its lock
    :raises ChangedMeanwhile: the marks differ, or the page carried none
    """
    if seen is not None and seen != now:
        raise ChangedMeanwhile
