"""How long work will take, in words."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from qinghe.claims.queries.progress import Progress


def estimate(progress: Progress | None) -> str:
    """Return the time left in whole minutes; empty until it can be told."""
    if progress is None or progress.remaining_seconds is None:
        return ""
    minutes = -(-progress.remaining_seconds // 60)
    if minutes <= 1:
        return _("less than a minute left")
    return ngettext("about %(n)d minute left", "about %(n)d minutes left", minutes) % {"n": minutes}
