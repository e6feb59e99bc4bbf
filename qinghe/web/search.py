"""Where a typed number leads: a rule, a complaint, a claim or an order."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse

from qinghe.claims.queries import ClaimFilters, claims_table
from qinghe.kernel.actor import Actor, Role
from qinghe.market.queries import mandates
from qinghe.rules.packs import rule


def place_of(words: str, actor: Actor, at: datetime) -> str:
    """Return the address of what the words name, if it is open to the actor; else nothing."""
    for find in (_rule, _claim, _case):
        place = find(words.strip().upper(), actor)
        if place:
            return place
    return ""


def _rule(words: str, actor: Actor) -> str:
    try:
        return reverse("web:rule", args=[rule(words).id])
    except LookupError:
        return ""


def _claim(words: str, actor: Actor) -> str:
    if actor.role is Role.COLLECTOR or not words:
        return ""
    rows = claims_table(actor=actor, filters=ClaimFilters(text=words)).rows
    return reverse("web:claim", args=[rows[0].id]) if rows else ""


def _case(words: str, actor: Actor) -> str:
    if actor.role is not Role.COLLECTOR or not words:
        return ""
    found = next(iter(mandates(actor=actor, claim_number=words)), None)
    return reverse("web:case", args=[found.claim_id]) if found else ""
