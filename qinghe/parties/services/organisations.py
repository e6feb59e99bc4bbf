"""Register, verify and suspend organisations; keep their licences."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from qinghe.journal.services import record, verb
from qinghe.kernel.actor import Actor
from qinghe.kernel.errors import DomainError
from qinghe.parties import identity
from qinghe.parties.models import Application, Licence, Organisation
from qinghe.parties.queries import NoSuchOrganisation
from qinghe.parties.roles import Permission, require
from qinghe.parties.services.assurance import keep_proof
from qinghe.parties.services.flags import flag_same_licence
from qinghe.parties.services.lifting import SUSPENSION, forget, second_agrees
from qinghe.parties.services.people import BadIdentity
from qinghe.parties.terms import ApplicationState, OrgState, PersonKind, ProofKind


class SlugTaken(DomainError):
    code = "parties.slug-taken"
    text = _("The short name {slug} is taken. Choose another one.")


class WrongState(DomainError):
    code = "parties.wrong-state"
    text = _("This organisation is {state} already. Reload the page.")


class NoSuchLicence(DomainError):
    code = "parties.no-such-licence"
    status = 404
    text = _("There is no such licence.")


class HasApplication(DomainError):
    code = "parties.has-application"
    text = _("This organisation applied by itself. Decide its application at the identity desk.")


@verb("parties.register_organisation")
def register_organisation(
    *,
    slug: str,
    name: str,
    kind: str,
    actor: Actor,
    at: datetime,
    credit_code: str = "",
    region: str = "",
    lender_kind: str = "",
    group: str = "",
) -> Organisation:
    """
    Register an organisation; it may do nothing before it is verified.

    :raises NotPermitted: the actor may not manage accounts
    :raises BadIdentity: a credit code that cannot exist
    :raises SlugTaken: another organisation has this short name
    """
    require(actor, Permission.MANAGE_ACCOUNTS)
    code = _checked(credit_code)
    try:
        with transaction.atomic():
            organisation = Organisation.objects.create(
                slug=slug,
                name=name,
                kind=kind,
                credit_code=code,
                region=region,
                lender_kind=lender_kind,
                group=group,
                created_at=at,
            )
    except IntegrityError:
        raise SlugTaken(slug=slug) from None
    _note("registered", organisation, actor, at, slug=slug, organisation_kind=kind)
    return organisation


@verb("parties.verify_organisation")
def verify_organisation(*, org_id: UUID, actor: Actor, at: datetime) -> Organisation:
    """
    Let a checked organisation work; also lifts a suspension, which takes two persons: the first
    asks and changes nothing, the second lifts it.

    Whoever was registered by the operator is vouched for; one that applied is not.

    :raises NotPermitted: the actor may not verify parties
    :raises NoSuchOrganisation: unknown id
    :raises WrongState: active already
    :raises HasApplication: it applied by itself, and that was not approved
    :raises LiftedBySamePerson: the same person asked for it, or stands behind the one who did
    :raises LiftedBySubject: the actor's own organisation
    """
    require(actor, Permission.VERIFY_PARTIES)
    applied = Application.objects.filter(organisation=org_id)
    if applied.exclude(state=ApplicationState.APPROVED).exists():
        raise HasApplication
    stopped = Organisation.objects.filter(pk=org_id, state=OrgState.SUSPENDED).first()
    if stopped and not second_agrees(org_id=org_id, measure=SUSPENSION, actor=actor, at=at):
        return stopped
    organisation = _moved(org_id, OrgState.ACTIVE)
    _note("verified", organisation, actor, at)
    if not applied.exists():
        keep_proof(org_id=org_id, kind=ProofKind.VOUCHED, source="operator", actor=actor, at=at)
        organisation.refresh_from_db()
    return organisation


@verb("parties.suspend_organisation")
def suspend_organisation(*, org_id: UUID, reason: str, actor: Actor, at: datetime) -> Organisation:
    """
    Stop an organisation: its people cannot act and its licences do not count.

    :raises NotPermitted: the actor may not suspend
    :raises NoSuchOrganisation: unknown id
    :raises WrongState: suspended already
    """
    require(actor, Permission.SUSPEND)
    organisation = _moved(org_id, OrgState.SUSPENDED)
    forget(org_id=org_id, measure=SUSPENSION)
    _note("suspended", organisation, actor, at, reason=reason)
    return organisation


@verb("parties.add_licence")
def add_licence(
    *,
    org_id: UUID,
    kind: str,
    number: str,
    starts_on: date,
    ends_on: date,
    actor: Actor,
    at: datetime,
    region: str = "",
    scan: str = "",
) -> Licence:
    """
    Put a licence on file; it counts from the day it is verified.

    `ends_on` is the first day without it; `scan` the hash of a sealed file. A number that another
    party has on file is flagged.

    :raises NotPermitted: the actor may not manage accounts
    """
    require(actor, Permission.MANAGE_ACCOUNTS)
    return put_licence(
        org_id=org_id,
        kind=kind,
        number=number,
        starts_on=starts_on,
        ends_on=ends_on,
        region=region,
        scan=scan,
        actor=actor,
        at=at,
    )


def put_licence(
    *,
    org_id: UUID,
    kind: str,
    number: str,
    starts_on: date,
    ends_on: date,
    actor: Actor,
    at: datetime,
    region: str = "",
    scan: str = "",
) -> Licence:
    """Put a licence on file inside the caller's transaction, whoever brought it."""
    licence = Licence.objects.create(
        organisation_id=org_id,
        kind=kind,
        number=number,
        region=region,
        starts_on=starts_on,
        ends_on=ends_on,
        scan=scan,
    )
    flag_same_licence(licence, at)
    record(
        kind="parties.licence-added",
        subject=f"organisation:{org_id}",
        actor=actor,
        at=at,
        licence=licence.pk,
        licence_kind=kind,
        region=region,
        ends_on=ends_on,
    )
    return licence


