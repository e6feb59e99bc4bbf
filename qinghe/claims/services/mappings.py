"""Column mappings that a creditor keeps for its next files."""

from __future__ import annotations

from collections.abc import Mapping as Dict
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from qinghe.claims.intake.columns import SHIPPED, ColumnMapping, UnknownMapping, parse, shipped
from qinghe.claims.models import Mapping
from qinghe.claims.services.creditors import creditor_of
from qinghe.journal.services import record, verb
from qinghe.kernel.actor import Actor
from qinghe.parties.roles import Permission, require

NAME_LENGTH: Final = 200


@verb("claims.save_mapping")
def save_mapping(
    *, creditor_id: UUID, name: str, mapping: Dict[str, Any], actor: Actor, at: datetime
) -> Mapping:
    """
    Keep a column mapping for a creditor's next files; the same name is replaced.

    :raises NotPermitted: the actor may not submit claims
    :raises NoSuchOrganisation: another creditor's
    :raises BadMapping: it names a field that does not exist
    """
    require(actor, Permission.SUBMIT_CLAIMS)
    creditor = creditor_of(creditor_id, actor)
    saved, _new = Mapping.objects.update_or_create(
        creditor=creditor,
        name=name[:NAME_LENGTH],
        defaults={"columns": parse(mapping).as_json()},
        create_defaults={"columns": parse(mapping).as_json(), "created_at": at},
    )
    record(
        kind="claims.mapping-saved",
        subject=f"organisation:{creditor_id}",
        actor=actor,
        at=at,
        mapping=saved.pk,
    )
    return saved


def mapping_of(creditor_id: UUID, mapping: Dict[str, Any] | str) -> ColumnMapping:
    """
    Return the column mapping that a name (saved or shipped) or a stored form means.

    :raises UnknownMapping: no mapping of that name
    :raises BadMapping: it names what does not exist
    """
    if not isinstance(mapping, str):
        return parse(mapping)
    saved = Mapping.objects.filter(creditor_id=creditor_id, name=mapping).first()
    if saved is not None:
        return parse(saved.columns)
    if mapping not in SHIPPED:
        raise UnknownMapping(name=mapping)
    return shipped(mapping)
