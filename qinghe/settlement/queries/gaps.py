"""Statements that do not join: what is missing between them, and which of it a person has seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from uuid import UUID

from django.db.models import Case, F, Sum, When

from qinghe.kernel.actor import Actor
from qinghe.parties.roles import Permission, require
from qinghe.settlement.bank_terms import TwinState
from qinghe.settlement.models import GapNote, Statement, StatementEntry, Twin

# Signed sums of what was booked, by currency and day.
Days = dict[tuple[str, date], int]


@dataclass(frozen=True)
class Gap:
    """
    Two statements that do not join: the next does not begin with what the last ended with.

    `missing` is signed, in minor units; where they overlap, `after` and `before` are one day.
    """

    currency: str
    after: date
    before: date
    missing: int
    statement_id: UUID

    @property
    def key(self) -> tuple[UUID, date, int]:
        return self.statement_id, self.after, self.missing

    @property
    def overlaps(self) -> bool:
        return self.after == self.before


@dataclass(frozen=True)
class SeenGap:
    """A gap that a person has seen, with its words; `noted_by` is a journal label."""

    id: UUID
    gap: Gap
    note: str
    noted_by: str
    noted_at: datetime


def gaps(*, actor: Actor) -> list[Gap]:
    """
    Return where statements that tell their balances do not join, and nobody has said why.

    Those of the same days are no neighbours: one day told in two formats tells its balances twice.
    One that overlaps another is compared where the overlap begins.

    :raises NotPermitted: the actor does not manage payments
    """
    require(actor, Permission.MANAGE_PAYMENTS)
    seen = {(note.statement_id, note.after, note.missing) for note in _notes()}
    return [gap for gap in all_gaps() if gap.key not in seen]


def seen_gaps(*, actor: Actor) -> list[SeenGap]:
    """
    Return the gaps that a person has seen and that are still there.

    :raises NotPermitted: the actor does not manage payments
    """
    require(actor, Permission.MANAGE_PAYMENTS)
    notes = {(note.statement_id, note.after, note.missing): note for note in _notes()}
    if not notes:
        return []
    found = [(notes[gap.key], gap) for gap in all_gaps() if gap.key in notes]
    return [SeenGap(n.pk, gap, n.note, n.noted_by, n.noted_at) for n, gap in found]


def all_gaps() -> list[Gap]:
    """Return every place where statements do not join, by currency and day. Two queries."""
    told = Statement.objects.filter(opening__isnull=False, closing__isnull=False)
    told = told.exclude(starts_on=None).exclude(ends_on=None)
    rows = list(told.order_by("currency", "starts_on", "ends_on", "number", "pk"))
    days = _days() if len(rows) > 1 else {}
    found = []
    for _currency, own in groupby(rows, key=lambda row: row.currency):
        seen: list[Statement] = []
        for row in own:
            found += _gap(seen, row, days)
            seen.append(row)
    return found


def _notes() -> list[GapNote]:
    return list(GapNote.objects.filter(withdrawn_at=None))


def _days() -> Days:
    """Return what was booked on each day; what may be told twice counts once."""
    twice = Twin.objects.exclude(state=TwinState.OTHER).values("entry")
    signed = Case(When(credit=True, then=F("amount")), default=-F("amount"))
    rows = StatementEntry.objects.exclude(pk__in=twice).values_list("currency", "booked_on")
    sums = rows.annotate(sum=Sum(signed)).order_by()
    return {(currency, day): int(total) for currency, day, total in sums}


def _gap(seen: Sequence[Statement], new: Statement, days: Days) -> list[Gap]:
    """Return what is missing before a statement: it begins where another ended, or in another."""
    starts, opening = new.starts_on or date.min, new.opening or 0
    over = [each for each in seen if (each.ends_on or date.min) >= starts]
    held = [(each, _balance(each, starts, days)) for each in over]
    if any(balance == opening for _each, balance in held):
        return []
    alike = [(each, balance) for each, balance in held if each.kind == new.kind]
    bases = [balance for _each, balance in alike]
    # On the last day of another it may go on where that ended, or tell the day once more.
    bases += [each.closing or 0 for each, _balance in alike if each.ends_on == starts]
    if bases and opening not in bases:
        missing = min((opening - base for base in bases), key=abs)
        return [Gap(new.currency, starts, starts, missing, new.pk)]
    return _before(seen, new)


def _balance(old: Statement, day: date, days: Days) -> int:
    """Return what a statement had at the beginning of a day within it."""
    since = old.starts_on or date.min
    booked = (
        total for (currency, on), total in days.items()
        if currency == old.currency and since <= on < day
    )  # fmt: skip
    return (old.opening or 0) + sum(booked)


def _before(seen: Sequence[Statement], new: Statement) -> list[Gap]:
    starts = new.starts_on or date.min
    ends = {each.pk: each.ends_on or date.min for each in seen}
    last = max((day for day in ends.values() if day <= starts), default=None)
    near = [each for each in seen if ends[each.pk] == last]
    same_day = last == starts
    joined = {each.closing for each in near} | {each.opening for each in near if same_day}
    olds = [each for each in near if not same_day or each.kind == new.kind]
    if last is None or not olds or new.opening in joined:
        return []
    missing = (new.opening or 0) - (olds[-1].closing or 0)
    return [Gap(new.currency, last, starts, missing, new.pk)]
