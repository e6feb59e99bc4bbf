"""The legal routes of a claim as a card: for its owner and oversight, never for a collector."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from qinghe.claims.queries import ClaimView
from qinghe.legal.queries import Route, outlook
from qinghe.rules.limitation import Limitation


@dataclass(frozen=True)
class Law:
    """What the card shows: each route with its reason, and the last day in careful words."""

    routes: tuple[Route, ...]
    last_day: str


def law_of(view: ClaimView, on: date) -> Law:
    """Return the card of one claim on a day. One query."""
    found = outlook(view=view, on=on)
    return Law(found.routes, _last_day(found.limitation))


def _last_day(period: Limitation | None) -> str:
    """Say when the claim becomes too old; nobody should be sure of more than is on record."""
    if period is None:
        return _(
            "Not calculated: an older law applies, or this year's holidays are not known here."
        )
    if period.last_day is None:
        return _("The period does not run now: a procedure is pending.")
    words = {"day": period.last_day.isoformat()}
    if period.expired:
        return _("%(day)s, as far as is on record: over. The debtor may refuse to pay.") % words
    return _("%(day)s, as far as is on record.") % words
