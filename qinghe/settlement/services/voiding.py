"""
Void the file of an approved run before the bank has it: one person asks, another agrees.

The old hash stays on record; the run is as it was when it was approved, and gets another file or
is given up. The numbers of its payouts stay: a bank that sees one twice pays it once.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from qinghe.journal.services import record, verb
from qinghe.kernel.actor import Actor
from qinghe.kernel.shown import check_shown
from qinghe.parties.roles import Permission, require
from qinghe.settlement.models import PayoutRun, VoidedFile
from qinghe.settlement.payout_refusals import (
    FileDoubted,
    NoFile,
    NoSuchVoid,
    VoidBySamePerson,
    WhyMissing,
)
from qinghe.settlement.payout_terms import RunState
from qinghe.settlement.queries.apart import apart
from qinghe.settlement.services.runs import lock_run


@verb("settlement.ask-void")
def ask_void(*, run_id: UUID, reason: str, actor: Actor, at: datetime) -> VoidedFile:
    """
    Ask that the file of a run be void; until it is decided the file is neither taken nor sent.

    :raises NotPermitted: the role may not prepare payouts
    :raises WhyMissing: no reason
    :raises NoSuchRun: unknown
    :raises RunMoved: not approved, or with the bank
    :raises NoFile: none was made
    :raises FileDoubted: somebody asked before
    """
    require(actor, Permission.PREPARE_PAYOUTS)
    if not reason.strip():
        raise WhyMissing
    run = lock_run(run_id, RunState.APPROVED)
    if not run.file_sha256 or run.file_at is None:
        raise NoFile
    check_undoubted(run)
    void = VoidedFile.objects.create(
        run=run,
        sha256=run.file_sha256,
        file_format=run.file_format,
        executes_on=run.executes_on,
        made_by=run.file_by,
        made_at=run.file_at,
        reason=reason.strip(),
        asked_by=actor.label,
        asked_at=at,
    )
    _note("file-void-asked", run, actor, at, sha256=void.sha256, reason=void.reason)
    return void


@verb("settlement.agree-void")
def agree_void(*, run_id: UUID, actor: Actor, at: datetime, seen: str | None = None) -> PayoutRun:
    """
    Agree that the file of a run is void; it can be made anew, or its payouts be kept out.

    :param seen: the id of the request that was shown: which file, and why
    :raises NotPermitted: the role may not approve payouts
    :raises NoSuchRun: unknown
    :raises RunMoved: not approved, or with the bank
    :raises NoSuchVoid: nobody asked
    :raises ChangedMeanwhile: somebody asked anew since
    :raises VoidBySamePerson: asked for by this very person, or by somebody tied to it
    """
    require(actor, Permission.APPROVE_PAYOUTS)
    run = lock_run(run_id, RunState.APPROVED)
    void = _asked(run)
    check_shown(seen, str(void.pk))
    if not apart(void.asked_by, actor):
        raise VoidBySamePerson
    void.agreed_by, void.agreed_at = actor.label, at
    void.save(update_fields=["agreed_by", "agreed_at"])
    run.file_sha256, run.file_format, run.file_by = "", "", ""
    run.file_at, run.executes_on = None, None
    run.save(update_fields=["file_sha256", "file_format", "file_by", "file_at", "executes_on"])
    _note("file-void", run, actor, at, sha256=void.sha256)
    return run


@verb("settlement.keep-file")
def keep_file(*, run_id: UUID, actor: Actor, at: datetime) -> PayoutRun:
    """
    Keep a file that somebody asked to void.

    :raises NotPermitted: the role may not prepare payouts
    :raises NoSuchRun: unknown
    :raises RunMoved: not approved, or with the bank
    :raises NoSuchVoid: nobody asked
    """
    require(actor, Permission.PREPARE_PAYOUTS)
    run = lock_run(run_id, RunState.APPROVED)
    _asked(run).delete()
    _note("file-kept", run, actor, at, sha256=run.file_sha256)
    return run


def check_undoubted(run: PayoutRun) -> None:
    """
    Refuse to touch a file that somebody asked to void.

    :raises FileDoubted: nobody has decided yet
    """
    if VoidedFile.objects.filter(run=run, agreed_at__isnull=True).exists():
        raise FileDoubted


def _asked(run: PayoutRun) -> VoidedFile:
    void = VoidedFile.objects.filter(run=run, agreed_at__isnull=True).first()
    if void is None:
        raise NoSuchVoid
    return void


def _note(what: str, run: PayoutRun, actor: Actor, at: datetime, **facts: Any) -> None:
    record(
        kind=f"payout.{what}",
        subject=f"payout-run:{run.pk}",
        actor=actor,
        at=at,
        number=run.number,
        **facts,
    )
