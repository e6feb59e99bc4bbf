"""Payout runs, limits, and why an organisation is not paid yet."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from qinghe.kernel.actor import Actor
from qinghe.kernel.shown import mark
from qinghe.ledger.models import Account
from qinghe.ledger.queries import balances
from qinghe.parties.roles import Permission, require
from qinghe.settlement import accounts
from qinghe.settlement.models import Payout, PayoutLimit, PayoutRun
from qinghe.settlement.payout_refusals import NoSuchRun
from qinghe.settlement.payout_terms import (
    COLLECTED,
    FileFormat,
    Limits,
    NotNow,
    PayoutState,
    RunState,
)
from qinghe.settlement.queries.apart import tied_to
from qinghe.settlement.queries.contradicted import contradicted_payouts
from qinghe.settlement.queries.payable import (
    limits_of,
    over_limits,
    why_not_now,
    why_not_paid,
)
from qinghe.settlement.queries.payments import PayoutRow, payout_rows

LATEST = 50


@dataclass(frozen=True)
class RunRow:
    """One payout run; amounts in minor units."""

    id: UUID
    number: str
    day: date
    currency: str
    state: str
    count: int
    total: int
    opened_by: str
    opened_at: datetime
    approved_at: datetime | None
    file_format: str
    file_sha256: str
    file_at: datetime | None
    executes_on: date | None
    sent_at: datetime | None
    done_at: datetime | None

    @property
    def format_label(self) -> str:
        return str(FileFormat(self.file_format).label) if self.file_format else ""

    @property
    def leaves(self) -> bool:
        """Tell whether a payout may still be kept out of it."""
        return self.state in (RunState.DRAFT, RunState.APPROVED) and not self.file_sha256


@dataclass(frozen=True)
class Purse:
    """What is payable to an organisation in one currency, and why it was not paid yet."""

    currency: str
    amount: int
    why: NotNow | None
    # What the next payouts keep of it: for commission owed, and for what must be given back.
    commission: int = 0
    given_back: int = 0

    @property
    def kept(self) -> int:
        return self.commission + self.given_back

    @property
    def goes(self) -> int:
        """Return what will go out."""
        return self.amount - self.kept


@dataclass(frozen=True)
class LimitRow:
    """The limits of a currency that count now, and those that wait for a second person."""

    currency: str
    limits: Limits
    asked: Limits | None = None
    asked_id: UUID | None = None
    agrees: bool = False


def runs(*, actor: Actor) -> list[RunRow]:
    """
    Return the latest runs, newest first.

    :raises NotPermitted: the role may not prepare payouts
    """
    require(actor, Permission.PREPARE_PAYOUTS)
    return [_row(run) for run in PayoutRun.objects.order_by("-opened_at", "-pk")[:LATEST]]


def run_for(*, run_id: UUID, actor: Actor) -> RunRow:
    """
    Return one run.

    :raises NotPermitted: the role may not prepare payouts
    :raises NoSuchRun: unknown
    """
    require(actor, Permission.PREPARE_PAYOUTS)
    run = PayoutRun.objects.filter(pk=run_id).first()
    if run is None:
        raise NoSuchRun
    return _row(run)


def run_named(*, number: str, actor: Actor) -> RunRow:
    """
    Return the run of a number.

    :raises NotPermitted: the role may not prepare payouts
    :raises NoSuchRun: unknown
    """
    pk = PayoutRun.objects.filter(number=number).values_list("pk", flat=True).first()
    if pk is None:
        require(actor, Permission.PREPARE_PAYOUTS)
        raise NoSuchRun
    return run_for(run_id=pk, actor=actor)


def payouts_of(*, run_id: UUID, actor: Actor) -> list[PayoutRow]:
    """
    Return the payouts of a run.

    :raises NotPermitted: the role may not prepare payouts
    """
    require(actor, Permission.PREPARE_PAYOUTS)
    return payout_rows(Payout.objects.filter(run=run_id).order_by("number"))


def run_mark(members: Iterable[tuple[UUID, int]]) -> str:
    """Return the mark of the payouts of a run, as (id, amount), for whoever lets it go."""
    return mark(*sorted((str(pk), amount) for pk, amount in members))


def collectable(*, actor: Actor, at: datetime) -> tuple[list[str], dict[UUID, NotNow]]:
    """
    Return the currencies that a run can be opened in now, and why other drafts cannot go out.

    :raises NotPermitted: the role may not prepare payouts
    """
    require(actor, Permission.PREPARE_PAYOUTS)
    drafts = Payout.objects.filter(state__in=COLLECTED, run=None)
    rows = list(drafts.order_by("prepared_at", "number"))
    why = why_not_now(rows, at)
    busy = set(PayoutRun.objects.filter(state=RunState.DRAFT).values_list("currency", flat=True))
    ready: list[str] = []
    for currency in sorted({row.currency for row in rows}):
        fit = [row for row in rows if row.currency == currency and row.pk not in why]
        over, total = over_limits(fit, currency, at)
        why.update(over)
        if total and currency not in busy:
            ready.append(currency)
    return ready, why


def purses(*, actor: Actor, at: datetime) -> list[Purse]:
    """Return what is payable to the actor's own organisation, and why it was not paid yet."""
    if actor.org_id is None:
        return []
    paths = (accounts.collected(actor.org_id), accounts.payable(actor.org_id))
    held = Account.objects.filter(path__in=paths, balance__lt=0).order_by("currency", "path")
    why = why_not_paid([actor.org_id], at).get(actor.org_id)
    return [_purse(row, why, actor.org_id) for row in held]


