"""Whether who asks may work at all today: certificate, registration, standing of both sides."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

from qinghe.contact.refusals import RegistrationEnded, StandingEnded
from qinghe.kernel import prepared
from qinghe.kernel.actor import Actor
from qinghe.kernel.errors import DomainError
from qinghe.parties.days import legal_day
from qinghe.parties.levels import Act
from qinghe.parties.refusals import NoCertificate

# Three looks by key, two by short indexes; the gate's own read asks them in the same trip.
RIGHTS: Final = """
    EXISTS (
        SELECT 1 FROM parties_certificate
        WHERE user_id = %(user)s::uuid AND revoked_at IS NULL
            AND issued_on <= %(day)s AND ends_on > %(day)s
    ),
    EXISTS (
        SELECT 1 FROM parties_licence
        WHERE organisation_id = w.id AND kind = coalesce(l.licence, 'collection')
            AND verified_at IS NOT NULL AND starts_on <= %(day)s AND ends_on > %(day)s
            AND region IN ('', c.region, substr(c.region, 1, 2) || '0000')
    ),
    w.level >= %(level)s AND (w.level_until IS NULL OR w.level_until > %(day)s),
    o.level >= %(level)s AND (o.level_until IS NULL OR o.level_until > %(day)s),
    w.name, o.name
"""
QUALIFIED: Final = f"""
SELECT {RIGHTS}
FROM market_mandate m
JOIN claims_claim c ON c.id = m.claim_id
JOIN parties_organisation w ON w.id = m.collector_id
JOIN parties_organisation o ON o.id = m.creditor_id
LEFT JOIN market_listing l ON l.id = m.listing_id
WHERE m.id = %(mandate)s
"""  # noqa: S608  constants of this module
Rights = tuple[bool, bool, bool, bool, str, str]


def obstacle(*, mandate_id: UUID, actor: Actor, at: datetime) -> DomainError | None:
    """Return why a collector may not work a mandate on this day in China; None: they may."""
    asked = {"mandate": mandate_id, **asked_of(actor, at)}
    (rights,) = prepared.execute(QUALIFIED, asked)
    return obstacle_in(rights)


def asked_of(actor: Actor, at: datetime) -> dict[str, object]:
    """Return what `RIGHTS` has to be told."""
    return {"user": actor.user_id, "day": legal_day(at), "level": int(Act.WORK)}


def obstacle_in(rights: Rights) -> DomainError | None:
    """Return what the rights of a collector lack, as `RIGHTS` reads them; None: nothing."""
    certified, registered, works, stands, worker, creditor = rights
    if not certified:
        return NoCertificate()
    if not registered:
        return RegistrationEnded()
    if not (works and stands):
        return StandingEnded(organisation=creditor if works else worker)
    return None
