"""Reads of onboarding: how far an application is, what is missing, what waits on the desk."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrPromise

from qinghe.kernel.actor import Actor
from qinghe.kernel.errors import DomainError
from qinghe.kernel.shown import mark
from qinghe.parties.models import (
    Application,
    IdentityCheck,
    Licence,
    MicroTransfer,
    Organisation,
    Representative,
    SettlementAccount,
)
from qinghe.parties.roles import Permission, require
from qinghe.parties.terms import (
    ActsAs,
    ApplicationState,
    OrgKind,
    ProofKind,
    SettlementState,
    TransferState,
)

APPLICANTS: Final = (OrgKind.PRIVATE_CREDITOR, OrgKind.INSTITUTION, OrgKind.AGENCY)
WAITING: Final = (ApplicationState.SUBMITTED, ApplicationState.SECOND)


class NoSuchApplication(DomainError):
    code = "parties.no-such-application"
    status = 404
    text = _("There is no such application.")


@dataclass(frozen=True)
class Part:
    """One part of an application: its key, its name, and what is still missing (nothing: done)."""

    key: str
    name: StrPromise
    missing: StrPromise | None

    @property
    def done(self) -> bool:
        """Tell whether nothing is missing."""
        return self.missing is None


@dataclass(frozen=True)
class Declared:
    """What a party declared so far, masked."""

    organisation: Organisation
    people: tuple[Representative, ...]
    licences: tuple[Licence, ...]
    account: SettlementAccount | None
    transfer: MicroTransfer | None

    def acting(self, acts_as: str) -> list[Representative]:
        """Return those who act in one capacity."""
        return [each for each in self.people if each.acts_as == acts_as]


def declared(org_id: UUID) -> Declared:
    """Return what a party declared; five queries."""
    people = Representative.objects.filter(organisation_id=org_id, removed_at__isnull=True)
    accounts = SettlementAccount.objects.filter(organisation_id=org_id)
    account = (
        accounts.exclude(state=SettlementState.REPLACED).select_related("holder", "number").first()
    )
    transfers = MicroTransfer.objects.filter(account=account).select_related("sealed")
    return Declared(
        organisation=Organisation.objects.get(pk=org_id),
        people=tuple(people.select_related("name", "number", "line").order_by("added_at", "id")),
        licences=tuple(Licence.objects.filter(organisation_id=org_id).order_by("starts_on", "id")),
        account=account,
        transfer=transfers.order_by("-asked_at", "-id").first() if account else None,
    )


def parts(found: Declared) -> list[Part]:
    """Return the parts of a party's application in order, each with what it lacks."""
    return [Part(key, name, _MISSING[key](found)) for key, name in _PARTS[found.organisation.kind]]


def _firm(found: Declared) -> StrPromise | None:
    org = found.organisation
    if not org.credit_code:
        return _("Give the social credit code.")
    return None if org.region else _("Give the city of the registered office.")


def _self(found: Declared) -> StrPromise | None:
    people = found.acting(ActsAs.SELF)
    if not people:
        return _("Give your name, identity number and telephone.")
    return None if people[0].paper else _("Add a picture of your identity card.")


def _signatory(found: Declared) -> StrPromise | None:
    people = found.acting(ActsAs.SIGNATORY)
    if not people:
        return _("Say who may sign for the organisation.")
    return None if people[0].paper else _("Add the paper that gives this authority.")


def _principals(found: Declared) -> StrPromise | None:
    return None if found.acting(ActsAs.PRINCIPAL) else _("Name at least one responsible person.")


def _licences(found: Declared) -> StrPromise | None:
    if not found.licences:
        return _("Add at least one licence.")
    if found.organisation.kind == OrgKind.AGENCY and not any(
        each.kind in ("collection", "mediation") for each in found.licences
    ):
        return _("Add the registration that lets you collect.")
    return None if all(each.scan for each in found.licences) else _("Add the scan of each licence.")


def _account(found: Declared) -> StrPromise | None:
    return None if found.account else _("Give the account you want to be paid to.")


