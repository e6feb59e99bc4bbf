"""Money in suspense: what waits and how long, what it may be, what goes back, what went out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet, TextField, Value
from django.db.models.functions import Coalesce

from qinghe.claims.days import day_of
from qinghe.claims.models import Claim
from qinghe.claims.terms import OPEN_STATES
from qinghe.kernel.actor import Actor
from qinghe.kernel.shown import mark
from qinghe.parties.roles import Permission, require
from qinghe.settlement.bank.refusals import NoSuchSuspense
from qinghe.settlement.bank_terms import AGES, SendBackState, Sign, Wish
from qinghe.settlement.models import Candidate, SendBack, StatementEntry, Suspense

PAGE = 100


@dataclass(frozen=True)
class CandidateRow:
    """A claim the money may pay; `bits` say how likely, `expected` is in minor units."""

    claim_number: str
    bits: float
    signs: tuple[str, ...]
    expected: int

    @property
    def reasons(self) -> str:
        return ", ".join(str(Sign(each).label) for each in self.signs)


@dataclass(frozen=True)
class SuspenseRow:
    """Money that waits; amounts in minor units, `asked_by` a journal label."""

    id: UUID
    amount: int
    rest: int
    currency: str
    since: datetime
    booked_on: date
    reference: str
    payer: str
    written: bool
    claim_number: str
    wish: str
    wish_claim: str
    wish_note: str
    asked_by: str
    asked_at: datetime | None
    candidates: tuple[CandidateRow, ...] = ()

    @property
    def shown(self) -> str:
        """Return the mark of the proposal: who agrees, agrees to this one."""
        wish = (self.wish, self.wish_claim, self.wish_note)
        return mark(self.id, self.rest, *wish, self.asked_by, self.asked_at)

    @property
    def wish_label(self) -> str:
        return str(Wish(self.wish).label)


@dataclass(frozen=True)
class Age:
    """How much waits between two ages in days, in one currency; the last has no end."""

    currency: str
    first: int
    last: int | None
    count: int
    amount: int


@dataclass(frozen=True)
class BackRow:
    """Money on its way back; `asked_by` is a journal label."""

    id: UUID
    number: str
    amount: int
    currency: str
    state: str
    asked_by: str
    asked_at: datetime
    # The debit that brought it too much, or the money in suspense that it is of.
    debit_id: UUID | None
    suspense_id: UUID | None
    # Who sent it, masked; empty where the bank did not say.
    payer: str
    # Whether a person typed where it goes; the statement does not tell.
    typed: bool = False

    @property
    def of_debit(self) -> bool:
        return self.debit_id is not None

    @property
    def state_label(self) -> str:
        return str(SendBackState(self.state).label)


@dataclass(frozen=True)
class OutRow:
    """Money that left the bank and that nothing explains yet."""

    id: UUID
    amount: int
    currency: str
    booked_on: date
    reference: str


def in_suspense(*, actor: Actor, offset: int = 0, limit: int = PAGE) -> list[SuspenseRow]:
    """
    Return what waits, the oldest first, with what it may be. Two queries.

    :raises NotPermitted: the actor does not manage payments
    """
    require(actor, Permission.MANAGE_PAYMENTS)
    rows = Suspense.objects.filter(rest__gt=0).order_by("since", "pk")[offset : offset + limit]
    return _rows(rows)


def suspense_row(*, suspense_id: UUID, actor: Actor) -> SuspenseRow:
    """
    Return one amount that waits or waited.

    :raises NotPermitted: the actor does not manage payments
    :raises NoSuchSuspense: unknown
    """
    require(actor, Permission.MANAGE_PAYMENTS)
    found = _rows(Suspense.objects.filter(pk=suspense_id))
    if not found:
        raise NoSuchSuspense
    return found[0]


def spent_claim(*, suspense_id: UUID, actor: Actor) -> str:
    """
    Return the claim whose reference money in suspense bears and which takes no more money, or
    nothing.

    :raises NotPermitted: the actor does not manage payments
    """
    require(actor, Permission.MANAGE_PAYMENTS)
    rows = Suspense.objects.filter(pk=suspense_id, rest__gt=0).exclude(entry__claim_number="")
    found = rows.values_list("entry__claim_number", "currency").first()
    if found is None:
        return ""
    number, currency = found
    takes = Claim.objects.filter(number=number, currency=currency, state__in=OPEN_STATES)
    return "" if any(claim.owed > 0 for claim in takes) else number


def ages(*, actor: Actor, at: datetime) -> list[Age]:
    """
    Return how much waits how long, by currency. One query.

    :raises NotPermitted: the actor does not manage payments
    """
    require(actor, Permission.MANAGE_PAYMENTS)
    today = day_of(at)
    totals: dict[tuple[str, int, int | None], list[int]] = defaultdict(list)
    waiting = Suspense.objects.filter(rest__gt=0)
    for currency, since, rest in waiting.values_list("currency", "since", "rest"):
        days = max((today - day_of(since)).days, 0)
        first, last = next(each for each in AGES if each[1] is None or days <= each[1])
        totals[currency, first, last].append(rest)
    keys = sorted(totals, key=lambda key: (key[0], key[1]))
    return [Age(*key, len(totals[key]), sum(totals[key])) for key in keys]


def going_back(*, actor: Actor, suspense_id: UUID | None = None) -> list[BackRow]:
    """
    Return what is to be sent back, of one amount in suspense or of all, the oldest first. One
    query.

    :raises NotPermitted: the actor does not manage payments
    """
    require(actor, Permission.MANAGE_PAYMENTS)
    live = (SendBackState.WAITING, SendBackState.READY)
    fields = (
        "pk", "number", "amount", "currency", "state", "asked_by", "asked_at", "debit", "suspense",
        Coalesce("suspense__entry__payer_masked", Value(""), output_field=TextField()),
        Exists(SendBack.objects.filter(pk=OuterRef("pk"), account__isnull=False)),
    )  # fmt: skip
    rows = SendBack.objects.filter(state__in=live).order_by("asked_at", "pk")
    if suspense_id is not None:
        rows = rows.filter(suspense=suspense_id)
    return [BackRow(*row) for row in rows.values_list(*fields)]


def unexplained(*, actor: Actor, offset: int = 0, limit: int = PAGE) -> list[OutRow]:
    """
    Return what left the bank without a reason that is known here, the oldest first. One query.

    :raises NotPermitted: the actor does not manage payments
    """
    require(actor, Permission.MANAGE_PAYMENTS)
    rows = StatementEntry.objects.filter(credit=False, explained="").order_by("booked_on", "pk")
    fields = ("pk", "amount", "currency", "booked_on", "reference")
    return [OutRow(*row) for row in rows.values_list(*fields)[offset : offset + limit]]


def counted(*, actor: Actor) -> tuple[int, int]:
    """
    Return how many amounts wait, and how many entries left the bank unexplained. Two queries.

    :raises NotPermitted: the actor does not manage payments
    """
    require(actor, Permission.MANAGE_PAYMENTS)
    out = StatementEntry.objects.filter(credit=False, explained="")
    return Suspense.objects.filter(rest__gt=0).count(), out.count()


def _rows(found: QuerySet[Suspense]) -> list[SuspenseRow]:
    rows = list(found.select_related("entry", "wish_claim"))
    may_be = _candidates([row.pk for row in rows])
    return [_row(row, tuple(may_be[row.pk])) for row in rows]


def _row(row: Suspense, candidates: tuple[CandidateRow, ...]) -> SuspenseRow:
    entry = row.entry
    return SuspenseRow(
        id=row.pk,
        amount=row.amount,
        rest=row.rest,
        currency=row.currency,
        since=row.since,
        booked_on=entry.booked_on,
        reference=entry.reference,
        payer=entry.payer_masked,
        written=entry.words_id is not None,
        claim_number=entry.claim_number,
        wish=row.wish,
        wish_claim=row.wish_claim.number if row.wish_claim else "",
        wish_note=row.wish_note,
        asked_by=row.asked_by,
        asked_at=row.asked_at,
        candidates=candidates,
    )


def _candidates(ids: Iterable[UUID]) -> dict[UUID, list[CandidateRow]]:
    found: dict[UUID, list[CandidateRow]] = defaultdict(list)
    rows = Candidate.objects.filter(suspense__in=list(ids)).order_by("-score", "claim")
    fields = ("suspense", "claim__number", "score", "signs", "expected")
    for pk, number, score, signs, expected in rows.values_list(*fields):
        found[pk].append(CandidateRow(number, score / 100, tuple(signs), expected))
    return found
