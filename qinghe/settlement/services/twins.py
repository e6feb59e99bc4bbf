"""
Money that may be told twice: with the bank's number and without, or under two numbers.

The digest that an entry without a number is known by says nothing of the one with a number, and a
bank numbers one entry differently in each format. What came later is kept and books nothing; a
person who looks at both says what it is, and another agrees.
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Final
from uuid import UUID

from qinghe.journal.services import record, verb
from qinghe.kernel.actor import Actor
from qinghe.ledger.services import post_many
from qinghe.ledger.terms import Posting
from qinghe.parties.pairs import independent
from qinghe.parties.roles import Permission, require
from qinghe.settlement import accounts
from qinghe.settlement.bank import Line
from qinghe.settlement.bank.refusals import (
    NoSuchTwin,
    SuspenseBySamePerson,
    TwinStands,
    TwinTold,
)
from qinghe.settlement.bank_terms import TwinState
from qinghe.settlement.models import StatementEntry, Suspense, Twin
from qinghe.settlement.queries.named import words_of
from qinghe.settlement.services.matching import match_suspense
from qinghe.settlement.services.suspended import one_at_a_time

CHUNK: Final = 2_000


def twins_of(
    entries: Sequence[tuple[StatementEntry, Line]], *, told: Collection[str]
) -> dict[UUID, StatementEntry]:
    """
    Return for each new entry of money that came the standing one that may be the same: of one day
    and amount, and one of the two without the bank's number, or words and payer of one holding
    the other's. One standing entry has one twin.

    What the same statement tells by itself (`told`, keys) is another payment.
    """
    came = [(entry, line) for entry, line in entries if entry.credit]
    if not came:
        return {}
    free = _free([entry for entry, _line in came], told)
    words = cache(words_of)
    found = {}
    for entry, line in came:
        twin = next(iter(free[_like(entry, not entry.reference)]), None)
        if twin is None:
            says = _same if entry.reference else _cut
            alike = free[_like(entry, bool(entry.reference))]
            twin = next((each for each in alike if says(line, words(each))), None)
        if twin is not None:
            free[_like(entry, bool(twin.reference))].remove(twin)
            found[entry.pk] = twin
    return found


@verb("settlement.tell-twin")
def tell_twin(*, twin_id: UUID, same: bool, actor: Actor, at: datetime) -> Twin:
    """
    Say whether two entries are the same money; it counts when a second person has agreed.

    :raises NotPermitted: the actor does not manage payments
    :raises NoSuchTwin: unknown, or told apart before
    :raises TwinTold: somebody said what it is already
    """
    require(actor, Permission.MANAGE_PAYMENTS)
    twin = _open(twin_id)
    if twin.wish:
        raise TwinTold
    twin.wish = TwinState.SAME if same else TwinState.OTHER
    twin.asked_by, twin.asked_at = actor.label, at
    twin.save(update_fields=["wish", "asked_by", "asked_at"])
    _record("asked", twin, actor, at)
    return twin


@verb("settlement.agree-twin")
def agree_twin(*, twin_id: UUID, actor: Actor, at: datetime) -> Twin:
    """
    Agree to what a colleague said of two entries; another payment is booked to suspense now.

    :raises NotPermitted: the actor does not manage payments
    :raises NoSuchTwin: unknown, told apart before, or nobody said what it is
    :raises SuspenseBySamePerson: said by this very person, or one of the two made the other
    """
    require(actor, Permission.MANAGE_PAYMENTS)
    twin = _open(twin_id)
    if not twin.wish:
        raise NoSuchTwin
    if not independent(twin.asked_by, actor.label):
        raise SuspenseBySamePerson
    twin.state, twin.told_by, twin.told_at = twin.wish, actor.label, at
    twin.save(update_fields=["state", "told_by", "told_at"])
    _record("told", twin, actor, at)
    if twin.state == TwinState.OTHER:
        suspend([twin.entry], at)
        match_suspense(actor=actor, at=at)
    return twin


@verb("settlement.withdraw-twin")
def withdraw_twin(*, twin_id: UUID, actor: Actor, at: datetime) -> Twin:
    """
    Take back what was said of two entries, one's own word or a colleague's; they wait on.

    :raises NotPermitted: the actor does not manage payments
    :raises NoSuchTwin: unknown, told apart before, or nobody said what it is
    """
    require(actor, Permission.MANAGE_PAYMENTS)
    twin = _open(twin_id)
    if not twin.wish:
        raise NoSuchTwin
    _record("withdrawn", twin, actor, at)
    twin.wish, twin.asked_by, twin.asked_at = "", "", None
    twin.save(update_fields=["wish", "asked_by", "asked_at"])
    return twin


def check_no_twin(suspense: Suspense) -> None:
    """
    Refuse what would send money back that may have been told twice.

    :raises TwinStands: nobody has said yet whether it was
    """
    if Twin.objects.filter(stands=suspense.entry_id, state=TwinState.OPEN).exists():
        raise TwinStands


def suspend(entries: Sequence[StatementEntry], at: datetime) -> None:
    """Book what came: the bank has it, and nobody knows yet whose it is."""
    rows = [
        Suspense(entry=entry, amount=entry.amount, rest=entry.amount, currency=entry.currency,
                 since=at)
        for entry in entries if entry.credit
    ]  # fmt: skip
    Suspense.objects.bulk_create(rows, batch_size=CHUNK)
    post_many(postings=[_arrived(each.pk, each.entry, at) for each in rows])


def _open(twin_id: UUID) -> Twin:
    one_at_a_time()
    rows = Twin.objects.filter(pk=twin_id, state=TwinState.OPEN).select_related("entry")
    twin = rows.select_for_update(of=("self",)).first()
    if twin is None:
        raise NoSuchTwin
    return twin


def _free(
    came: Sequence[StatementEntry], told: Collection[str]
) -> dict[tuple[object, ...], list[StatementEntry]]:
    rows = StatementEntry.objects.filter(
        account=came[0].account,
        currency=came[0].currency,
        credit=True,
        booked_on__in={each.booked_on for each in came},
        amount__in={each.amount for each in came},
    )
    paired = Twin.objects.exclude(state=TwinState.OTHER)
    rows = rows.exclude(pk__in=paired.values("stands")).exclude(pk__in=paired.values("entry"))
    free: dict[tuple[object, ...], list[StatementEntry]] = defaultdict(list)
    for row in rows.order_by("pk").select_related("words"):
        if row.key not in told:
            free[_like(row, bool(row.reference))].append(row)
    return free


def _cut(line: Line, words: Mapping[str, str]) -> bool:
    """Tell whether one of two entries says what the other says, and then ends."""
    pairs = ((line.text, words["text"]), (line.payer, words["payer"]))
    return all(one.startswith(other) or other.startswith(one) for one, other in pairs)


def _same(line: Line, words: Mapping[str, str]) -> bool:
    """Tell whether two entries that say anything say the same, but for blanks and capitals."""
    pairs = [
        (_bare(line.text), _bare(words["text"])), (_bare(line.payer), _bare(words["payer"])),
    ]  # fmt: skip
    holds = all(one in other or other in one for one, other in pairs)
    return holds and any(one and other for one, other in pairs)


def _bare(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def _like(entry: StatementEntry, numbered: bool) -> tuple[object, ...]:
    return entry.booked_on, entry.amount, numbered


def _arrived(suspense_id: UUID, entry: StatementEntry, at: datetime) -> Posting:
    return Posting(
        debit=accounts.BANK,
        credit=accounts.SUSPENSE,
        amount=entry.amount,
        currency=entry.currency,
        kind="suspense.arrived",
        subject=f"suspense:{suspense_id}",
        at=at,
    )


def _record(what: str, twin: Twin, actor: Actor, at: datetime) -> None:
    record(
        kind=f"statement.twin-{what}",
        subject=f"statement-entry:{twin.entry_id}",
        actor=actor,
        at=at,
        said=str(twin.wish),
        stands=twin.stands_id,
        amount=twin.entry.amount,
        currency=twin.entry.currency,
    )
