"""Reads about titles: the chain from the first creditor, offers that wait, double claims."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from qinghe.claims.completeness import BUYERS
from qinghe.claims.contract_terms import DuplicateGround, DuplicateState, TitleState
from qinghe.claims.models import Claim, Duplicate, Title
from qinghe.claims.queries.access import NoSuchClaim, visible
from qinghe.kernel.actor import Actor, Role
from qinghe.kernel.errors import DomainError
from qinghe.kernel.shown import mark
from qinghe.parties.roles import OVERSIGHT

QUEUE = 50


class NoSuchOffer(DomainError):
    code = "claims.no-such-assignment"
    status = 404
    text = _("There is no such assignment.")


class NoSuchDuplicate(DomainError):
    code = "claims.no-such-duplicate"
    status = 404
    text = _("There is no such pair of claims.")


@dataclass(frozen=True)
class TitleRow:
    """One step of a claim from one creditor to the next."""

    id: UUID
    step: int
    from_name: str
    to_name: str
    on: date
    evidence_id: UUID | None
    notice_reached_on: date | None
    state: str


@dataclass(frozen=True)
class Chain:
    """
    The steps of a claim, the first creditor's first.

    `unbroken` tells whether each begins where the one before ended and the last ends with the
    claimant; a claim without steps belongs to its first creditor. `unnamed` tells that its
    creditor only buys claims and has not said who lent the money.
    """

    steps: tuple[TitleRow, ...]
    offered: TitleRow | None
    unbroken: bool
    unnamed: bool = False

    @property
    def told(self) -> bool:
        """Tell whether the debtor was told of the last step; true where there is none."""
        return not self.steps or self.steps[-1].notice_reached_on is not None


@dataclass(frozen=True)
class OfferRow:
    """One claim offered to an organisation; amounts in minor units, no identity."""

    id: UUID
    claim_id: UUID
    number: str
    from_name: str
    product: str
    stage: str
    currency: str
    owed: int
    due_on: date
    on: date
    recorded_at: datetime

    @property
    def shown(self) -> str:
        """Return the mark of what the new creditor takes over: this claim, with so much owed."""
        return mark(self.id, self.owed, self.stage, self.due_on)


@dataclass(frozen=True)
class DuplicateRow:
    """Two claims that may be one debt; each with its creditor, for those who decide."""

    id: UUID
    ground: str
    state: str
    found_at: datetime
    first_id: UUID
    first_number: str
    first_creditor: str
    second_id: UUID
    second_number: str
    second_creditor: str
    kept_id: UUID | None
    reason: str
    decided_by: str
    decided_at: datetime | None

    @property
    def ground_label(self) -> str:
        """Return in words why they look alike."""
        return str(DuplicateGround(self.ground).label)


_STEP = (
    "id", "step", "from_name", "to_name", "on", "evidence_id", "notice_reached_on", "state",
)  # fmt: skip
_PAIR = (
    "id", "ground", "state", "found_at", "first_id", "first__number", "first__creditor__name",
    "second_id", "second__number", "second__creditor__name", "kept_id", "reason", "decided_by",
    "decided_at",
)  # fmt: skip


def chain_for(*, claim_id: UUID, actor: Actor) -> Chain:
    """
    Return the chain of titles of one claim.

    :raises NoSuchClaim: unknown, or a stranger's
    """
    rows = Claim.objects.filter(visible(actor), pk=claim_id)
    owner = rows.values_list("creditor__name", "creditor__lender_kind").first()
    if owner is None:
        raise NoSuchClaim
    return chain_of(claim_id, *owner)


def chain_of(claim_id: UUID, owner: str, lender_kind: str) -> Chain:
    """Return the chain of a claim the caller may see; name and lender kind of its creditor."""
    rows = Title.objects.filter(claim_id=claim_id).exclude(state=TitleState.DECLINED)
    steps = [TitleRow(*row) for row in rows.order_by("step", "id").values_list(*_STEP)]
    held = tuple(each for each in steps if each.state == TitleState.HELD)
    offered = next((each for each in steps if each.state == TitleState.OFFERED), None)
    unbroken = break_of([(x.from_name, x.to_name) for x in held], owner) is None
    # Who trades in claims has not lent the money itself.
    return Chain(held, offered, unbroken, unnamed=not held and lender_kind in BUYERS)


def break_of(steps: list[tuple[str, str]], owner: str) -> int | None:
    """Return the first step (from 1) that does not join, one past the last for the owner."""
    for place, (before, after) in enumerate(pairwise(steps), start=2):
        if same_name(before[1]) != same_name(after[0]):
            return place
    if steps and same_name(steps[-1][1]) != same_name(owner):
        return len(steps) + 1
    return None


def same_name(name: str) -> str:
    """Return a name as it is compared: without blanks, brackets of one width, small letters."""
    plain = "".join(name.split()).casefold()
    return plain.translate(str.maketrans("()", "（）"))


def offer_row(each: Title) -> OfferRow:
    """Return an offered claim as its new creditor sees it."""
    return OfferRow(
        id=each.pk,
        claim_id=each.claim_id,
        number=each.claim.number,
        from_name=each.from_name,
        product=each.claim.product,
        stage=each.claim.stage,
        currency=each.claim.currency,
        owed=each.claim.owed,
        due_on=each.claim.due_on,
        on=each.on,
        recorded_at=each.recorded_at,
    )


def offers_to(*, actor: Actor) -> list[OfferRow]:
    """Return the claims that were offered to the actor's organisation, the oldest first."""
    if actor.role is not Role.CREDITOR or actor.org_id is None:
        return []
    rows = Title.objects.filter(to_org=actor.org_id, state=TitleState.OFFERED)
    found = rows.select_related("claim").order_by("recorded_at", "id")[:QUEUE]
    return [offer_row(each) for each in found]


def duplicates_of(*, claim_id: UUID, actor: Actor) -> list[DuplicateRow]:
    """Return the pairs of one claim, for those who see every claim; others learn no name here."""
    if actor.role not in OVERSIGHT:
        return []
    return _pairs(Duplicate.objects.filter(Q(first=claim_id) | Q(second=claim_id)))


def open_duplicates(*, actor: Actor) -> list[DuplicateRow]:
    """Return the pairs that wait for a decision, the oldest first."""
    if actor.role not in OVERSIGHT:
        return []
    return _pairs(Duplicate.objects.filter(state=DuplicateState.OPEN))[:QUEUE]


def _pairs(rows: QuerySet[Duplicate]) -> list[DuplicateRow]:
    return [DuplicateRow(*row) for row in rows.order_by("found_at", "id").values_list(*_PAIR)]
