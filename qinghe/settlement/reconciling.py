"""
Compare three tellings of the same money: ours, the provider's and the bank's. Pure.

Movements are found by the provider's number; what the provider pays out is found at the bank by its
amount, within some days. Nothing is rounded and nothing is forgiven.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from qinghe.settlement.provider_reports import BACK

# A provider's money is at the bank within so many days after the day it was settled.
BANK_DAYS: Final = 5


class Differs(TextChoices):
    """How the tellings differ."""

    NOT_THERE = "not-there", _("In our books, not in the provider's report")
    NOT_HERE = "not-here", _("In the provider's report, not in our books")
    AMOUNT = "amount", _("The amounts differ")
    LEDGER = "ledger", _("Our payments and the ledger differ: something was undone by hand")
    NOT_AT_BANK = "not-at-bank", _("Settled by the provider, not at the bank")


@dataclass(frozen=True)
class Told:
    """One movement as one side tells it: `paid` in, or `back` to the payer; minor units."""

    number: str
    kind: str
    amount: int


@dataclass(frozen=True)
class Entry:
    """Money that came to the bank."""

    id: str
    day: date
    amount: int


@dataclass(frozen=True)
class Difference:
    """
    One difference; an amount that a side does not tell is None, what went back is below nothing.

    The lines and what both sides tell alike make up the sums of the day.
    """

    what: Differs
    number: str
    ours: int | None
    theirs: int | None
    back: bool = False


def differences(ours: Iterable[Told], theirs: Iterable[Told]) -> list[Difference]:
    """Return where our books and the provider's report differ, by number."""
    here, there = _by_number(ours), _by_number(theirs)
    found = []
    for key in sorted(here.keys() | there.keys()):
        mine, other = here.get(key), there.get(key)
        if mine == other:
            continue
        what = Differs.AMOUNT
        if mine is None or other is None:
            what = Differs.NOT_THERE if other is None else Differs.NOT_HERE
        back = key[1] == BACK
        found.append(Difference(what, key[0], _signed(mine, back), _signed(other, back), back))
    return found


def _signed(amount: int | None, back: bool) -> int | None:
    return -amount if amount is not None and back else amount


def paid_out(
    nets: Mapping[date, int], entries: Sequence[Entry]
) -> tuple[dict[date, Entry], list[Difference]]:
    """
    Return for each settled day the bank's entry that brought its net, and days without one.

    Each entry counts once, the earliest that fits; a day that nets to nothing needs none.
    """
    free = sorted(entries, key=lambda entry: (entry.day, entry.id))
    found: dict[date, Entry] = {}
    missing = []
    for day, net in sorted(nets.items()):
        if net <= 0:
            continue
        last = day + timedelta(days=BANK_DAYS)
        fit = next((e for e in free if e.amount == net and day <= e.day <= last), None)
        if fit is None:
            missing.append(Difference(Differs.NOT_AT_BANK, day.isoformat(), None, net))
            continue
        free.remove(fit)
        found[day] = fit
    return found, missing


def _by_number(rows: Iterable[Told]) -> dict[tuple[str, str], int]:
    found: dict[tuple[str, str], int] = {}
    for row in rows:
        key = (row.number, row.kind)
        found[key] = found.get(key, 0) + row.amount
    return found
