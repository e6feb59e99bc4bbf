"""The debtor adds to what it said while a dispute is open; nothing is lost or begins anew."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from qinghe.claims.days import day_of
from qinghe.claims.models import Dispute
from qinghe.claims.queries import NoSuchDispute
from qinghe.claims.services.holds import lift_hold
from qinghe.claims.services.locks import locked
from qinghe.claims.terms import DisputeState
from qinghe.journal.services import record, verb
from qinghe.kernel.actor import Actor
from qinghe.kernel.errors import DomainError
from qinghe.parties.roles import Permission, require
from qinghe.parties.services import reveal, seal
from qinghe.parties.terms import Purpose, Secret


class NothingAdded(DomainError):
    code = "claims.nothing-added"
    status = 422
    text = _("Choose another reason, or write what you want to add.")


@verb("claims.amend_dispute")
def amend_dispute(
    *,
    claim_id: UUID,
    reason: str,
    statement: str,
    actor: Actor,
    at: datetime,
    shared: bool | None = None,
) -> Dispute:
    """
    Give another reason in an open dispute, or add words after those that stand.

    `shared` says anew whether the creditor may read them all; None leaves it.

    What was said before stays and must be answered too: each reason with its moment, the words in
    the vault. Days do not move.

    :raises NotPermitted: only debtors contest
    :raises NoSuchClaim: unknown, or not the debtor's own
    :raises NoSuchDispute: nothing is contested, or it was decided meanwhile
    :raises NothingAdded: the same reason, no words, and the same readers
    """
    require(actor, Permission.CONTEST_CLAIM)
    claim = locked(claim_id, actor)
    open_ = Dispute.objects.select_for_update().filter(claim=claim, state=DisputeState.OPEN)
    dispute = open_.first()
    if dispute is None:
        raise NoSuchDispute
    before, words = dispute.reason, statement.strip()
    readers = dispute.shared if shared is None else shared
    if reason == before and not words and readers == dispute.shared:
        raise NothingAdded
    if reason != before:
        dispute.said = [*_said(dispute), {"reason": reason, "at": at.isoformat()}]
    dispute.reason, dispute.shared = reason, readers
    if words:
        whole = _after(dispute, words, actor, at)
        dispute.statement = seal(kind=Secret.TEXT, value=whole, person_id=claim.debtor_id, at=at)
    dispute.save(update_fields=["reason", "said", "statement", "shared"])
    record(
        kind="claims.dispute-amended",
        subject=f"claim:{claim.pk}",
        actor=actor,
        at=at,
        person_id=claim.debtor_id,
        dispute=dispute.pk,
        about={"reason": reason, "before": before},
    )
    return dispute


@verb("claims.withdraw_dispute")
def withdraw_dispute(*, claim_id: UUID, actor: Actor, at: datetime) -> Dispute:
    """
    Take an open dispute back; contact may go on, and the claim can be contested again.

    What was decided is not taken back: it stands, and cannot be bought away.

    :raises NotPermitted: only debtors contest
    :raises NoSuchClaim: unknown, or not the debtor's own
    :raises NoSuchDispute: nothing is contested, or it was decided meanwhile
    """
    require(actor, Permission.CONTEST_CLAIM)
    claim = locked(claim_id, actor)
    open_ = Dispute.objects.select_for_update().filter(claim=claim, state=DisputeState.OPEN)
    dispute = open_.first()
    if dispute is None:
        raise NoSuchDispute
    dispute.state, dispute.decided_at = DisputeState.WITHDRAWN, at
    dispute.save(update_fields=["state", "decided_at"])
    lift_hold(cause=f"dispute:{dispute.pk}", actor=actor, at=at)
    record(
        kind="claims.dispute-withdrawn",
        subject=f"claim:{claim.pk}",
        actor=actor,
        at=at,
        person_id=claim.debtor_id,
        dispute=dispute.pk,
    )
    return dispute


def _said(dispute: Dispute) -> list[dict[str, str]]:
    first = {"reason": dispute.reason, "at": dispute.opened_at.isoformat()}
    return dispute.said or [first]


def _after(dispute: Dispute, words: str, actor: Actor, at: datetime) -> str:
    """Return what stood, and under it what was added with its day."""
    if dispute.statement_id is None:
        return words
    stood = reveal(item_id=dispute.statement_id, purpose=Purpose.DATA_COPY, actor=actor, at=at)
    return f"{stood}\n\n{day_of(at):%Y-%m-%d}: {words}"
