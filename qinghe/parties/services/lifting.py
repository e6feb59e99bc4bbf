"""
Lift a measure as it was imposed: by two persons who stand apart, neither of them the subject.

The first asks, and nothing changes; the second does the same, and it is lifted. What nobody
agreed to within `ASKED_DAYS` was not agreed to: whoever speaks then asks anew.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from qinghe.journal.services import record
from qinghe.kernel.actor import Actor, Role
from qinghe.kernel.errors import DomainError
from qinghe.parties.models import Lifting, Organisation
from qinghe.parties.pairs import independent
from qinghe.parties.queries.liftings import lapsed

SUSPENSION = "suspension"


class LiftedBySamePerson(DomainError):
    code = "parties.lifted-by-same-person"
    status = 403
    text = _("You asked for this, or stand behind the one who did. Another person must agree.")


class LiftedBySubject(DomainError):
    code = "parties.lifted-by-subject"
    status = 403
    text = _("Nobody lifts a measure against their own organisation.")


def second_agrees(
    *, org_id: UUID, measure: str, actor: Actor, at: datetime, reason: str = ""
) -> bool:
    """
    Ask for a measure to be lifted, or agree to it; tell whether both have spoken now.

    Inside the caller's transaction. A machine acts on a decision of persons and asks nobody.

    :raises LiftedBySubject: the actor's own organisation
    :raises LiftedBySamePerson: asked by this very person, or one of the two made the other
    """
    if actor.role is Role.SYSTEM:
        return True
    if actor.org_id == org_id:
        raise LiftedBySubject
    # One row per party: two who ask in the same moment come one after the other.
    Organisation.objects.select_for_update(no_key=True).get(pk=org_id)
    asked = Lifting.objects.filter(organisation=org_id, measure=measure, agreed_at=None).first()
    if asked is not None and lapsed(asked.asked_at, at):
        asked.delete()
        asked = None
    if asked is None:
        Lifting.objects.create(
            organisation_id=org_id,
            measure=measure,
            asked_by=actor.label,
            asked_at=at,
            reason=reason.strip(),
        )
        _note("asked", org_id, measure, actor, at, reason)
        return False
    if not independent(asked.asked_by, actor.label):
        raise LiftedBySamePerson
    asked.agreed_by, asked.agreed_at = actor.label, at
    asked.save(update_fields=["agreed_by", "agreed_at"])
    _note("agreed", org_id, measure, actor, at, reason)
    return True


def forget(*, org_id: UUID, measure: str) -> None:
    """Drop what was asked about a measure that was imposed anew: nobody agreed to that yet."""
    Lifting.objects.filter(organisation=org_id, measure=measure, agreed_at=None).delete()


def _note(what: str, org_id: UUID, measure: str, actor: Actor, at: datetime, reason: str) -> None:
    record(
        kind=f"parties.lifting-{what}",
        subject=f"organisation:{org_id}",
        actor=actor,
        at=at,
        measure=measure,
        reason=reason,
    )
