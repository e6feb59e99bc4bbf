"""How claims are to be placed, and what is told of those that cannot be. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from uuid import UUID

from qinghe.claims.models import Claim
from qinghe.kernel.errors import DomainError
from qinghe.market.terms import Mode

# So many numbers are named for one reason; of more, how many more is told.
NAMED = 5


@dataclass(frozen=True)
class Wish:
    """
    The way of placing that is thought of, with what decides whether a claim fits it.

    `reserve` is the highest commission of sealed bids, a share of one; the sizes are of packages.
    """

    mode: str = Mode.GRAB
    reserve: Decimal | None = None
    collector_id: UUID | None = None
    minimum: int = 0
    maximum: int = 0


@dataclass(frozen=True)
class Passed:
    """Claims that stay out for one reason: its code and facts, how many, and the first numbers."""

    code: str
    claims: int
    facts: dict[str, str] = field(default_factory=dict)
    numbers: tuple[str, ...] = ()


def passed_over(refused: Iterable[tuple[Claim, DomainError]]) -> list[Passed]:
    """Return the reasons, the most frequent first; claims with the same facts stand together."""
    groups: dict[tuple[str, tuple[tuple[str, str], ...]], list[str]] = {}
    for claim, reason in refused:
        facts = tuple((name, str(value)) for name, value in reason.facts.items())
        groups.setdefault((reason.code, facts), []).append(claim.number)
    made = [
        Passed(code, len(numbers), dict(facts), tuple(sorted(numbers)[:NAMED]))
        for (code, facts), numbers in groups.items()
    ]
    return sorted(made, key=lambda each: (-each.claims, each.code, each.numbers))


def by_code(passed: Iterable[Passed]) -> dict[str, int]:
    """Return how many claims stay out, by refusal code."""
    counts: dict[str, int] = {}
    for each in passed:
        counts[each.code] = counts.get(each.code, 0) + each.claims
    return counts


def bundles(claims: Sequence[Claim], minimum: int, maximum: int) -> Iterator[list[Claim]]:
    """Yield bundles of one creditor and currency, as even as can be; what is left over is not."""
    groups: dict[tuple[UUID, str], list[Claim]] = {}
    for claim in sorted(claims, key=lambda each: (each.region, each.pk)):
        groups.setdefault((claim.creditor_id, claim.currency), []).append(claim)
    for group in groups.values():
        parts = min(-(-len(group) // maximum), len(group) // minimum)
        kept = group[: parts * maximum]
        for part in range(parts):
            yield kept[part * len(kept) // parts : (part + 1) * len(kept) // parts]
