"""Decide an application: return it, refuse it, approve it; for agencies two persons approve."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from qinghe.journal.services import record, verb
from qinghe.kernel.actor import Actor
from qinghe.kernel.errors import DomainError
from qinghe.kernel.shown import check_shown
from qinghe.parties.days import legal_day
from qinghe.parties.models import (
    Application,
    Licence,
    Organisation,
    PartyFlag,
    Proof,
    Representative,
)
from qinghe.parties.pairs import independent
from qinghe.parties.queries.kin import suspended_kin
from qinghe.parties.queries.looked import looked_at
from qinghe.parties.queries.onboarding import (
    WAITING,
    NoSuchApplication,
    application_mark,
    declared,
)
from qinghe.parties.roles import Permission, require
from qinghe.parties.services.assurance import keep_proof
from qinghe.parties.services.organisations import verify_licence
from qinghe.parties.terms import (
    ActsAs,
    ApplicationState,
    OrgKind,
    OrgState,
    PartyFlagKind,
    ProofKind,
    ReviewReason,
)

# A review is repeated after so long, whatever else still holds.
REVIEW_DAYS: Final = 365


class DoubtsOpen(DomainError):
    code = "parties.doubts-open"
    text = _("Decide every doubt about this party first; a confirmed one means: refuse it.")


class SanctionStands(DomainError):
    code = "parties.sanction-stands"
    text = _(
        "A suspended party has the same people, account or number. Return the application: handed "
        "in again, it bears that doubt, and two persons must clear it."
    )


class NotProven(DomainError):
    code = "parties.not-proven"
    text = _("Not proven yet: {missing}. Wait for it, or return the application.")


class NotOpened(DomainError):
    code = "parties.not-opened"
    text = _(
        "Open what you approve and compare it. Not opened by you yet: {what}. It stands under "
        "“Facts beside papers”."
    )


class NoReason(DomainError):
    code = "parties.no-reason"
    status = 422
    text = _("Choose a reason from the list.")


class SecondBySamePerson(DomainError):
    code = "parties.second-by-same-person"
    status = 403
    text = _("A second reviewer must approve this, who stands apart from the first.")


@verb("parties.return_application")
def return_application(
    *,
    application_id: UUID,
    reason: str,
    words: str,
    actor: Actor,
    at: datetime,
    seen: str | None = None,
) -> Application:
    """
    Give an application back with what is missing; the applicant corrects it and hands it in again.

    :raises NotPermitted: the actor may not verify parties
    :raises NoSuchApplication: not waiting
    :raises ChangedMeanwhile: it was handed in again, or a colleague approved it first
    :raises NoReason: a reason that is not in the list
    """
    return _decide(application_id, ApplicationState.RETURNED, reason, words, actor, at, seen)


@verb("parties.refuse_application")
def refuse_application(
    *,
    application_id: UUID,
    reason: str,
    words: str,
    actor: Actor,
    at: datetime,
    seen: str | None = None,
) -> Application:
    """
    Refuse an application for good; the applicant reads why.

    :raises NotPermitted: the actor may not verify parties
    :raises NoSuchApplication: not waiting
    :raises ChangedMeanwhile: it was handed in again, or a colleague approved it first
    :raises NoReason: a reason that is not in the list
    """
    return _decide(application_id, ApplicationState.REFUSED, reason, words, actor, at, seen)


@verb("parties.approve_application")
def approve_application(
    *, application_id: UUID, actor: Actor, at: datetime, seen: str | None = None
) -> Application:
    """
    Approve an application: papers, licences and authority were compared by a person, who has
    opened each of them and who it is; by the journal.

    An agency is approved by two; the first approval only passes it on.

    :param seen: the mark of the application that was shown, `application_mark`
    :raises NotPermitted: the actor may not verify parties
    :raises NoSuchApplication: not waiting
    :raises ChangedMeanwhile: it was handed in again, or a colleague approved it first
    :raises DoubtsOpen: a doubt is undecided or was confirmed
    :raises SanctionStands: a suspended party stands behind it, and nobody cleared that
    :raises NotProven: number, account, responsible persons or deposit are not proven
    :raises SecondBySamePerson: the second is the first, or made their account
    :raises NotOpened: the actor has not opened names and numbers, or a paper
    """
    require(actor, Permission.VERIFY_PARTIES)
    application = _waiting(application_id, seen)
    organisation = _locked(application)
    _check_doubts(organisation)
    _check_proven(organisation, at)
    first = application.first_by
    if first and (first == actor.label or not independent(first, actor.label)):
        raise SecondBySamePerson
    papers = _check_opened(application, organisation, actor, at)
    if organisation.kind == OrgKind.AGENCY and application.state == ApplicationState.SUBMITTED:
        application.state, application.first_by = ApplicationState.SECOND, actor.label
        application.save(update_fields=["state", "first_by"])
        _note("application-first", application, actor, at)
        return application
    application.state = ApplicationState.APPROVED
    application.decided_by, application.decided_at = actor.label, at
    application.save(update_fields=["state", "decided_by", "decided_at"])
    organisation.state = OrgState.ACTIVE
    organisation.save(update_fields=["state"])
    _note("application-approved", application, actor, at)
    _prove(organisation, actor, at, papers=papers)
    return application


def _check_doubts(organisation: Organisation) -> None:
    doubts = PartyFlag.objects.filter(organisation=organisation)
    if doubts.filter(decided_at__isnull=True).exists() or doubts.filter(confirmed=True).exists():
        raise DoubtsOpen
    cleared = doubts.filter(kind=PartyFlagKind.SANCTIONED).values_list("other_id", flat=True)
    if suspended_kin(organisation.pk) - set(cleared):
        raise SanctionStands


def _check_proven(organisation: Organisation, at: datetime) -> None:
    needed = [ProofKind.NUMBER, ProofKind.ACCOUNT]
    if organisation.kind == OrgKind.AGENCY:
        needed += [ProofKind.PRINCIPAL, ProofKind.COVER]
    live = set(
        Proof.objects.filter(organisation=organisation, ended_at__isnull=True)
        .exclude(expires_on__lte=legal_day(at))
        .values_list("kind", flat=True)
    )
    missing = [str(kind.label) for kind in needed if kind not in live]
    if missing:
        raise NotProven(missing=", ".join(missing))


def _check_opened(
    application: Application, organisation: Organisation, actor: Actor, at: datetime
) -> bool:
    """Return whether there are papers that count, all of them opened by the actor."""
    found = declared(organisation.pk)
    looked = looked_at(found, application=application, actor=actor, today=legal_day(at))
    if looked.unopened:
        raise NotOpened(what="; ".join(looked.unopened))
    return any(each.counts for each in looked.papers)


def _prove(organisation: Organisation, actor: Actor, at: datetime, *, papers: bool) -> None:
    """Keep what the reviewer saw as proof, each part until its own day."""
    today = legal_day(at)
    for licence in Licence.objects.filter(organisation=organisation, ends_on__gt=today):
        verify_licence(licence_id=licence.pk, actor=actor, at=at)
    kinds: list[tuple[ProofKind, date | None]] = [
        (ProofKind.REVIEW, today + timedelta(days=REVIEW_DAYS))
    ]
    if papers:
        kinds.append((ProofKind.PAPERS, None))
    if organisation.kind != OrgKind.PRIVATE_CREDITOR:
        kinds.append((ProofKind.MANDATE, _authority_ends(organisation)))
    for kind, ends in kinds:
        keep_proof(
            org_id=organisation.pk,
            kind=kind,
            source="review",
            expires_on=ends,
            actor=actor,
            at=at,
        )


def _authority_ends(organisation: Organisation) -> date | None:
    signatories = Representative.objects.filter(
        organisation=organisation, acts_as=ActsAs.SIGNATORY, removed_at__isnull=True
    )
    return signatories.values_list("mandate_ends_on", flat=True).first()


def _decide(
    application_id: UUID,
    state: ApplicationState,
    reason: str,
    words: str,
    actor: Actor,
    at: datetime,
    seen: str | None,
) -> Application:
    require(actor, Permission.VERIFY_PARTIES)
    if reason not in ReviewReason.values:
        raise NoReason
    application = _waiting(application_id, seen)
    application.state, application.reason, application.words = state, reason, words.strip()
    application.decided_by, application.decided_at = actor.label, at
    application.first_by = ""
    application.save()
    _note(f"application-{state}", application, actor, at, code=reason)
    return application


def _waiting(application_id: UUID, seen: str | None) -> Application:
    rows = Application.objects.select_for_update(of=("self",)).filter(state__in=WAITING)
    found = rows.filter(pk=application_id).first()
    if found is None:
        raise NoSuchApplication
    check_shown(seen, application_mark(found))
    return found


def _locked(application: Application) -> Organisation:
    if application.organisation_id is None:
        raise NoSuchApplication
    return Organisation.objects.select_for_update(no_key=True).get(pk=application.organisation_id)


def _note(what: str, application: Application, actor: Actor, at: datetime, **facts: str) -> None:
    record(
        kind=f"parties.{what}",
        subject=f"organisation:{application.organisation_id}",
        actor=actor,
        at=at,
        application=application.pk,
        about=facts,
    )
