"""Look at the service of mandates: warn, return by itself, keep reports."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from qinghe.journal.services import record, verb
from qinghe.kernel.actor import Actor, system
from qinghe.market.models import Mandate, Report
from qinghe.market.queries import mandate_by_id
from qinghe.market.queries.signed import figures_of
from qinghe.market.refusals import MandateSuspended, NotLive
from qinghe.market.services.mandates import locked_mandate, return_unserved
from qinghe.market.serving import Fate, Service, Verdict, judge
from qinghe.market.terms import LIVE, MandateState, NextStep, Outlook
from qinghe.parties.roles import Permission, require

CHECK = system("market.service")


@verb("market.report")
def report(*, mandate_id: UUID, outlook: str, next_step: str, actor: Actor, at: datetime) -> Report:
    """
    Tell the creditor how a case stands: in codes, so that nothing personal is passed on.

    :raises NotPermitted: the role does not work cases
    :raises NoSuchMandate: unknown, or another collector's
    :raises NotLive: it is over already
    :raises MandateSuspended: work is stopped, and with it the reports
    """
    require(actor, Permission.WORK_CASES)
    mandate_by_id(mandate_id=mandate_id, actor=actor)
    mandate = locked_mandate(mandate_id)
    if mandate.state not in LIVE:
        raise NotLive
    if mandate.state == MandateState.SUSPENDED:
        raise MandateSuspended
    made = Report.objects.create(
        mandate=mandate,
        outlook=Outlook(outlook),
        next_step=NextStep(next_step),
        by_user=actor.user_id,
        at=at,
    )
    mandate.reported_at = at
    mandate.save(update_fields=["reported_at"])
    record(
        kind="market.reported",
        subject=f"claim:{mandate.claim_id}",
        actor=actor,
        at=at,
        mandate=mandate.pk,
        outlook=made.outlook,
        next_step=made.next_step,
    )
    return made


@transaction.atomic
def judge_service(*, mandate_id: UUID, done: Service, at: datetime) -> Verdict | None:
    """
    Judge one mandate by what the floor above has seen; warn, or return it to its creditor.

    Safe to run twice. None: it is over, suspended, or asks for no service.
    """
    mandate = locked_mandate(mandate_id)
    if mandate.state != MandateState.ACTIVE or mandate.document_id is None:
        return None
    verdict = judge(figures_of(mandate.document_id).levels, service_of(mandate, done), at)
    mandate.first_action_at, mandate.last_action_at = done.first_at, done.last_at
    mandate.check_at = verdict.check_at
    warned = verdict.fate == Fate.WARNED
    fresh = warned and verdict.code != mandate.warned_for
    if not warned:
        mandate.warned_at, mandate.warned_for = None, ""
    elif fresh:
        mandate.warned_at, mandate.warned_for = at, verdict.code
    mandate.save(update_fields=WATCHED)
    if fresh:
        _note(mandate, verdict, at)
    if verdict.fate == Fate.RETURNED:
        return_unserved(mandate_id=mandate_id, code=verdict.code, actor=CHECK, at=at)
    return verdict


WATCHED = ("first_action_at", "last_action_at", "check_at", "warned_at", "warned_for")


def service_of(mandate: Mandate, done: Service) -> Service:
    """Return what has been done, with what the mandate itself knows."""
    return Service(
        starts_at=mandate.starts_at,
        first_at=done.first_at,
        last_at=done.last_at,
        reported_at=mandate.reported_at,
        paused=done.paused,
        resumed_at=done.resumed_at,
        warned_at=mandate.warned_at,
        warned_for=mandate.warned_for,
    )


def _note(mandate: Mandate, verdict: Verdict, at: datetime) -> None:
    record(
        kind="market.service-warned",
        subject=f"claim:{mandate.claim_id}",
        actor=CHECK,
        at=at,
        mandate=mandate.pk,
        collector=mandate.collector_id,
        code=verdict.code,
        returns_at=verdict.check_at.isoformat(),
    )
