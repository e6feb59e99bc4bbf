"""How many things wait for an actor, by queue: the numbers of the side bar."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Q

from qinghe.casework.models import Hardship, Plan, Promise
from qinghe.casework.terms import HardshipState, PlanState, PromiseState
from qinghe.claims.models import Claim, Dispute, Objection
from qinghe.claims.queries.answers import asked_of
from qinghe.claims.terms import ClaimState, DisputeState, ObjectionState, ReviewQueue
from qinghe.contact.queries.letters import printable
from qinghe.kernel.actor import Actor, Role
from qinghe.kernel.again import counted_again
from qinghe.kernel.together import Reading
from qinghe.market.models import Mandate
from qinghe.market.queries.searches import noticed
from qinghe.market.terms import LIVE
from qinghe.parties.days import legal_day
from qinghe.parties.levels import WARN_DAYS
from qinghe.parties.models import Application, Organisation
from qinghe.parties.queries.onboarding import WAITING as UNDECIDED
from qinghe.parties.terms import OrgState
from qinghe.quality.models import Appeal, Complaint
from qinghe.quality.queries import visible
from qinghe.quality.queries.integrity.desk import waiting_for
from qinghe.quality.terms import AppealState, ComplaintState
from qinghe.settlement.models import Objection as LineObjection
from qinghe.settlement.models import Payment, Payout, PayoutReturn, Suspense
from qinghe.settlement.objection_terms import WAITING as OBJECTED
from qinghe.settlement.payout_terms import PayoutState
from qinghe.settlement.queries.lowerings import lowerings_waiting
from qinghe.settlement.queries.runs import returned_to
from qinghe.settlement.queries.undoings import undoing_asked

# Nobody works through more than this in a day; counting on would cost more than it tells.
CAP: Final = 1000
# Claims that were returned wait for their creditor, not for us.
WORKED: Final = (ReviewQueue.NEW, ReviewQueue.SECOND, ReviewQueue.SAMPLE)
Queue = Callable[[Actor, datetime], Reading]


def waiting(*, actor: Actor, at: datetime) -> dict[str, int]:
    """Return how much waits in each queue of an actor's role, up to a cap. One query at most."""
    queues = QUEUES.get(actor.role, {})

    def reads(when: datetime) -> dict[str, Reading]:
        return {name: queue(actor, when).values("pk") for name, queue in queues.items()}

    return counted_again(("waiting", actor.reader), at, reads, cap=CAP)


def _to_verify(_actor: Actor, _at: datetime) -> Reading:
    inside = Q(state=ClaimState.SUBMITTED) | Q(review=ReviewQueue.SAMPLE)
    return Claim.objects.filter(inside, review__in=WORKED)


def _objections(actor: Actor, _at: datetime) -> Reading:
    # Who took part in a rejection does not hear the objection to it.
    mine = Q(rejected_by__contains=[actor.label])
    return Objection.objects.filter(~mine, state=ObjectionState.OPEN)


def _disputes(_actor: Actor, _at: datetime) -> Reading:
    return Dispute.objects.filter(state=DisputeState.OPEN)


def _complaints(actor: Actor, _at: datetime) -> Reading:
    return Complaint.objects.filter(visible(actor), state=ComplaintState.OPEN)


def _appeals(_actor: Actor, _at: datetime) -> Reading:
    return Appeal.objects.filter(state=AppealState.OPEN)


def _integrity(actor: Actor, _at: datetime) -> Reading:
    return waiting_for(actor)


def _lowered(actor: Actor, at: datetime) -> Reading:
    return lowerings_waiting(actor, at)


def _untold(actor: Actor, _at: datetime) -> Reading:
    return Claim.objects.filter(creditor=actor.org_id, untold_since__isnull=False)


def _asked(actor: Actor, _at: datetime) -> Reading:
    return asked_of(actor)


def _organisations(_actor: Actor, _at: datetime) -> Reading:
    # Who applied by itself waits at the identity desk instead.
    applied = Application.objects.exclude(organisation=None).values("organisation")
    return Organisation.objects.filter(state=OrgState.PENDING).exclude(pk__in=applied)


def _parties(_actor: Actor, _at: datetime) -> Reading:
    return Application.objects.filter(state__in=UNDECIDED)


def _searches(actor: Actor, _at: datetime) -> Reading:
    return noticed(actor)


def _payouts(_actor: Actor, _at: datetime) -> Reading:
    return Payout.objects.filter(state=PayoutState.DRAFT)


def _undoings(_actor: Actor, at: datetime) -> Reading:
    return Payment.objects.filter(undoing_asked(at))


def _came_back(_actor: Actor, _at: datetime) -> Reading:
    return PayoutReturn.objects.filter(agreed_at=None, dropped_at=None)


def _returned(actor: Actor, _at: datetime) -> Reading:
    return returned_to(actor)


def _suspense(_actor: Actor, _at: datetime) -> Reading:
    return Suspense.objects.filter(rest__gt=0)


def _line_objections(_actor: Actor, _at: datetime) -> Reading:
    return LineObjection.objects.filter(state__in=OBJECTED)


def _letters(_actor: Actor, _at: datetime) -> Reading:
    return printable()


def _orders(actor: Actor, at: datetime) -> Reading:
    own = Q(collector=actor.org_id, state__in=LIVE)
    return Mandate.objects.filter(own, starts_at__lte=at, ends_at__gt=at)


def _promises(actor: Actor, at: datetime) -> Reading:
    mine = _orders(actor, at).values("claim")
    return Promise.objects.filter(state=PromiseState.OPEN, claim__in=mine)


def _plans(actor: Actor, _at: datetime) -> Reading:
    return Plan.objects.filter(state=PlanState.PROPOSED, claim__creditor=actor.org_id)


def _hardships(actor: Actor, _at: datetime) -> Reading:
    return Hardship.objects.filter(state=HardshipState.OPEN, claim__creditor=actor.org_id)


def _lapsing(actor: Actor, at: datetime) -> Reading:
    """Return the actor's own organisation when its level falls within thirty days."""
    soon = legal_day(at) + timedelta(days=max(WARN_DAYS))
    mine = Organisation.objects.filter(pk__in=[actor.org_id] if actor.org_id else [])
    return mine.filter(level_until__lte=soon)


QUEUES: Final[Mapping[Role, Mapping[str, Queue]]] = {
    Role.CREDITOR: {
        "plans": _plans,
        "hardships": _hardships,
        "untold": _untold,
        "asked": _asked,
        "complaints": _complaints,
        "standing": _lapsing,
        "hearings": _integrity,
        "lowered": _lowered,
        "returned": _returned,
    },
    Role.COLLECTOR: {
        "orders": _orders,
        "searches": _searches,
        "promises": _promises,
        "complaints": _complaints,
        "standing": _lapsing,
        "hearings": _integrity,
        "lowered": _lowered,
        "returned": _returned,
    },
    Role.REVIEWER: {
        "verify": _to_verify,
        "objections": _objections,
        "parties": _parties,
        "organisations": _organisations,
    },
    Role.COMPLIANCE: {
        "complaints": _complaints,
        "disputes": _disputes,
        "appeals": _appeals,
        "integrity": _integrity,
        "lowered": _lowered,
        "verify": _to_verify,
        "objections": _objections,
        "parties": _parties,
        "organisations": _organisations,
    },
    Role.OPERATOR: {
        "organisations": _organisations,
        "payouts": _payouts,
        "came-back": _came_back,
        "undoings": _undoings,
        "suspense": _suspense,
        "line-objections": _line_objections,
        "letters": _letters,
        "complaints": _complaints,
    },
}
