"""What happened to a party, in words: the entries of its journal that its page shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from qinghe.journal.queries import timeline

# Entries that the page shows of one organisation.
MOST: Final = 30
WORDS: Final[dict[str, Promise]] = {
    "parties.organisation-registered": _("Registered by the operator"),
    "parties.organisation-verified": _("Verified"),
    "parties.organisation-suspended": _("Suspended"),
    "parties.application-opened": _("Application opened"),
    "parties.application-handed-in": _("Application handed in"),
    "parties.application-first": _("Approved by the first reviewer"),
    "parties.application-approved": _("Application approved"),
    "parties.application-returned": _("Application returned"),
    "parties.application-refused": _("Application refused"),
    "parties.firm-declared": _("Firm declared"),
    "parties.person-declared": _("Person declared"),
    "parties.person-removed": _("Person taken off"),
    "parties.account-declared": _("Account declared"),
    "parties.transfer-asked": _("Small transfer asked for"),
    "parties.transfer-opened": _("Small transfer opened by a clerk"),
    "parties.transfer-sent": _("Small transfer sent"),
    "parties.transfer-returned": _("Small transfer returned by the bank"),
    "parties.amount-stated": _("Amount stated"),
    "parties.checks-queued": _("Registers asked"),
    "parties.check-answered": _("Register answered"),
    "parties.proof-kept": _("Proof kept"),
    "parties.proof-ended": _("Proof ended"),
    "parties.level-set": _("Level changed"),
    "parties.flag-raised": _("Doubt raised"),
    "parties.flag-decided": _("Doubt decided"),
    "parties.licence-added": _("Licence put on file"),
    "parties.taxpayer-told": _("Tax status told"),
    "parties.licence-verified": _("Licence verified"),
    "parties.cover-recorded": _("Deposit or insurance recorded"),
    "parties.cover-confirmed": _("Deposit or insurance confirmed"),
    "parties.cover-released": _("Deposit or insurance released"),
    "parties.warned": _("Told what ends soon"),
    "market.capacity-set": _("Capacity changed"),
    "market.standing-set": _("Grade or figures published"),
    "quality.experience-recognised": _("Experience elsewhere recognised"),
    "quality.appeal-asked": _("Appeal asked"),
    "quality.appeal-granted": _("Appeal granted"),
    "quality.appeal-refused": _("Appeal not granted"),
    "claims.allowance-used": _("Claims submitted within the limit"),
    "claims.mapping-saved": _("Columns saved"),
}


@dataclass(frozen=True)
class Happening:
    """One entry: when, in words, and the level where it changed."""

    at: datetime
    words: str | Promise
    level: str = ""


def history(org_id: UUID) -> Sequence[Happening]:
    """Return what happened to a party lately, the newest first."""
    entries = timeline(subject=f"organisation:{org_id}")[-MOST:]
    return [
        Happening(each.at, WORDS.get(each.kind, each.kind), _level(each.facts))
        for each in reversed(entries)
    ]


def _level(facts: dict[str, object]) -> str:
    return f"L{facts['before']} → L{facts['level']}" if "before" in facts else ""
