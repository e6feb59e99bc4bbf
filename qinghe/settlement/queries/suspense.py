"""Money in suspense: what waits and how long, what it may be, what goes back, what went out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise
from uuid import UUID

from django.db.models import QuerySet

from qinghe.claims.days import day_of
from qinghe.kernel.actor import Actor
from qinghe.parties.roles import Permission, require
from qinghe.settlement.bank.refusals import NoSuchSuspense
from qinghe.settlement.bank_terms import AGES, SendBackState, Sign, Wish
from qinghe.settlement.models import Candidate, SendBack, Statement, StatementEntry, Suspense

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
    candidates: tuple[CandidateRow, ...] = ()

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


@dataclass(frozen=True)
class Gap:
    """Two statements that do not join: the next does not begin with what the last ended with."""

    currency: str
    after: date
    before: date
    missing: int


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


def going_back(*, actor: Actor) -> list[BackRow]:
    """
    Return what is to be sent back, the oldest first. One query.

    :raises NotPermitted: the actor does not manage payments
    """
    require(actor, Permission.MANAGE_PAYMENTS)
    live = (SendBackState.WAITING, SendBackState.READY)
    fields = ("pk", "number", "amount", "currency", "state", "asked_by", "asked_at")
    rows = SendBack.objects.filter(state__in=live).order_by("asked_at", "pk")
    return [BackRow(*row) for row in rows.values_list(*fields)]


def unexplained(*, actor: Actor, limit: int = PAGE) -> list[OutRow]:
    """
    Return what left the bank without a reason that is known here, the oldest first. One query.

    :raises NotPermitted: the actor does not manage payments
    """
    require(actor, Permission.MANAGE_PAYMENTS)
    rows = StatementEntry.objects.filter(credit=False, explained="").order_by("booked_on", "pk")
    fields = ("pk", "amount", "currency", "booked_on", "reference")
    return [OutRow(*row) for row in rows.values_list(*fields)[:limit]]


def gaps(*, actor: Actor) -> list[Gap]:
    """
    Return where statements that tell their balances do not join: one between them is missing.

    :raises NotPermitted: the actor does not manage payments
    """
    require(actor, Permission.MANAGE_PAYMENTS)
    told = Statement.objects.filter(opening__isnull=False, closing__isnull=False)
    told = told.exclude(starts_on=None).exclude(ends_on=None)
    rows = list(told.order_by("currency", "starts_on", "ends_on", "number", "pk"))
    return [
        Gap(old.currency, old.ends_on, new.starts_on, new.opening - old.closing)
        for old, new in pairwise(rows)
        if old.currency == new.currency
        and old.ends_on is not None
        and new.starts_on is not None
        and old.ends_on <= new.starts_on
        and old.closing is not None
        and new.opening is not None
        and new.opening != old.closing
    ]


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
        candidates=candidates,
    )


def _candidates(ids: Iterable[UUID]) -> dict[UUID, list[CandidateRow]]:
    found: dict[UUID, list[CandidateRow]] = defaultdict(list)
    rows = Candidate.objects.filter(suspense__in=list(ids)).order_by("-score", "claim")
    fields = ("suspense", "claim__number", "score", "signs", "expected")
    for pk, number, score, signs, expected in rows.values_list(*fields):
        found[pk].append(CandidateRow(number, score / 100, tuple(signs), expected))
    return found
