"""
Which papers a kind of claim needs, and how complete those on file are. Pure.

The table below is the whole rule. The needs that apply to a claim are scaled to a hundred points;
a paper on file earns its points or none. So the points of the parts add up to the score, a reader
can add them up, and one more paper never lowers it. What is needed and missing stops the release;
what is only recommended does not.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrPromise

from qinghe.claims.terms import EvidenceKind, Product
from qinghe.kernel.money import apportion
from qinghe.parties.terms import OrgKind

FULL: Final = 100
# Lenders who trade in claims: what they bring was assigned to them at least once.
BUYERS: Final = frozenset({"factoring", "local_amc"})
LOANS: Final = frozenset({Product.CONSUMER_LOAN, Product.SMALL_LOAN, Product.PRIVATE_LOAN})
ANY: Final = frozenset(Product)
REST: Final = frozenset({Product.OTHER})


@dataclass(frozen=True)
class Need:
    """
    One row of the table: a paper, for which claims, how much it weighs, why, and by which law.

    `private` narrows it to creditors who are natural persons (True) or are not (False); `assigned`
    to claims that changed hands. `or_else` names papers that prove the same.
    """

    paper: EvidenceKind
    products: frozenset[Product]
    weight: int
    needed: bool
    why: StrPromise
    law: str = ""
    private: bool | None = None
    assigned: bool = False
    or_else: frozenset[EvidenceKind] = frozenset()

    @property
    def instead(self) -> list[EvidenceKind]:
        """Return the papers that prove the same, always in the same order."""
        return sorted(self.or_else)


_WROTE = _("It shows that the debtor agreed to these terms.")
# A court title ends the question what is owed; a mediated settlement, what was agreed.
TITLE: Final = frozenset({EvidenceKind.JUDGMENT})
AGREED: Final = TITLE | {EvidenceKind.MEDIATION}

NEEDS: Final[tuple[Need, ...]] = (
    Need(
        EvidenceKind.CONTRACT, LOANS, 40, True, _WROTE,
        law="民法典 667-668", private=False, or_else=AGREED,
    ),
    Need(
        EvidenceKind.CONTRACT, LOANS, 40, True,
        _("A loan note, receipt or contract: a court asks for it before it hears the case."),
        law="民间借贷解释 2", private=True, or_else=AGREED,
    ),
    Need(
        EvidenceKind.TRANSFER, LOANS, 35, True,
        _("A loan between persons binds only once the money has been paid out."),
        law="民法典 679", private=True, or_else=TITLE,
    ),
    Need(
        EvidenceKind.TRANSFER, LOANS, 35, True,
        _("The lender shows that the money was paid out, and how much of it."), law="民法典 670",
        private=False, or_else=TITLE,
    ),
    Need(
        EvidenceKind.CONTRACT, frozenset({Product.CREDIT_CARD}), 40, True, _WROTE,
        law="民法典 667-668", or_else=AGREED,
    ),
    Need(
        EvidenceKind.STATEMENT, frozenset({Product.CREDIT_CARD}), 35, True,
        _("The debt of a card is the sum of its bookings: who claims it shows them."),
        law="民事诉讼法 67", or_else=TITLE,
    ),
    Need(
        EvidenceKind.STATEMENT, LOANS, 15, False,
        _("It shows what was paid back and how the rest was counted."),
        law="民事诉讼法 67", or_else=TITLE,
    ),
    Need(
        EvidenceKind.INVOICE, frozenset({Product.TRADE_CREDIT}), 30, True,
        _("It names the goods or work and their price."),
        law="买卖合同解释 1", or_else=TITLE,
    ),
    Need(
        EvidenceKind.DELIVERY, frozenset({Product.TRADE_CREDIT}), 35, True,
        _("An invoice alone does not prove that the goods arrived."),
        law="买卖合同解释 5", or_else=TITLE,
    ),
    Need(
        EvidenceKind.CONTRACT, frozenset({Product.TRADE_CREDIT}), 20, False, _WROTE,
        law="民法典 469", or_else=AGREED,
    ),
    Need(
        EvidenceKind.CONTRACT, REST, 60, True,
        _("Some paper from which the debt arises."), law="民事诉讼法 67", or_else=AGREED,
    ),
    Need(
        EvidenceKind.ASSIGNMENT, ANY, 20, True,
        _("Each change of hands is proven, from the first creditor to this one."),
        law="民法典 545", assigned=True,
    ),
    Need(
        EvidenceKind.NOTICE, ANY, 15, True,
        _("Until the debtor has been told, an assignment does not bind the debtor."),
        law="民法典 546", assigned=True,
    ),
    Need(
        EvidenceKind.AUTHORISATION, LOANS | {Product.CREDIT_CARD}, 10, False,
        _("It shows that the debtor, and nobody in the debtor's name, signed."),
        law="电子签名法 13", private=False, or_else=TITLE,
    ),
)  # fmt: skip


@dataclass(frozen=True)
class Case:
    """What decides which needs apply to a claim."""

    product: str
    creditor_kind: str
    lender_kind: str
    assignments: int = 0

    @property
    def private(self) -> bool:
        """Return whether the creditor is a natural person."""
        return self.creditor_kind == OrgKind.PRIVATE_CREDITOR or (
            self.lender_kind == "natural_person"
        )

    @property
    def bought(self) -> bool:
        """Return whether the creditor trades in claims, so that each was assigned to it."""
        return self.lender_kind in BUYERS

    @property
    def links(self) -> int:
        """Return how often the claim has changed hands; who trades in claims has bought it."""
        return max(self.assignments, int(self.bought))


@dataclass(frozen=True)
class Part:
    """One line of the score: a paper (the `link`-th of a chain), its points, and whether earned."""

    need: Need
    link: int
    points: int
    met: bool

    @property
    def earned(self) -> int:
        return self.points if self.met else 0

    @property
    def blocks(self) -> bool:
        """Return whether the claim cannot be released for want of this paper."""
        return self.need.needed and not self.met

    @property
    def name(self) -> str:
        """Return what the paper is called, in the active language."""
        label = str(self.need.paper.label)
        if not self.link:
            return label
        return str(_("{paper}, link {n}")).format(paper=label, n=self.link)


@dataclass(frozen=True)
class Completeness:
    """The parts of a score, each to be read; together they have a hundred points."""

    parts: tuple[Part, ...]

    @property
    def score(self) -> int:
        """Return the points earned, 0 to 100."""
        return sum(part.earned for part in self.parts)

    @property
    def missing(self) -> tuple[Part, ...]:
        """Return what stops the release."""
        return tuple(part for part in self.parts if part.blocks)

    @property
    def complete(self) -> bool:
        return not self.missing


def needs_of(case: Case) -> list[tuple[Need, int]]:
    """Return the needs of a claim, each with its place in a chain of assignments or zero."""
    found: list[tuple[Need, int]] = []
    for need in NEEDS:
        if case.product not in need.products or need.private not in (None, case.private):
            continue
        if not need.assigned:
            found.append((need, 0))
        elif need.paper is EvidenceKind.ASSIGNMENT:
            found.extend((need, link) for link in range(1, case.links + 1))
        elif case.links:
            found.append((need, 0))
    return found


def completeness(case: Case, papers: Iterable[str]) -> Completeness:
    """
    Return how complete a claim's papers are.

    :param papers: the kind of each usable file, as often as there are files of it
    """
    counts: dict[str, int] = {}
    for each in papers:
        counts[each] = counts.get(each, 0) + 1
    needs = needs_of(case)
    points = apportion(FULL, [need.weight for need, _link in needs])
    return Completeness(
        tuple(
            Part(need, link, share, _met(need, link, counts))
            for (need, link), share in zip(needs, points, strict=True)
        )
    )


def _met(need: Need, link: int, counts: Mapping[str, int]) -> bool:
    return counts.get(need.paper, 0) >= max(link, 1) or any(
        counts.get(each, 0) for each in need.or_else
    )


def names(parts: Collection[Part]) -> str:
    """Return what parts are called, as one sentence goes on with them."""
    return "; ".join(part.name for part in parts)
