"""
A payout run: the drafts of one currency, let go together by a second person.

Locks: the run, its payouts in the order of their ids, their organisations, then the ledger.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from qinghe.claims.days import day_of
from qinghe.journal.services import record, record_many, verb
from qinghe.kernel.actor import Actor
from qinghe.kernel.errors import DomainError
from qinghe.kernel.ids import digits
from qinghe.kernel.shown import check_shown
from qinghe.ledger.terms import Posting
from qinghe.parties.models import Organisation
from qinghe.parties.roles import Permission, require
from qinghe.settlement import accounts
from qinghe.settlement.models import Payout, PayoutRun
from qinghe.settlement.payout_refusals import (
    FileMade,
    NoSuchRun,
    NothingToRun,
    OverLimit,
    RunBySamePerson,
    RunMoved,
    RunNotApart,
    RunOpen,
    RunUnfit,
    WhyMissing,
)
from qinghe.settlement.payout_terms import COLLECTED, NotNow, PayoutState, RunState
from qinghe.settlement.queries.apart import apart, why_not_approve
from qinghe.settlement.queries.payable import (
    accounts_now,
    limits_of,
    over_limits,
    why_not_now,
)
from qinghe.settlement.queries.runs import run_mark
from qinghe.settlement.refusals import NoSuchPayout, PayoutMoved, SamePerson

OPEN: Final = (RunState.DRAFT, RunState.APPROVED)
PAID: Final = "payout.paid"


@verb("settlement.open-run")
def open_run(*, currency: str, actor: Actor, at: datetime) -> PayoutRun:
    """
    Collect the drafts of a currency that can go out now, oldest first, as far as the limits allow.

    What was approved alone goes too: it is a draft again, and approved with the run.

    :raises NotPermitted: the role may not prepare payouts
    :raises RunOpen: another run of this currency waits for approval
    :raises NothingToRun: no draft can go out now
    """
    require(actor, Permission.PREPARE_PAYOUTS)
    drafts = Payout.objects.filter(currency=currency, state__in=COLLECTED, run=None)
    rows = list(drafts.order_by("prepared_at", "number").select_for_update(of=("self",)))
    # Looked for under their locks: of two who collect at once, the second sees the first.
    open_one = PayoutRun.objects.filter(currency=currency, state=RunState.DRAFT).first()
    if open_one is not None:
        raise RunOpen(number=open_one.number, currency=currency)
    unfit = why_not_now(rows, at)
    fit = [row for row in rows if row.pk not in unfit]
    over, _total = over_limits(fit, currency, at)
    members = [row for row in fit if row.pk not in over]
    if not members:
        raise NothingToRun(currency=currency)
    run = PayoutRun.objects.create(
        number=f"PR-{day_of(at):%Y%m%d}-{digits(8)}",
        day=day_of(at),
        currency=currency,
        opened_by=actor.label,
        opened_at=at,
    )
    for payout in members:
        if payout.state == PayoutState.APPROVED:
            _leave(payout, kept_out="")
    _join(run, members)
    _note("run-opened", run, actor, at, payouts=len(members), total=sum_of(members))
    return run


@verb("settlement.keep-out")
def keep_out(*, payout_id: UUID, reason: str, actor: Actor, at: datetime) -> Payout:
    """
    Take one payout out of its run, or keep it out of the next; it waits until it is let in again.

    :raises NotPermitted: the role may not prepare payouts
    :raises WhyMissing: no reason
    :raises NoSuchPayout: unknown
    :raises PayoutMoved: paid one by one, with the bank, or over
    :raises FileMade: the bank's file of its run exists
    """
    require(actor, Permission.PREPARE_PAYOUTS)
    if not reason.strip():
        raise WhyMissing
    run = _run_of(payout_id)
    payout = _member(payout_id, run)
    if run is not None and run.file_sha256:
        raise FileMade
    if run is None and payout.state != PayoutState.DRAFT:
        raise PayoutMoved
    _leave(payout, kept_out=reason.strip())
    if run is not None:
        _count(run)
    record(
        kind="payout.kept-out",
        subject=f"payout:{payout.pk}",
        actor=actor,
        at=at,
        run=run.number if run else "",
        reason=reason.strip(),
    )
    return payout


@verb("settlement.let-in")
def let_in(*, payout_id: UUID, actor: Actor, at: datetime) -> Payout:
    """
    Let a payout that was kept out go with the next run.

    :raises NotPermitted: the role may not approve payouts
    :raises NoSuchPayout: unknown
    :raises PayoutMoved: it is not kept out
    """
    require(actor, Permission.APPROVE_PAYOUTS)
    payout = _member(payout_id, None)
    if not payout.kept_out or payout.state != PayoutState.DRAFT:
        raise PayoutMoved
    payout.kept_out = ""
    payout.save(update_fields=["kept_out"])
    record(kind="payout.let-in", subject=f"payout:{payout.pk}", actor=actor, at=at)
    return payout


@verb("settlement.approve-run")
def approve_run(*, run_id: UUID, actor: Actor, at: datetime, seen: str | None = None) -> PayoutRun:
    """
    Let a run go: every payout of it, or none.

    :param seen: the mark of the payouts that were shown, `run_mark`
    :raises NotPermitted: the role may not approve payouts
    :raises NoSuchRun: unknown
    :raises RunMoved: not waiting for approval
    :raises ChangedMeanwhile: other payouts are in it than were shown
    :raises NothingToRun: every payout was kept out
    :raises RunBySamePerson: opened or prepared by this very person, or by somebody tied to it
    :raises RunNotApart: the person had a hand in the money behind a payout of it
    :raises RunUnfit: a payout cannot go out now: its payee's standing or account
    :raises OverLimit: a payout is above a limit
    """
    require(actor, Permission.APPROVE_PAYOUTS)
    run = lock_run(run_id, RunState.DRAFT)
    members = members_of(run)
    if not members:
        raise NothingToRun(currency=run.currency)
    check_shown(seen, run_mark((each.pk, each.amount) for each in members))
    _check_apart(run, members, actor)
    check_fit(members, at)
    check_limits(members, at)
    ids = [payout.pk for payout in members]
    state = {"state": PayoutState.APPROVED, "approved_by": actor.label, "approved_at": at}
    Payout.objects.filter(pk__in=ids).update(**state)
    run.state, run.approved_by, run.approved_at = RunState.APPROVED, actor.label, at
    run.most = limits_of(run.currency).per_run
    run.count, run.total = len(members), sum_of(members)
    run.save(update_fields=["state", "approved_by", "approved_at", "most", "count", "total"])
    _note("run-approved", run, actor, at, payouts=run.count, total=run.total)
    rows = [(f"payout:{each.pk}", None, _told(each, run)) for each in members]
    record_many(kind="payout.approved", rows=rows, actor=actor, at=at)
    return run


@verb("settlement.drop-run")
def drop_run(*, run_id: UUID, reason: str, actor: Actor, at: datetime) -> PayoutRun:
    """
    Give a run up before the bank's file exists; its payouts are drafts again.

    :raises NotPermitted: the role may not prepare payouts
    :raises WhyMissing: no reason
    :raises NoSuchRun: unknown
    :raises RunMoved: with the bank, or over
    :raises FileMade: its file may be with the bank already
    """
    require(actor, Permission.PREPARE_PAYOUTS)
    if not reason.strip():
        raise WhyMissing
    run = lock_run(run_id, *OPEN)
    if run.file_sha256:
        raise FileMade
    for payout in members_of(run):
        _leave(payout, kept_out="")
    run.state = RunState.DROPPED
    run.save(update_fields=["state"])
    _note("run-dropped", run, actor, at, reason=reason.strip())
    return run


def lock_run(run_id: UUID, *states: RunState) -> PayoutRun:
    """
    Lock a run in one of some states.

    :raises NoSuchRun: unknown
    :raises RunMoved: in another state
    """
    run = PayoutRun.objects.filter(pk=run_id).select_for_update().first()
    if run is None:
        raise NoSuchRun
    if run.state not in states:
        raise RunMoved
    return run


def members_of(run: PayoutRun) -> list[Payout]:
    """Lock the payouts of a locked run, in the order of their ids."""
    rows = Payout.objects.filter(run=run).order_by("pk").select_for_update(of=("self",))
    return list(rows)


def check_fit(
    members: Sequence[Payout], at: datetime, *, refusal: type[DomainError] = RunUnfit
) -> None:
    """
    Refuse payouts whose payee may not be paid, or whose account is not the one they joined with.

    :raises RunUnfit: naming the first of them; another `refusal` where it was said
    """
    unfit = why_not_now(members, at, joined=True)
    for payout in members:
        if payout.pk in unfit:
            raise refusal(payout=payout.number, why=NotNow(unfit[payout.pk]).label)


def check_limits(members: Sequence[Payout], at: datetime) -> None:
    """
    Refuse payouts above a limit. Their organisations are locked: two approvals see each other.

    :raises OverLimit: naming the first of them
    """
    owners = Organisation.objects.filter(pk__in={each.organisation_id for each in members})
    list(owners.order_by("pk").select_for_update(no_key=True).values_list("pk"))
    over, _total = over_limits(members, members[0].currency, at)
    for payout in members:
        if payout.pk in over:
            raise OverLimit(payout=payout.number, why=NotNow(over[payout.pk]).label)


def paying(payout: Payout, at: datetime) -> Posting:
    """Return what the books move when the bank pays a payout."""
    owed, subject = accounts.payout(payout.pk), f"payout:{payout.pk}"
    return Posting(owed, accounts.BANK, payout.amount, payout.currency, PAID, subject, at)


def sum_of(members: Sequence[Payout]) -> int:
    """Return the sum of some payouts, in minor units."""
    return sum(payout.amount for payout in members)


def _check_apart(run: PayoutRun, members: Sequence[Payout], actor: Actor) -> None:
    if not apart(run.opened_by, actor):
        raise RunBySamePerson
    reasons = why_not_approve(members, actor)
    for payout in members:
        reason = reasons.get(payout.pk)
        if isinstance(reason, SamePerson):
            raise RunBySamePerson
        if reason is not None:
            raise RunNotApart(payout=payout.number)


def _join(run: PayoutRun, members: Sequence[Payout]) -> None:
    known = accounts_now({payout.organisation_id for payout in members})
    for payout in members:
        payout.run, payout.account = run, known[payout.organisation_id]
    Payout.objects.bulk_update(members, ["run", "account"])
    _count(run)


def _count(run: PayoutRun) -> None:
    """Keep how many payouts a run has, and their sum; one that lost its last is given up."""
    members = members_of(run)
    run.count, run.total = len(members), sum_of(members)
    if not members:
        run.state = RunState.DROPPED
    run.save(update_fields=["count", "total", "state"])


def _leave(payout: Payout, *, kept_out: str) -> None:
    """Make a payout a draft without a run again; what a second person said of it is over."""
    payout.run, payout.kept_out, payout.state = None, kept_out, PayoutState.DRAFT
    payout.approved_by, payout.approved_at = "", None
    payout.save(update_fields=["run", "kept_out", "state", "approved_by", "approved_at"])


def _run_of(payout_id: UUID) -> PayoutRun | None:
    run_id = Payout.objects.filter(pk=payout_id).values_list("run_id", flat=True).first()
    return lock_run(run_id, *OPEN) if run_id else None


def _member(payout_id: UUID, run: PayoutRun | None) -> Payout:
    """Lock a payout after its run; refuse it when it changed runs meanwhile."""
    payout = Payout.objects.filter(pk=payout_id).select_for_update(of=("self",)).first()
    if payout is None:
        raise NoSuchPayout
    if payout.run_id != (run.pk if run else None):
        raise PayoutMoved
    return payout


def _told(payout: Payout, run: PayoutRun) -> dict[str, object]:
    facts = {"number": payout.number, "amount": payout.amount, "currency": payout.currency}
    return {**facts, "run": run.number}


def _note(what: str, run: PayoutRun, actor: Actor, at: datetime, **facts: Any) -> None:
    record(
        kind=f"payout.{what}",
        subject=f"payout-run:{run.pk}",
        actor=actor,
        at=at,
        number=run.number,
        currency=run.currency,
        **facts,
    )
