"""Everything that is held about one person, opened for that person and nobody else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from qinghe.casework.queries import PlanView, plan_of
from qinghe.claims.queries import ClaimView, claim_for
from qinghe.contact.queries import attempts_of_person, wishes
from qinghe.kernel.actor import Actor
from qinghe.parties.queries import contact_points, vault_items
from qinghe.parties.services import reveal
from qinghe.parties.terms import Purpose, Secret
from qinghe.portal.contacts import MOST
from qinghe.portal.home import my_claims
from qinghe.quality.queries import complaints

IDENTITY = (
    Secret.NAME,
    Secret.ID_NUMBER,
    Secret.PHONE,
    Secret.EMAIL,
    Secret.ADDRESS,
    Secret.ACCOUNT,
)
Row = dict[str, Any]
# One thing as pairs of a name and its lines.
Page = list[tuple[str, list[str]]]


def copy_of(person_id: UUID, actor: Actor, at: datetime) -> dict[str, Any]:
    """
    Return everything about a debtor, unmasked; each secret opened is on record.

    Names of parts and fields stay English, so that programs can rely on them.
    """
    views = [claim_for(claim_id=row.id, actor=actor) for row in my_claims(actor)]
    attempts = attempts_of_person(person_id=person_id, actor=actor, limit=MOST)
    return {
        "made_at": at.isoformat(),
        "identity": list(_identity(person_id, actor, at)),
        "contact_points": [asdict(row) for row in contact_points(person_id)],
        "claims": [_claim(view, actor, at) for view in views],
        "plans": [asdict(plan) for view in views if (plan := _plan(view.id, actor))],
        "contacts": [asdict(row) for row in attempts],
        "wishes": [asdict(row) for row in wishes(person_id=person_id)],
        "complaints": [asdict(row) for row in complaints(actor=actor)],
    }


def titled(content: dict[str, Any]) -> list[tuple[str, list[Page]]]:
    """Return the parts of a copy with headings in the person's language, each value as lines."""
    titles = {
        "identity": _("Who you are"),
        "contact_points": _("Where you can be reached"),
        "claims": _("What is claimed"),
        "plans": _("Your plans"),
        "contacts": _("Who has contacted you"),
        "wishes": _("Your wishes now"),
        "complaints": _("Your complaints"),
    }
    return [
        (title, [[(key, lines(value)) for key, value in row.items()] for row in content[name]])
        for name, title in titles.items()
    ]


def lines(value: object) -> list[str]:
    """Return a value as lines of text; rows inside it become a line each."""
    if isinstance(value, dict):
        return ["; ".join(f"{key}: {_word(each)}" for key, each in value.items())]
    if isinstance(value, list | tuple | frozenset):
        return [line for each in value for line in lines(each)] or ["–"]
    return [_word(value)]


def _word(value: object) -> str:
    return "–" if value in (None, "") else str(value)


def _plan(claim_id: UUID, actor: Actor) -> PlanView | None:
    return plan_of(claim_id=claim_id, actor=actor)


def _identity(person_id: UUID, actor: Actor, at: datetime) -> Iterator[Row]:
    for kind in IDENTITY:
        for item in vault_items(person_id=person_id, kind=kind):
            value = _open(item.pk, actor, at)
            yield {"kind": str(kind), "value": value, "kept_since": item.created_at}


def _claim(view: ClaimView, actor: Actor, at: datetime) -> Row:
    row = asdict(view)
    for dispute in row["disputes"]:
        said = dispute.pop("statement_id")
        dispute["statement"] = _open(said, actor, at) if said else ""
    return row


def _open(item_id: UUID, actor: Actor, at: datetime) -> str:
    return reveal(item_id=item_id, purpose=Purpose.DATA_COPY, actor=actor, at=at)
