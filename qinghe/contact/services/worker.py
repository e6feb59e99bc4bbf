"""Refuse a collector whose right to work has ended."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from qinghe.contact.queries.worker import obstacle
from qinghe.kernel.actor import Actor


def check_worker(*, mandate_id: UUID, actor: Actor, at: datetime) -> None:
    """
    Refuse a collector whose right to work has ended on this calendar day in China.

    :raises NoCertificate: the person has no valid certificate
    :raises RegistrationEnded: no valid registration for the claim's region
    :raises StandingEnded: a licence, authority or review of the collector or creditor has ended
    """
    reason = obstacle(mandate_id=mandate_id, actor=actor, at=at)
    if reason is not None:
        raise reason