def limits(*, actor: Actor) -> list[LimitRow]:
    """
    Return the limits of every currency in use.

    :raises NotPermitted: the role may not prepare payouts
    """
    require(actor, Permission.PREPARE_PAYOUTS)
    waiting = {row.currency: row for row in PayoutLimit.objects.filter(agreed_at=None)}
    used = set(Payout.objects.values_list("currency", flat=True).distinct())
    near = tied_to((row.asked_by for row in waiting.values()), actor)
    found = []
    for currency in sorted({"CNY", *used, *waiting}):
        row = waiting.get(currency)
        asked = Limits(row.per_payout, row.per_run, row.per_day) if row else None
        agrees = row is not None and row.asked_by not in near
        found.append(
            LimitRow(currency, limits_of(currency), asked, row.pk if row else None, agrees)
        )
    return found


def came_back(*, actor: Actor) -> list[tuple[PayoutRow, bool]]:
    """
    Return payouts to the actor's own organisation that came back and were not tried again, each
    with whether the bank or its statement says that it left. Two queries.
    """
    rows = payout_rows(returned_to(actor).order_by("-returned_at", "number"))
    own = contradicted_payouts().filter(organisation=actor.org_id)
    doubted = set(own.values_list("pk", flat=True))
    return [(row, row.id in doubted) for row in rows]


def returned_to(actor: Actor) -> QuerySet[Payout]:
    """Return payouts to the actor's organisation that came back, and none was prepared since."""
    since = Payout.objects.filter(
        organisation=OuterRef("organisation"),
        currency=OuterRef("currency"),
        prepared_at__gte=OuterRef("returned_at"),
    ).exclude(pk=OuterRef("pk"))
    back = Payout.objects.filter(organisation=actor.org_id, state=PayoutState.FAILED)
    return back.exclude(Exists(since))


def _purse(held: Account, why: NotNow | None, org_id: UUID) -> Purse:
    """Keep in the order of the next payouts: first what must be given back, then commission."""
    amount = -held.balance
    back, due = accounts.clawback(held.path), accounts.commission_due(org_id)
    owed = balances(paths=[back, due], currency=held.currency)
    returned = min(amount, max(owed[back], 0))
    earns = held.path == accounts.payable(org_id)
    commission = 0 if earns else min(amount - returned, max(owed[due], 0))
    return Purse(held.currency, amount, why, commission, returned)


def _row(run: PayoutRun) -> RunRow:
    return RunRow(
        id=run.pk,
        number=run.number,
        day=run.day,
        currency=run.currency,
        state=run.state,
        count=run.count,
        total=run.total,
        opened_by=run.opened_by,
        opened_at=run.opened_at,
        approved_at=run.approved_at,
        file_format=run.file_format,
        file_sha256=run.file_sha256,
        file_at=run.file_at,
        executes_on=run.executes_on,
        sent_at=run.sent_at,
        done_at=run.done_at,
    )