def _transfer(found: Declared) -> StrPromise | None:
    if found.account is None:
        return _("First give the account.")
    if found.account.state == SettlementState.PROVEN:
        return None
    if found.transfer is None or found.transfer.state not in (
        TransferState.WAITING,
        TransferState.SENT,
    ):
        return _("Let us send a few cents to the account.")
    return _("State the amount that arrived.")


_MISSING: Final[dict[str, Callable[[Declared], StrPromise | None]]] = {
    "firm": _firm,
    "self": _self,
    "signatory": _signatory,
    "principals": _principals,
    "licences": _licences,
    "account": _account,
    "transfer": _transfer,
}
_FIRM = ("firm", _("The organisation"))
_SIGNATORY = ("signatory", _("Who signs"))
_LICENCES = ("licences", _("Licences"))
_MONEY = (("account", _("Account")), ("transfer", _("Proof of the account")))
_PARTS: Final[dict[str, tuple[tuple[str, StrPromise], ...]]] = {
    OrgKind.PRIVATE_CREDITOR: (("self", _("About you")), *_MONEY),
    OrgKind.INSTITUTION: (_FIRM, _SIGNATORY, _LICENCES, *_MONEY),
    OrgKind.AGENCY: (
        _FIRM,
        _SIGNATORY,
        ("principals", _("Responsible persons")),
        _LICENCES,
        *_MONEY,
    ),
}
# What the desk decides besides what is proven by itself.
DECIDED_AT_DESK: Final = frozenset({ProofKind.REVIEW, ProofKind.PAPERS, ProofKind.MANDATE})


def application_of(user_id: UUID) -> Application | None:
    """Return the newest application of somebody; None when they never applied."""
    rows = Application.objects.filter(user_id=user_id).select_related("organisation")
    return rows.order_by("-begun_at", "-id").first()


def application_for(*, org_id: UUID) -> Application | None:
    """Return the application by which a party came; None when the operator registered it."""
    return Application.objects.filter(organisation_id=org_id).first()


def applying(org_id: UUID) -> bool:
    """Tell whether a party came by an application that is not approved (yet)."""
    rows = Application.objects.filter(organisation_id=org_id)
    return rows.exclude(state=ApplicationState.APPROVED).exists()


def desk(*, actor: Actor) -> list[Application]:
    """
    Return the applications that wait for a reviewer, the soonest due first.

    :raises NotPermitted: the actor may not verify parties
    """
    require(actor, Permission.VERIFY_PARTIES)
    rows = Application.objects.filter(state__in=WAITING).select_related("organisation")
    return list(rows.order_by("due_at", "id"))


def application_mark(application: Application) -> str:
    """Return the mark of an application as a reviewer reads it; handed in again it is another."""
    handed_in = (application.submitted_at, application.state, application.first_by)
    return mark(application.pk, *handed_in, application.decided_at)


def one_application(*, application_id: UUID, actor: Actor) -> Application:
    """
    Return one application that was handed in.

    :raises NotPermitted: the actor may not verify parties
    :raises NoSuchApplication: unknown, or still being filled in
    """
    require(actor, Permission.VERIFY_PARTIES)
    rows = Application.objects.exclude(organisation=None).exclude(submitted_at=None)
    found = rows.select_related("organisation").filter(pk=application_id).first()
    if found is None:
        raise NoSuchApplication
    return found


def checks(*, org_id: UUID) -> list[IdentityCheck]:
    """Return the questions put to registers about a party, the newest first."""
    rows = IdentityCheck.objects.filter(organisation_id=org_id)
    return list(rows.select_related("representative__name").order_by("-asked_at", "-id"))


def transfers_to_send(*, actor: Actor) -> list[MicroTransfer]:
    """
    Return the small transfers a clerk sends by hand, the oldest first.

    :raises NotPermitted: the actor may not manage payments
    """
    require(actor, Permission.MANAGE_PAYMENTS)
    rows = MicroTransfer.objects.filter(state=TransferState.WAITING, gateway="manual")
    return list(rows.select_related("account__organisation").order_by("asked_at", "id"))
