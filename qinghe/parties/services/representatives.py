"""Who stands behind a party: declared by its own people, sealed, compared, never listed."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from qinghe.journal.services import record, verb
from qinghe.kernel.actor import Actor
from qinghe.kernel.errors import DomainError
from qinghe.parties import identity
from qinghe.parties.models import Organisation, Representative, VaultItem
from qinghe.parties.services.assurance import end_proofs
from qinghe.parties.services.flags import drop_flag, flag_same_person, raise_flag
from qinghe.parties.services.own import declaring
from qinghe.parties.services.people import BadIdentity
from qinghe.parties.services.secrets import seal
from qinghe.parties.terms import ActsAs, OrgKind, PartyFlagKind, ProofKind, Secret

# What a change of who stands behind a party makes doubtful again.
HANGS_ON = {
    ActsAs.SELF: (ProofKind.NUMBER, ProofKind.PAPERS, ProofKind.REVIEW),
    ActsAs.SIGNATORY: (ProofKind.MANDATE,),
    ActsAs.PRINCIPAL: (ProofKind.PRINCIPAL,),
}


class NoSuchRepresentative(DomainError):
    code = "parties.no-such-representative"
    status = 404
    text = _("There is no such person.")


@verb("parties.declare_person")
def declare_person(
    *,
    org_id: UUID,
    acts_as: str,
    name: str,
    number: str,
    phone: str,
    actor: Actor,
    at: datetime,
    position: str = "",
    mandate_ends_on: date | None = None,
    paper: str = "",
) -> Representative:
    """
    Say who stands behind a party; a new signatory replaces the one before.

    `paper` is a sealed file's hash: the identity card, or what gives authority until the day
    before `mandate_ends_on`. An unknown area of the number is flagged, not refused.

    :raises NoSuchOrganisation: unknown, or another's
    :raises UnderReview: the application was handed in
    :raises BadIdentity: a number or telephone that cannot exist
    """
    organisation = declaring(org_id, actor)
    items = _sealed(name, number, phone, at)
    kind = ActsAs(acts_as)
    if kind != ActsAs.PRINCIPAL:
        live = Representative.objects.filter(organisation=organisation, acts_as=kind)
        live.filter(removed_at__isnull=True).update(removed_at=at)
    made = Representative.objects.create(
        organisation=organisation,
        acts_as=kind,
        name=items[0],
        number=items[1],
        line=items[2],
        position=position,
        mandate_ends_on=mandate_ends_on,
        paper=paper,
        added_at=at,
    )
    for proof in HANGS_ON[kind]:
        end_proofs(org_id=org_id, kind=proof, actor=actor, at=at)
    if kind == ActsAs.SELF and organisation.kind == OrgKind.PRIVATE_CREDITOR:
        _show_masked(organisation, items[0])
    flag_same_person(made, at)
    _flag_area(made, number, at)
    _note("person-declared", made, actor, at)
    return made


@verb("parties.remove_person")
def remove_person(*, representative_id: UUID, actor: Actor, at: datetime) -> Representative:
    """
    Take a responsible person off the list of a party that is still being filled in.

    :raises NoSuchRepresentative: unknown, removed before, or another party's
    :raises UnderReview: the application was handed in
    """
    rows = Representative.objects.filter(pk=representative_id, removed_at__isnull=True)
    found = rows.first()
    if found is None or actor.org_id not in (None, found.organisation_id):
        raise NoSuchRepresentative
    declaring(found.organisation_id, actor)
    found.removed_at = at
    found.save(update_fields=["removed_at"])
    _note("person-removed", found, actor, at)
    return found


def _sealed(
    name: str, number: str, phone: str, at: datetime
) -> tuple[VaultItem, VaultItem, VaultItem | None]:
    try:
        checked = identity.id_number(number, demo=settings.DEMO)
    except identity.Malformed:
        raise BadIdentity(kind=Secret.ID_NUMBER.label) from None
    kinds = [(Secret.NAME, name), (Secret.PARTY_NUMBER, checked)]
    kinds += [(Secret.PHONE, phone)] if phone.strip() else []
    items = []
    for kind, value in kinds:
        try:
            items.append(seal(kind=kind, value=value, person_id=None, at=at))
        except identity.Malformed:
            raise BadIdentity(kind=Secret(kind).label) from None
    return items[0], items[1], items[2] if len(items) > 2 else None


def _show_masked(organisation: Organisation, name: VaultItem) -> None:
    organisation.name = name.masked
    organisation.save(update_fields=["name"])


def _flag_area(made: Representative, number: str, at: datetime) -> None:
    tidy = number.strip().upper().replace(" ", "")
    if identity.is_demo_id(tidy) or identity.area_is_known(tidy):
        drop_flag(made.organisation_id, PartyFlagKind.UNKNOWN_AREA)
    else:
        raise_flag(made.organisation_id, PartyFlagKind.UNKNOWN_AREA, at)


def _note(what: str, made: Representative, actor: Actor, at: datetime) -> None:
    record(
        kind=f"parties.{what}",
        subject=f"organisation:{made.organisation_id}",
        actor=actor,
        at=at,
        representative=made.pk,
        acts_as=made.acts_as,
        mandate_ends_on=made.mandate_ends_on,
    )
