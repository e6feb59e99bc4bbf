"""What pages about sealed bids share: the published rule, the bill of the floor, an example."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from qinghe.market import bidding
from qinghe.market.costs import Floor, Line
from qinghe.market.queries.bids import ResultRow
from qinghe.web.commission import cut
from qinghe.web.formats import percent

# What is recovered in the examples, in per cent of the middle of the band.
EXAMPLES = (10, 30, 100)
RULE: tuple[tuple[str | Promise, str | Promise], ...] = (
    (
        _("Nobody sees a bid before the box is opened"),
        _(
            "Bids are encrypted when they arrive. Neither the creditor nor other bidders nor the "
            "staff of this platform can tell how many there are, or whether there is one."
        ),
    ),
    (
        _("What is compared"),
        _(
            "The commission you ask, plus what your record adds: {per} points for each justified "
            "complaint per 5,000 accounts, {most} points at most. Who has no figures yet gets "
            "nothing added."
        ),
    ),
    (
        _("Who comes first"),
        _(
            "The lowest sum. Among equals the bid of which a larger part hangs on quality; then a "
            "draw whose seed was fixed and published as a hash with the order. When you bid does "
            "not matter."
        ),
    ),
    (
        _("What the creditor accepts"),
        _("Its highest commission is fixed on the first day and sealed. Above it nobody wins."),
    ),
    (
        _("Not below cost"),
        _(
            "A bid must cover the bare cost of the work, reckoned line by line from published "
            "figures. Prices below cost are earned with calls that nobody may make."
        ),
    ),
    (
        _("How long the box is open"),
        _(
            "{hours} hours at least. After the announced time it closes at a moment within "
            "{minutes} minutes that was drawn at the start; no bid moves it. What comes by the "
            "announced time counts for certain. Later you hear afterwards whether it came in time."
        ),
    ),
    (
        _("At the opening"),
        _(
            "Registration, standing, certificate, free places, deposit and conflicts of interest "
            "are checked anew. Who does not pass is told why, and the next one is asked."
        ),
    ),
    (
        _("Afterwards"),
        _(
            "Creditor and bidders see the ranked list without the names of those who lost; of "
            "others, bidders see only what was compared. The hash of every bid lay in the "
            "journal beforehand, so anyone may check the opening."
        ),
    ),
)


@dataclass(frozen=True)
class Example:
    """What a bid earns when so much comes back; minor units. `left` is after the bare cost."""

    recovered: int
    base: int
    quality: int
    fee: int
    left: int


def rule_lines() -> list[tuple[str, str]]:
    """Return the published rule in words, with its figures."""
    facts = {
        "per": f"{bidding.PER_COMPLAINT * 100:.2f}",
        "most": f"{bidding.HIGHEST_PENALTY * 100:.0f}",
        "hours": int(bidding.SHORTEST_DWELL.total_seconds()) // 3600,
        "minutes": int(bidding.CLOSING_WINDOW.total_seconds()) // 60,
    }
    return [(str(title), str(text).format(**facts)) for title, text in RULE]


def bill(floor: Floor) -> list[tuple[str, int]]:
    """Return the lines of a floor as words and minor units."""
    return [(_words(line), line.cost) for line in floor.lines]


def _words(line: Line) -> str:
    n = line.count
    words = {
        "call": ngettext("%(n)d call", "%(n)d calls", n),
        "message": ngettext("%(n)d message", "%(n)d messages", n),
        "letter": ngettext("%(n)d letter", "%(n)d letters", n),
        "minute": ngettext("%(n)d minute of work", "%(n)d minutes of work", n),
    }
    return words[line.what] % {"n": n}


def examples(rate: Decimal, quality_share: Decimal, floor: Floor, on: date) -> list[Example]:
    """Return what a bid would earn, for a little, some and everything of the middle of the band."""
    parts = cut(rate, quality_share, on)
    found = []
    for share in EXAMPLES:
        recovered = floor.amount * share // 100
        base, quality, fee = (
            int(Fraction(part) * recovered) for part in (parts.base, parts.quality, parts.fee)
        )
        found.append(Example(recovered, base, quality, fee, base + quality - floor.cost))
    return found


def result_rows(rows: list[ResultRow]) -> list[tuple[ResultRow, str]]:
    """Return the ranked list with the compared rate as text."""
    return [(row, percent(row.effective, 2) if row.effective is not None else "–") for row in rows]
