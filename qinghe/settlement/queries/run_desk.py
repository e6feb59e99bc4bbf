"""What the page of a payout run tells of persons: who did what, and who may do the next step."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from qinghe.kernel.actor import Actor
from qinghe.kernel.errors import DomainError
from qinghe.parties.roles import Permission, may, require
from qinghe.settlement.models import Payout, PayoutRun, VoidedFile
from qinghe.settlement.payout_refusals import NoSuchRun, RunBySamePerson, RunNotApart
from qinghe.settlement.payout_terms import RunState
from qinghe.settlement.queries.apart import tied_to, why_not_approve
from qinghe.settlement.queries.hands import hands
from qinghe.settlement.refusals import SamePerson

# So many numbers are named in one sentence.
NAMED = 5


@dataclass(frozen=True)
class VoidRow:
    """A file of the run that is void, or that somebody asked to void; persons by name."""

    id: UUID
    sha256: str
    reason: str
    asked_by: str
    asked_at: datetime
    agreed_by: str
    agreed_at: datetime | None
    # Whether the reader may agree.
    agrees: bool = False


@dataclass(frozen=True)
class RunDesk:
    """Who opened, approved, filed and handed in a run, by name; why the reader may not approve."""

    opened_by: str
    approved_by: str
    file_by: str
    sent_by: str
    # A sentence for the reader, empty where it may approve.
    objection: str
    asked: VoidRow | None
    voided: tuple[VoidRow, ...]


def run_desk(*, run_id: UUID, actor: Actor) -> RunDesk:
    """
    Return who had a hand in a run, and what stands in the reader's way.

    :raises NotPermitted: the role may not prepare payouts
    :raises NoSuchRun: unknown
    """
    require(actor, Permission.PREPARE_PAYOUTS)
    run = PayoutRun.objects.filter(pk=run_id).first()
    if run is None:
        raise NoSuchRun
    voids = list(VoidedFile.objects.filter(run=run).order_by("asked_at", "pk"))
    labels = (run.opened_by, run.approved_by, run.file_by, run.sent_by)
    named = hands([*labels, *(by for void in voids for by in (void.asked_by, void.agreed_by))])
    near = tied_to([run.opened_by, *(void.asked_by for void in voids)], actor)
    approves = may(actor, Permission.APPROVE_PAYOUTS)
    rows = [_void(void, named, approves and void.asked_by not in near) for void in voids]
    return RunDesk(
        opened_by=named.get(run.opened_by, ""),
        approved_by=named.get(run.approved_by, ""),
        file_by=named.get(run.file_by, ""),
        sent_by=named.get(run.sent_by, ""),
        objection=_objection(run, actor, near) if approves else "",
        asked=next((row for row in rows if row.agreed_at is None), None),
        voided=tuple(row for row in rows if row.agreed_at is not None),
    )


def _void(void: VoidedFile, named: dict[str, str], apart: bool) -> VoidRow:
    asked, agreed = named[void.asked_by], named.get(void.agreed_by, "")
    told = (void.pk, void.sha256, void.reason, asked, void.asked_at, agreed, void.agreed_at)
    return VoidRow(*told, agrees=apart and void.agreed_at is None)


def _objection(run: PayoutRun, actor: Actor, near: set[str]) -> str:
    """Return why the reader may not approve a run that waits, with the payouts concerned."""
    if run.state != RunState.DRAFT:
        return ""
    if run.opened_by in near:
        return RunBySamePerson().user_message
    members = list(Payout.objects.filter(run=run).order_by("number"))
    reasons = why_not_approve(members, actor)
    if not reasons:
        return ""
    return _refusal(members, reasons).user_message


def _refusal(members: list[Payout], reasons: dict[UUID, DomainError]) -> DomainError:
    if any(isinstance(each, SamePerson) for each in reasons.values()):
        return RunBySamePerson()
    numbers = [payout.number for payout in members if payout.pk in reasons]
    more = " …" if len(numbers) > NAMED else ""
    return RunNotApart(payout=", ".join(numbers[:NAMED]) + more)
