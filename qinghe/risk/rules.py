"""
What makes a claim doubtful, and how likely it is to be settled by agreement. Pure.

A doubt asks a person; a score is points with reasons and decides nothing. Neither looks at sex,
age, marriage or schooling, and nobody loses a point for contesting a claim.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrPromise

from qinghe.claims.terms import Stage

ROUND_MAJOR: Final = 50_000
SHARED_PHONES: Final = 3
SAME_CLAIMS: Final = 3
BASE: Final = 50
BANDS: Final = ((75, "A"), (50, "B"), (25, "C"))
STAGE_POINTS: Final = {
    Stage.M0: 20,
    Stage.M1: 15,
    Stage.M2: 8,
    Stage.M3: 0,
    Stage.M4: -5,
    Stage.M5: -10,
    Stage.M6: -15,
    Stage.M7: -25,
}


@dataclass(frozen=True)
class Facts:
    """What the rules look at; amounts in major units where named so."""

    principal_major: int
    exact_major: bool
    creditor_owes_itself: bool
    known_elsewhere: bool
    phone_shared_with: int
    same_claims: int
    licensed_at_contract: bool | None
    stage: str
    claimed: int
    paid: int
    channels: int
    evidence: int
    hand: int


@dataclass(frozen=True)
class Doubt:
    """One rule that raises a flag; a grave one holds the claim until a person has decided."""

    code: str
    title: StrPromise
    sentence: StrPromise
    grave: bool
    test: Callable[[Facts], dict[str, int] | None]


@dataclass(frozen=True)
class Reason:
    """One part of a score: its points and the sentence for it, with named facts."""

    points: int
    sentence: StrPromise
    facts: dict[str, int | str]

    @property
    def text(self) -> str:
        """Return the sentence in the active language."""
        return str(self.sentence).format(**self.facts)


@dataclass(frozen=True)
class Score:
    """
    Points from 0 to 100, their band (A best), and what they are made of.

    Base, reasons and `cut` (what goes beyond 0 or 100) add up to the points.
    """

    points: int
    band: str
    reasons: tuple[Reason, ...]
    base: int

    @property
    def cut(self) -> int:
        return self.points - self.base - sum(reason.points for reason in self.reasons)


def _own(facts: Facts) -> dict[str, int] | None:
    return {} if facts.creditor_owes_itself else None


def _phone(facts: Facts) -> dict[str, int] | None:
    many = facts.phone_shared_with >= SHARED_PHONES
    return {"others": facts.phone_shared_with} if many else None


def _elsewhere(facts: Facts) -> dict[str, int] | None:
    return {} if facts.known_elsewhere else None


def _same(facts: Facts) -> dict[str, int] | None:
    return {"count": facts.same_claims} if facts.same_claims >= SAME_CLAIMS else None


def _round(facts: Facts) -> dict[str, int] | None:
    is_round = facts.exact_major and facts.principal_major >= ROUND_MAJOR
    return {} if is_round and facts.principal_major % ROUND_MAJOR == 0 else None


def _unlicensed(facts: Facts) -> dict[str, int] | None:
    return {} if facts.licensed_at_contract is False else None


DOUBTS: Final = (
    Doubt(
        "own-claim",
        _("Creditor and debtor are the same"),
        _("The creditor's registration number is the debtor's number."),
        grave=True,
        test=_own,
    ),
    Doubt(
        "shared-phone",
        _("Phone shared by many debtors"),
        _("{others} other debtors have the same phone number."),
        grave=True,
        test=_phone,
    ),
    Doubt(
        "other-address",
        _("A new address for a known person"),
        _(
            "Another creditor knew this person first. Letters to the new address would open the "
            "person's page, with all claims. Make sure that the person lives there."
        ),
        grave=True,
        test=_elsewhere,
    ),
    Doubt(
        "same-claims",
        _("The same claim several times"),
        _("{count} claims of this creditor against this person are alike in amount and due day."),
        grave=False,
        test=_same,
    ),
    Doubt(
        "round-amount",
        _("Round amount"),
        _("The principal is a large round sum. Look for the proof that it was paid out."),
        grave=False,
        test=_round,
    ),
    Doubt(
        "unlicensed",
        _("No licence on the day of the contract"),
        _("None of the creditor's lending licences covers the day of the contract."),
        grave=False,
        test=_unlicensed,
    ),
)
BY_CODE: Final = {doubt.code: doubt for doubt in DOUBTS}


def doubts(facts: Facts) -> list[tuple[Doubt, dict[str, int]]]:
    """Return every doubt that the facts raise, with what its sentence names."""
    found = [(doubt, doubt.test(facts)) for doubt in DOUBTS]
    return [(doubt, named) for doubt, named in found if named is not None]


def rate(facts: Facts) -> Score:
    """Return the score of a claim: a base and the points of every reason, kept within 0 and 100."""
    reasons = tuple(reason for reason in _reasons(facts) if reason.points)
    points = min(max(BASE + sum(reason.points for reason in reasons), 0), 100)
    band = next((name for least, name in BANDS if points >= least), "D")
    return Score(points, band, reasons, base=BASE)


def _reasons(facts: Facts) -> list[Reason]:
    percent = facts.paid * 100 // facts.claimed if facts.claimed else 0
    return [
        Reason(
            STAGE_POINTS[Stage(facts.stage)],
            _("Stage {stage}: the sooner after the due day, the better."),
            {"stage": Stage(facts.stage).label},
        ),
        Reason(
            min(15, 5 + percent // 5) if facts.paid else 0,
            _("{percent} % was paid already."),
            {"percent": percent},
        ),
        Reason(
            min(facts.channels, 3) * 4 if facts.channels else -20,
            _("{channels} ways to reach the debtor."),
            {"channels": facts.channels},
        ),
        Reason(5 if facts.evidence else 0, _("The debt is documented."), {}),
        Reason(
            -5 * min(facts.hand - 1, 3),
            _("Placed before: this is placement {hand}."),
            {"hand": facts.hand},
        ),
    ]
