"""The directory (机构名录): join by consent, leave at once."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from qinghe.claims.terms import Product, Stage
from qinghe.journal.services import record, verb
from qinghe.kernel.actor import Actor
from qinghe.market.information_refusals import BadEntry, ConsentMissing, NotInDirectory
from qinghe.market.models import DirectoryEntry
from qinghe.market.quoting import CONSENT, SizeBand
from qinghe.market.refusals import NotACollector
from qinghe.market.services.listings import check_collector
from qinghe.parties.levels import Act
from qinghe.parties.models import Organisation
from qinghe.parties.roles import Permission, require
from qinghe.parties.services.assurance import check_standing
from qinghe.parties.services.business import seal_contact
from qinghe.parties.terms import OrgKind


@verb("market.join-directory")
def join_directory(
    *,
    size: str,
    contact_name: str,
    contact_phone: str,
    consent: str,
    actor: Actor,
    at: datetime,
    products: Sequence[str] = (),
    stages: Sequence[str] = (),
) -> DirectoryEntry:
    """
    List one's agency, or tell anew what it does; empty lists mean all kinds and stages.

    `consent` names the version of the text that was agreed to.

    :raises ConsentMissing: the text of today was not agreed to
    :raises NotACollector: not an active agency
    :raises NotAssured: what is proven of it does not suffice to work
    :raises BadEntry: a kind, stage or size that does not exist; names the field
    :raises BadIdentity: a telephone that cannot exist
    """
    require(actor, Permission.TAKE_ORDERS)
    if consent != CONSENT:
        raise ConsentMissing
    if actor.org_id is None or actor.user_id is None:
        raise NotACollector
    agency = check_collector(actor.org_id)
    if agency.kind != OrgKind.AGENCY:
        raise NotACollector
    check_standing(agency, Act.WORK, at)
    _known("products", products, Product.values)
    _known("stages", stages, Stage.values)
    _known("size", [size], SizeBand.values)
    _end(agency.pk, actor, at, "replaced")
    name, phone = seal_contact(name=contact_name, phone=contact_phone, at=at)
    made = DirectoryEntry.objects.create(
        collector=agency,
        products=list(products),
        stages=list(stages),
        size=size,
        contact_name=name,
        contact_phone=phone,
        consent=consent,
        agreed_by=actor.user_id,
        agreed_at=at,
    )
    _note("joined", made, actor, at, consent=consent)
    return made


@verb("market.leave-directory")
def leave_directory(*, actor: Actor, at: datetime) -> DirectoryEntry:
    """
    Take one's agency out of the directory, at once.

    :raises NotInDirectory: it is not in
    """
    require(actor, Permission.TAKE_ORDERS)
    ended = _end(actor.org_id, actor, at, "left") if actor.org_id else None
    if ended is None:
        raise NotInDirectory
    _note("left", ended, actor, at)
    return ended


@verb("market.delist")
def delist(*, collector_id: UUID, reason: str, actor: Actor, at: datetime) -> DirectoryEntry:
    """
    Take an agency out of the directory, as an officer, with a reason.

    :raises NotPermitted: the actor may not suspend
    :raises NotInDirectory: it is not in
    """
    require(actor, Permission.SUSPEND)
    ended = _end(collector_id, actor, at, reason)
    if ended is None:
        raise NotInDirectory
    _note("delisted", ended, actor, at, reason=reason)
    return ended


def _end(org_id: UUID, actor: Actor, at: datetime, reason: str) -> DirectoryEntry | None:
    # Two who change an entry at once wait for each other at the organisation.
    Organisation.objects.select_for_update(no_key=True).get(pk=org_id)
    found = DirectoryEntry.objects.filter(collector=org_id, ended_at__isnull=True).first()
    if found is not None:
        found.ended_at, found.ended_by, found.reason = at, actor.label, reason
        found.save(update_fields=["ended_at", "ended_by", "reason"])
    return found


def _known(field: str, chosen: Sequence[str], known: Collection[str]) -> None:
    if not all(each in known for each in chosen):
        raise BadEntry(field=field)


def _note(what: str, made: DirectoryEntry, actor: Actor, at: datetime, **facts: Any) -> None:
    record(
        kind=f"market.directory-{what}",
        subject=f"organisation:{made.collector_id}",
        actor=actor,
        at=at,
        entry=made.pk,
        **facts,
    )
