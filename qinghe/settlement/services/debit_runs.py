"""
A run of direct debits: collected by one person, let go by another, one file, handed in.

Each debit is looked at anew at every step: cancelled, on hold or paid, it stops the run before the
bank has it. Locks: the run, mandates, debits, claims, each in the order of their ids.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.conf import settings

from qinghe.claims.days import day_of
from qinghe.claims.models import Claim
from qinghe.journal.services import record, verb
from qinghe.kernel.actor import Actor
from qinghe.kernel.ids import digits
from qinghe.parties.roles import Permission, require
from qinghe.parties.services import open_file, seal_file, unseal
from qinghe.parties.terms import Purpose
from qinghe.settlement.debit_refusals import (
    DebitBySamePerson,
    DebitFileMade,
    DebitRunMoved,
    DebitRunThere,
    DebitUnfit,
    NoCreditorId,
    NoDebitFile,
    NoDebitRun,
    NothingToDebit,
)
from qinghe.settlement.debit_terms import LATER, DebitRunState, DebitState, WhyNot
from qinghe.settlement.models import Debit, DebitMandate, DebitRun
from qinghe.settlement.payout_files import pain008
from qinghe.settlement.queries.apart import apart
from qinghe.settlement.queries.debits import why_not
from qinghe.settlement.services.bank_files import BankFile
from qinghe.settlement.services.debit_waits import let_wait
from qinghe.settlement.services.debiting import drop, give_up

OPEN: Final = (DebitRunState.DRAFT, DebitRunState.APPROVED)


@verb("settlement.open-debit-run")
def open_debit_run(*, currency: str, actor: Actor, at: datetime) -> DebitRun:
    """
    Collect the debits of a currency whose day is near; what may never be collected is dropped.

    :raises NotPermitted: the role may not prepare payouts
    :raises DebitRunThere: another run of this currency waits
    :raises NothingToDebit: none can be collected now
    """
    require(actor, Permission.PREPARE_PAYOUTS)
    debits = _locked(currency=currency, state=DebitState.PLANNED)
    # Looked for under their locks: of two who collect at once, the second sees the first.
    there = DebitRun.objects.filter(currency=currency, state__in=OPEN).first()
    if there is not None:
        raise DebitRunThere(number=there.number)
    why = why_not(debits, at)
    drop([each for each in debits if why.get(each.pk, WhyNot.NOT_YET) not in LATER], actor, at)
    members = [debit for debit in debits if debit.pk not in why]
    if not members:
        raise NothingToDebit
    run = DebitRun.objects.create(
        number=f"DR-{day_of(at):%Y%m%d}-{digits(8)}",
        currency=currency,
        opened_by=actor.label,
        opened_at=at,
        count=len(members),
        total=sum(debit.amount for debit in members),
    )
    _move(members, DebitState.JOINED, run)
    _note("run-opened", run, actor, at)
    return run


@verb("settlement.approve-debit-run")
def approve_debit_run(*, run_id: UUID, actor: Actor, at: datetime) -> DebitRun:
    """
    Let a run go that somebody else opened.

    :raises NotPermitted: the role may not approve payouts
    :raises NoDebitRun: unknown
    :raises DebitRunMoved: not waiting for approval
    :raises DebitBySamePerson: opened by this very person, or one of the two made the other
    :raises DebitUnfit: one of its debits may not be collected any more
    """
    require(actor, Permission.APPROVE_PAYOUTS)
    run, members = _run(run_id, DebitRunState.DRAFT)
    if not apart(run.opened_by, actor):
        raise DebitBySamePerson
    _check(members, at)
    run.state, run.approved_by, run.approved_at = DebitRunState.APPROVED, actor.label, at
    run.save(update_fields=["state", "approved_by", "approved_at"])
    _note("run-approved", run, actor, at)
    return run


@verb("settlement.drop-debit-run")
def drop_debit_run(*, run_id: UUID, actor: Actor, at: datetime) -> DebitRun:
    """
    Give a run up before it is with the bank; a file of it must not go there any more.

    :raises NotPermitted: the role may not prepare payouts
    :raises NoDebitRun: unknown
    :raises DebitRunMoved: with the bank, or over
    """
    require(actor, Permission.PREPARE_PAYOUTS)
    run, _members = _run(run_id, *OPEN)
    give_up(run, actor, at, why="given-up")
    return run


@verb("settlement.make-debit-file")
def make_debit_file(*, run_id: UUID, actor: Actor, at: datetime) -> DebitRun:
    """
    Make the bank's file of an approved run, once; its bytes are sealed under their hash.

    :raises NotPermitted: the role may not pay out
    :raises NoDebitRun: unknown
    :raises DebitRunMoved: not approved, or with the bank already
    :raises DebitFileMade: there is one
    :raises DebitUnfit: one of its debits may not be collected any more
    :raises NoCreditorId: the platform's number for direct debits, or its account, is not set
    """
    require(actor, Permission.PREPARE_PAYOUTS)
    run, members = _run(run_id, DebitRunState.APPROVED)
    if run.file_sha256:
        raise DebitFileMade
    if not (settings.DEBIT_CREDITOR_ID and settings.PAYOUT_NAME and settings.PAYOUT_ACCOUNT):
        raise NoCreditorId(names="QINGHE_DEBIT_CREDITOR_ID, QINGHE_PAYOUT_NAME")
    _check(members, at)
    run.file_sha256, run.file_at = seal_file(_content(run, members, at)), at
    run.save(update_fields=["file_sha256", "file_at"])
    _note("file-made", run, actor, at)
    return run


def open_debit_file(*, run_id: UUID, actor: Actor, at: datetime) -> BankFile:
    """
    Return the file of a run, the same bytes every time, and put on record who took it.

    :raises NotPermitted: the role may not pay out
    :raises NoDebitRun: unknown
    :raises DebitRunMoved: given up: its file must not go to the bank
    :raises NoDebitFile: none was made yet
    """
    return _open(run_id=run_id, actor=actor.with_key(None), at=at)


@verb("settlement.open-debit-file")
def _open(*, run_id: UUID, actor: Actor, at: datetime) -> BankFile:
    require(actor, Permission.PREPARE_PAYOUTS)
    run = DebitRun.objects.filter(pk=run_id).first()
    if run is None:
        raise NoDebitRun
    if run.state == DebitRunState.DROPPED:
        raise DebitRunMoved
    if not run.file_sha256:
        raise NoDebitFile
    content = open_file(sha256=run.file_sha256, purpose=Purpose.PAY_OUT, actor=actor, at=at)
    _note("file-opened", run, actor, at)
    return BankFile(f"{run.number}.xml", "application/xml", content)


@verb("settlement.hand-in-debits")
def hand_in_debits(*, run_id: UUID, actor: Actor, at: datetime) -> DebitRun:
    """
    Say that the file of a run is with the bank; what was stopped since keeps all of it back.

    :raises NotPermitted: the role may not pay out
    :raises NoDebitRun: unknown
    :raises DebitRunMoved: not approved, or handed in before
    :raises NoDebitFile: none was made yet
    :raises DebitUnfit: one of its debits may not be collected any more
    """
    require(actor, Permission.PREPARE_PAYOUTS)
    run, members = _run(run_id, DebitRunState.APPROVED)
    if not run.file_sha256:
        raise NoDebitFile
    _check(members, at)
    # The run first: the trigger asks for holds at this very moment.
    run.state, run.sent_by, run.sent_at = DebitRunState.SENT, actor.label, at
    run.save(update_fields=["state", "sent_by", "sent_at"])
    _move(members, DebitState.SENT, run)
    let_wait(members, actor, at)
    _note("run-sent", run, actor, at)
    return run


def _run(run_id: UUID, *states: DebitRunState) -> tuple[DebitRun, list[Debit]]:
    run = DebitRun.objects.filter(pk=run_id).select_for_update().first()
    if run is None:
        raise NoDebitRun
    if run.state not in states:
        raise DebitRunMoved
    return run, _locked(run=run)


def _locked(**which: Any) -> list[Debit]:
    """
    Lock debits with their mandates and claims: between the look and the step nobody cancels, and
    no plan gives way to another.
    """
    ids = list(Debit.objects.filter(**which).order_by("pk").values_list("mandate", flat=True))
    list(DebitMandate.objects.filter(pk__in=ids).order_by("pk").select_for_update(no_key=True))
    rows = Debit.objects.filter(**which).order_by("pk")
    locked = list(rows.select_for_update(of=("self",)).values_list("pk", flat=True))
    claims = Claim.objects.filter(pk__in=rows.values("mandate__claim")).order_by("pk")
    list(claims.select_for_update(no_key=True).values_list("pk", flat=True))
    # Read when all is locked: a plan is decided under the lock of its claim.
    related = ("mandate__plan", "mandate__claim", "instalment")
    return list(rows.filter(pk__in=locked).select_related(*related))


def _check(members: Sequence[Debit], at: datetime) -> None:
    why = why_not(members, at)
    for debit in members:
        if debit.pk in why:
            raise DebitUnfit(number=debit.number, why=WhyNot(why[debit.pk]).label)


def _move(members: Sequence[Debit], state: DebitState, run: DebitRun) -> None:
    for debit in members:
        debit.state, debit.run = state, run
    Debit.objects.bulk_update(members, ["state", "run"])


def _content(run: DebitRun, members: Sequence[Debit], at: datetime) -> bytes:
    ids = [debit.mandate_id for debit in members]
    found = DebitMandate.objects.select_related("holder", "account").in_bulk(ids)
    lines = tuple(
        pain008.Line(
            debit.number,
            debit.amount,
            debit.collects_on,
            mandate.number,
            day_of(mandate.given_at),
            unseal(mandate.holder),
            unseal(mandate.account),
            mandate.bank,
        )
        for debit in members
        for mandate in [found[debit.mandate_id]]
    )
    payee = pain008.Payee(
        settings.PAYOUT_NAME,
        settings.PAYOUT_ACCOUNT,
        settings.PAYOUT_BIC,
        settings.DEBIT_CREDITOR_ID,
    )
    return pain008.write(pain008.Batch(run.number, at, run.currency, payee, lines))


def _note(what: str, run: DebitRun, actor: Actor, at: datetime) -> None:
    record(
        kind=f"debit.{what}",
        subject=f"debit-run:{run.pk}",
        actor=actor,
        at=at,
        number=run.number,
        currency=run.currency,
        debits=run.count,
        total=run.total,
        sha256=run.file_sha256,
    )
