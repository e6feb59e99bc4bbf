"""Apply to take part: begin, fill in part by part, hand in."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from qinghe.journal.services import record, verb
from qinghe.kernel.actor import Actor, Role, system
from qinghe.kernel.errors import DomainError
from qinghe.kernel.ids import digits
from qinghe.parties import identity
from qinghe.parties.models import Application, Membership, Organisation, User
from qinghe.parties.queries.onboarding import APPLICANTS, NoSuchApplication, declared, parts
from qinghe.parties.services.flags import flag_sanctioned
from qinghe.parties.services.own import OPEN_TO_CHANGE, declaring
from qinghe.parties.services.people import BadIdentity
from qinghe.parties.services.realname import queue_checks
from qinghe.parties.terms import ApplicationState, OrgKind, OrgState, PersonKind

DOOR: Final = system("parties.door")
# How soon an application is decided: the target that the desk shows.
TARGET: Final = timedelta(days=2)
KEEP_DRAFTS: Final = timedelta(days=90)


class NoSuchKind(DomainError):
    code = "parties.no-such-kind"
    status = 404
    text = _("Nobody can apply to be that.")


class ApplicationOpen(DomainError):
    code = "parties.application-open"
    text = _("You have an application already. Finish that one first.")


class Unconfirmed(DomainError):
    code = "parties.unconfirmed"
    text = _("First confirm your e-mail address: open the link in the letter we sent.")


class Incomplete(DomainError):
    code = "parties.incomplete"
    text = _("Something is still missing: {missing}")


class NothingToHandIn(DomainError):
    code = "parties.nothing-to-hand-in"
    text = _("The operator registered this organisation; there is nothing to hand in.")


class CodeTaken(DomainError):
    code = "parties.code-taken"
    text = _("An organisation with this credit code takes part already. Ask its people to add you.")


@verb("parties.begin_application")
def begin_application(*, user_id: UUID, kind: str, actor: Actor, at: datetime) -> Application:
    """
    Begin an application for an account that was just made; it opens with the confirmed address.

    :raises NoSuchKind: a kind nobody can apply for
    :raises ApplicationOpen: the account has one that is not decided
    """
    if kind not in APPLICANTS:
        raise NoSuchKind
    try:
        with transaction.atomic():
            made = Application.objects.create(user_id=user_id, kind=kind, begun_at=at)
    except IntegrityError:
        raise ApplicationOpen from None
    _note("application-begun", made, actor, at)
    return made


@verb("parties.open_application")
def open_application(
    *, application_id: UUID, confirmed: bool, actor: Actor, at: datetime
) -> Application:
    """
    Give an applicant an organisation to fill in; it may do nothing yet.

    `confirmed` is what the door knows of the applicant's address.

    :raises NoSuchApplication: unknown, or another's
    :raises Unconfirmed: the address was not confirmed
    """
    rows = Application.objects.select_for_update(of=("self",))
    application = rows.filter(pk=application_id).first()
    if application is None or application.user_id != actor.user_id:
        raise NoSuchApplication
    if not confirmed:
        raise Unconfirmed
    if application.organisation_id is not None:
        return application
    user = User.objects.get(pk=application.user_id)
    application.organisation = Organisation.objects.create(
        slug=f"p{digits(10)}",
        name=user.display_name or str(_("New applicant")),
        kind=application.kind,
        state=OrgState.PENDING,
        lender_kind="natural_person" if application.kind == OrgKind.PRIVATE_CREDITOR else "",
        created_at=at,
    )
    application.save(update_fields=["organisation"])
    role = Role.COLLECTOR if application.kind == OrgKind.AGENCY else Role.CREDITOR
    Membership.objects.create(
        user=user, organisation=application.organisation, role=role, starts_at=at
    )
    _note("application-opened", application, actor, at, role=role)
    return application


@verb("parties.declare_firm")
def declare_firm(
    *,
    org_id: UUID,
    name: str,
    credit_code: str,
    region: str,
    actor: Actor,
    at: datetime,
    lender_kind: str = "",
) -> Organisation:
    """
    Say which firm applies.

    :raises NoSuchOrganisation: unknown, or another's
    :raises UnderReview: handed in, or decided
    :raises BadIdentity: a credit code that cannot exist
    :raises CodeTaken: an approved organisation of the same kind has this code
    """
    organisation = declaring(org_id, actor)
    try:
        code = identity.id_number(credit_code, kind=PersonKind.BUSINESS, demo=settings.DEMO)
    except identity.Malformed:
        raise BadIdentity(kind=_("credit code")) from None
    same = Organisation.objects.filter(credit_code=code, kind=organisation.kind)
    if same.exclude(pk=org_id).exclude(state=OrgState.PENDING).exists():
        raise CodeTaken
    organisation.name, organisation.credit_code = name.strip(), code
    organisation.region, organisation.lender_kind = region, lender_kind
    organisation.save(update_fields=["name", "credit_code", "region", "lender_kind"])
    record(kind="parties.firm-declared", subject=f"organisation:{org_id}", actor=actor, at=at)
    return organisation


@verb("parties.hand_in")
def hand_in(*, org_id: UUID, actor: Actor, at: datetime) -> Application:
    """
    Hand an application in: the registers are asked, and it waits on the desk.

    :raises NoSuchOrganisation: unknown, or another's
    :raises UnderReview: handed in before
    :raises NothingToHandIn: it never applied
    :raises Incomplete: a part lacks something
    """
    organisation = declaring(org_id, actor)
    rows = Application.objects.select_for_update(of=("self",)).filter(organisation=organisation)
    application = rows.first()
    if application is None:
        raise NothingToHandIn
    missing = [str(part.missing) for part in parts(declared(org_id)) if part.missing]
    if missing:
        raise Incomplete(missing=" ".join(missing))
    application.state = ApplicationState.SUBMITTED
    application.submitted_at, application.due_at = at, at + TARGET
    application.reason = application.words = application.first_by = ""
    application.save()
    flag_sanctioned(org_id, at)
    queue_checks(organisation, actor, at)
    _note("application-handed-in", application, actor, at)
    return application


def forget_drafts(*, at: datetime) -> int:
    """Delete applications that never opened; return how many. Safe to repeat."""
    old = Application.objects.filter(
        state__in=OPEN_TO_CHANGE, organisation=None, begun_at__lt=at - KEEP_DRAFTS
    )
    return old.delete()[0]


def _note(what: str, application: Application, actor: Actor, at: datetime, **facts: str) -> None:
    record(
        kind=f"parties.{what}",
        subject=f"organisation:{application.organisation_id}"
        if application.organisation_id
        else f"user:{application.user_id}",
        actor=actor,
        at=at,
        application=application.pk,
        party=application.kind,
        about=facts,
    )