@verb("parties.verify_licence")
def verify_licence(*, licence_id: UUID, actor: Actor, at: datetime) -> Licence:
    """
    Confirm a licence against its register.

    :raises NotPermitted: the actor may not verify parties
    :raises NoSuchLicence: unknown id
    """
    require(actor, Permission.VERIFY_PARTIES)
    licence = Licence.objects.select_for_update().filter(pk=licence_id).first()
    if licence is None:
        raise NoSuchLicence
    licence.verified_at = at
    licence.save(update_fields=["verified_at"])
    keep_proof(
        org_id=licence.organisation_id,
        kind=ProofKind.LICENCE,
        source=f"licence:{licence.pk}",
        licence=licence,
        expires_on=licence.ends_on,
        actor=actor,
        at=at,
    )
    record(
        kind="parties.licence-verified",
        subject=f"organisation:{licence.organisation_id}",
        actor=actor,
        at=at,
        licence=licence.pk,
    )
    return licence


def _checked(credit_code: str) -> str:
    """Return a credit code in its one spelling: two sides of one firm are found by it."""
    if not credit_code.strip():
        return ""
    try:
        return identity.id_number(credit_code, kind=PersonKind.BUSINESS, demo=settings.DEMO)
    except identity.Malformed:
        raise BadIdentity(kind=_("credit code")) from None


def _moved(org_id: UUID, state: OrgState) -> Organisation:
    organisation = Organisation.objects.select_for_update().filter(pk=org_id).first()
    if organisation is None:
        raise NoSuchOrganisation
    if organisation.state == state:
        raise WrongState(state=state.label)
    organisation.state = state
    organisation.save(update_fields=["state"])
    return organisation


def _note(what: str, organisation: Organisation, actor: Actor, at: datetime, **facts: str) -> None:
    record(
        kind=f"parties.organisation-{what}",
        subject=f"organisation:{organisation.pk}",
        actor=actor,
        at=at,
        about=facts,
    )
