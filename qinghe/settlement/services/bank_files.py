"""
The bank's file of a run: made once, sealed, downloaded as often as needed, handed in.

Names and account numbers leave the vault for the file alone, and the journal says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.conf import settings

from qinghe.claims.days import day_of
from qinghe.journal.services import record, verb
from qinghe.kernel.actor import Actor
from qinghe.ledger.queries import available
from qinghe.ledger.services import lock_accounts, set_aside_many
from qinghe.ledger.terms import Posting
from qinghe.parties.models import SettlementAccount
from qinghe.parties.roles import Permission, require
from qinghe.parties.services import open_file, seal_file, unseal
from qinghe.parties.terms import Purpose
from qinghe.settlement import accounts, payout_files
from qinghe.settlement.models import Payout, PayoutRun
from qinghe.settlement.payout_refusals import (
    FileMade,
    FileUnfit,
    NoFile,
    NoOwnAccount,
    NoSuchRun,
    NotInFormat,
    PastDay,
)
from qinghe.settlement.payout_terms import FileFormat, PayoutState, RunState
from qinghe.settlement.refusals import NoCash
from qinghe.settlement.services.runs import check_fit, lock_run, members_of, paying, sum_of
from qinghe.settlement.services.voiding import check_undoubted

MOST_AHEAD: Final = timedelta(days=30)
PURPOSE: Final = "清和结算"
CHINESE_MONEY: Final = "CNY"
# A bank's answer is waited for and never assumed: what is set aside for it does not time out.
AWAITED: Final = timedelta(days=36525)


@dataclass(frozen=True)
class BankFile:
    """A file as it is downloaded."""

    name: str
    media_type: str
    content: bytes = field(repr=False)


@verb("settlement.make-bank-file")
def make_bank_file(
    *, run_id: UUID, file_format: str, executes_on: date, actor: Actor, at: datetime
) -> PayoutRun:
    """
    Make the bank's file of an approved run, once; its bytes are sealed under their hash.

    :raises NotPermitted: the role may not pay out
    :raises NoSuchRun: unknown
    :raises RunMoved: not approved, or with the bank already
    :raises FileMade: there is one
    :raises RunUnfit: a payee's standing or account changed since the approval
    :raises NoOwnAccount: the format names the platform's account, and none is set
    :raises NotInFormat: the format does not carry this currency
    :raises PastDay: the day to pay on is over, or too far ahead
    """
    require(actor, Permission.PREPARE_PAYOUTS)
    fmt = FileFormat(file_format)
    run = lock_run(run_id, RunState.APPROVED)
    if run.file_sha256:
        raise FileMade
    _check_format(fmt, run, executes_on, at)
    members = members_of(run)
    check_fit(members, at)
    content = payout_files.write(fmt, _batch(run, members, executes_on, at))
    run.file_sha256, run.file_format = seal_file(content), fmt
    run.file_by, run.file_at, run.executes_on = actor.label, at, executes_on
    run.save(update_fields=["file_sha256", "file_format", "file_by", "file_at", "executes_on"])
    facts = {"payouts": len(members), "total": run.total, "executes_on": executes_on.isoformat()}
    _note("file-made", run, actor, at, **facts)
    return run


@verb("settlement.open-bank-file")
def _open(*, run_id: UUID, actor: Actor, at: datetime) -> BankFile:
    require(actor, Permission.PREPARE_PAYOUTS)
    run = PayoutRun.objects.filter(pk=run_id).first()
    if run is None:
        raise NoSuchRun
    if not run.file_sha256:
        raise NoFile
    check_undoubted(run)
    content = open_file(sha256=run.file_sha256, purpose=Purpose.PAY_OUT, actor=actor, at=at)
    _note("file-opened", run, actor, at)
    fmt = FileFormat(run.file_format)
    return BankFile(
        f"{run.number}.{payout_files.EXTENSIONS[fmt]}", payout_files.MEDIA_TYPES[fmt], content
    )


def open_bank_file(*, run_id: UUID, actor: Actor, at: datetime) -> BankFile:
    """
    Return the file of a run, the same bytes every time, and put on record who took it.

    :raises NotPermitted: the role may not pay out
    :raises NoSuchRun: unknown
    :raises NoFile: none was made yet, or it was voided
    :raises FileDoubted: somebody asked to void it
    :raises NoSuchFile: the sealed file is gone
    :raises VaultDamaged: it was altered, or its key is gone
    """
    # Each look is its own: the content must not be kept as the answer of a repeated request.
    return _open(run_id=run_id, actor=actor.with_key(None), at=at)


@verb("settlement.hand-in")
def hand_in(*, run_id: UUID, actor: Actor, at: datetime) -> PayoutRun:
    """
    Say that the file of a run is with the bank; from here on only the bank's answer counts.

    :raises NotPermitted: the role may not pay out
    :raises NoSuchRun: unknown
    :raises RunMoved: not approved, or handed in before
    :raises NoFile: none was made yet
    :raises FileDoubted: somebody asked to void it
    :raises FileUnfit: a payee's standing or account changed since the file was made
    :raises NoCash: the platform's account does not hold what the bank was told to pay
    """
    require(actor, Permission.PREPARE_PAYOUTS)
    run = lock_run(run_id, RunState.APPROVED)
    if not run.file_sha256:
        raise NoFile
    check_undoubted(run)
    members = members_of(run)
    check_fit(members, at, refusal=FileUnfit)
    moves = [paying(payout, at) for payout in members]
    lock_accounts(
        keys={(path, run.currency) for each in moves for path in (each.debit, each.credit)}
    )
    if available(path=accounts.BANK, currency=run.currency) < run.total:
        raise NoCash
    _set_aside(members, moves, at)
    run.state, run.sent_by, run.sent_at = RunState.SENT, actor.label, at
    run.save(update_fields=["state", "sent_by", "sent_at"])
    _note("run-sent", run, actor, at, payouts=run.count, total=run.total)
    return run


def _set_aside(members: Sequence[Payout], moves: Sequence[Posting], at: datetime) -> None:
    """Keep aside at the bank what the bank was told to pay: nothing else can take it."""
    held = set_aside_many(postings=moves, expires_at=at + AWAITED)
    for payout, pending in zip(members, held, strict=True):
        payout.state, payout.held = PayoutState.SENT, pending
    Payout.objects.bulk_update(members, ["state", "held"])


def _check_format(fmt: FileFormat, run: PayoutRun, executes_on: date, at: datetime) -> None:
    if fmt == FileFormat.CHINESE and run.currency != CHINESE_MONEY:
        raise NotInFormat(carries=CHINESE_MONEY, currency=run.currency)
    if not day_of(at) <= executes_on <= day_of(at) + MOST_AHEAD:
        raise PastDay
    if fmt in payout_files.NEED_PAYER and not (settings.PAYOUT_NAME and settings.PAYOUT_ACCOUNT):
        raise NoOwnAccount(names="QINGHE_PAYOUT_NAME, QINGHE_PAYOUT_ACCOUNT")


def _batch(
    run: PayoutRun, members: Sequence[Payout], executes_on: date, at: datetime
) -> payout_files.Batch:
    ids = {payout.account_id for payout in members if payout.account_id}
    found = SettlementAccount.objects.select_related("holder", "number").in_bulk(ids)
    ordered = sorted(members, key=lambda payout: payout.number)
    lines = [_line(payout, found[payout.account_id]) for payout in ordered if payout.account_id]
    payer = payout_files.Payer(settings.PAYOUT_NAME, settings.PAYOUT_ACCOUNT, settings.PAYOUT_BIC)
    assert sum_of(members) == run.total
    return payout_files.Batch(run.number, at, executes_on, run.currency, payer, tuple(lines))


def _line(payout: Payout, account: SettlementAccount) -> payout_files.Line:
    return payout_files.Line(
        end_to_end=payout.number,
        amount=payout.amount,
        purpose=PURPOSE,
        holder=unseal(account.holder),
        number=unseal(account.number),
        bank=account.bank,
    )


def _note(what: str, run: PayoutRun, actor: Actor, at: datetime, **facts: Any) -> None:
    record(
        kind=f"payout.{what}",
        subject=f"payout-run:{run.pk}",
        actor=actor,
        at=at,
        number=run.number,
        format=run.file_format,
        sha256=run.file_sha256,
        purpose=str(Purpose.PAY_OUT),
        **facts,
    )
