"""Which numbers of our own the words of an entry of the bank carry."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from qinghe.kernel.actor import Actor
from qinghe.parties.roles import Permission, require
from qinghe.parties.services import secrets
from qinghe.settlement.models import Payout, SendBack, StatementEntry

NUMBER: Final = re.compile(r"\b(PO|RB)-?(\d{8})-?(\d{8})\b")


@dataclass(frozen=True)
class Ours:
    """What we let go, or were to let go, under a number; minor units. `payee` of a payout only."""

    number: str
    amount: int
    currency: str
    payee: str = ""
    run_id: UUID | None = None


def words_of(entry: StatementEntry) -> dict[str, str]:
    """Return who and which words an entry has, for comparing inside this room only."""
    if entry.words is None:
        return {"payer": "", "account": "", "text": ""}
    told: dict[str, str] = json.loads(secrets.unseal(entry.words))
    return told


def numbers_in(entry: StatementEntry) -> list[str]:
    """Return what looks like numbers of payouts and of money sent back in an entry's words."""
    text = f"{entry.reference} {words_of(entry)['text']}".upper()
    return [f"{kind}-{day}-{digits}" for kind, day, digits in NUMBER.findall(text)]


def naming_ours(entries: Iterable[StatementEntry]) -> dict[UUID, list[Ours]]:
    """Return for each entry what of ours its words name, whatever the amount. Two queries."""
    told = {entry.pk: numbers_in(entry) for entry in entries}
    known = _known({number for numbers in told.values() for number in numbers})
    found = {pk: [known[n] for n in numbers if n in known] for pk, numbers in told.items()}
    return {pk: ours for pk, ours in found.items() if ours}


def other_amounts(*, entry_id: UUID, actor: Actor) -> list[Ours]:
    """
    Return what of ours an unexplained entry names though its amount is another.

    :raises NotPermitted: the actor does not manage payments
    """
    require(actor, Permission.MANAGE_PAYMENTS)
    rows = StatementEntry.objects.filter(pk=entry_id, credit=False, explained="")
    entry = rows.select_related("words").first()
    if entry is None:
        return []
    named = naming_ours([entry]).get(entry.pk, [])
    same = (entry.amount, entry.currency)
    return [each for each in named if (each.amount, each.currency) != same]


def _known(numbers: set[str]) -> dict[str, Ours]:
    payouts = Payout.objects.filter(number__in=numbers)
    fields = ("number", "amount", "currency", "organisation__name", "run")
    backs = SendBack.objects.filter(number__in=numbers)
    rows = [Ours(*row) for row in payouts.values_list(*fields)]
    rows += [Ours(*row) for row in backs.values_list("number", "amount", "currency")]
    return {row.number: row for row in rows}
