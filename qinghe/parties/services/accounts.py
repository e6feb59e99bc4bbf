"""Accounts of the staff side, their memberships, and the keys of machines."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime
from typing import Final
from uuid import UUID

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from qinghe.journal.services import record, verb
from qinghe.kernel.actor import Actor, Role
from qinghe.kernel.errors import DomainError
from qinghe.parties.models import ApiKey, Membership, User
from qinghe.parties.pairs import stands_behind
from qinghe.parties.roles import Permission, require
from qinghe.parties.terms import OrgKind, OrgState

KEY_PREFIX: Final = "qh_"
KEY_BYTES: Final = 32

# Which roles an organisation may give its people.
ROLES_OF: Final[dict[str, frozenset[Role]]] = {
    OrgKind.INSTITUTION: frozenset({Role.CREDITOR}),
    OrgKind.PRIVATE_CREDITOR: frozenset({Role.CREDITOR}),
    OrgKind.AGENCY: frozenset({Role.COLLECTOR}),
    OrgKind.OWN_TEAM: frozenset({Role.COLLECTOR}),
    OrgKind.OPERATOR: frozenset({Role.OPERATOR, Role.REVIEWER, Role.COMPLIANCE}),
    OrgKind.REGULATOR: frozenset({Role.REGULATOR}),
}


class EmailTaken(DomainError):
    code = "parties.email-taken"
    text = _("There is an account with this e-mail address already.")


class WeakPassword(DomainError):
    code = "parties.weak-password"
    text = _("This password is too easy to guess. Use at least ten characters, not a common word.")


class RoleNotForOrganisation(DomainError):
    code = "parties.role-not-for-organisation"
    text = _("An organisation of this kind cannot have people in this role.")


class MemberAlready(DomainError):
    code = "parties.member-already"
    text = _("This user has this role in the organisation already.")


class NotYourself(DomainError):
    code = "parties.not-yourself"
    status = 403
    text = _(
        "Nobody gives a role to themselves, nor through an account of their own making. Ask a "
        "colleague who stands apart from you."
    )


class NoSuchMembership(DomainError):
    code = "parties.no-such-membership"
    status = 404
    text = _("There is no such membership.")


class UnknownKey(DomainError):
    code = "parties.unknown-key"
    status = 401
    text = _("This API key is unknown or was revoked.")


@verb("parties.create_user")
def create_user(
    *,
    email: str,
    password: str | None,
    display_name: str,
    actor: Actor,
    at: datetime,
    language: str = "zh-hans",
) -> User:
    """
    Create an account; without a password the user sets one by a reset link.

    :raises NotPermitted: the actor may not manage accounts
    :raises WeakPassword: a validator refuses the password
    :raises EmailTaken: an account has this address
    """
    require(actor, Permission.MANAGE_ACCOUNTS)
    _check_password(password)
    try:
        with transaction.atomic():
            user = User.objects.create_user(
                email, password, display_name=display_name, language=language, date_joined=at
            )
    except IntegrityError:
        raise EmailTaken from None
    record(kind="parties.user-created", subject=f"user:{user.pk}", actor=actor, at=at)
    return user


@verb("parties.add_membership")
def add_membership(
    *, user_id: UUID, org_id: UUID, role: Role, actor: Actor, at: datetime
) -> Membership:
    """
    Give a user a role in an organisation, from this moment.

    :raises NotPermitted: the actor may not manage accounts
    :raises NotYourself: the actor would get the role, or whoever stands behind the actor
    :raises RoleNotForOrganisation: the organisation's kind cannot have this role
    :raises MemberAlready: the user has the role there
    """
    require(actor, Permission.MANAGE_ACCOUNTS)
    if stands_behind(str(user_id), actor.label):
        raise NotYourself
    try:
        with transaction.atomic():
            membership = Membership.objects.create(
                user_id=user_id, organisation_id=org_id, role=role, starts_at=at
            )
    except IntegrityError:
        raise MemberAlready from None
    if role not in ROLES_OF[membership.organisation.kind]:
        raise RoleNotForOrganisation
    _note("membership-added", membership, actor, at)
    return membership


@verb("parties.end_membership")
def end_membership(*, membership_id: UUID, actor: Actor, at: datetime) -> Membership:
    """
    Take a role back, and revoke the API keys that hang on it.

    :raises NotPermitted: the actor may not manage accounts
    :raises NoSuchMembership: unknown, or ended before
    """
    require(actor, Permission.MANAGE_ACCOUNTS)
    rows = Membership.objects.select_for_update().filter(pk=membership_id, ends_at__isnull=True)
    membership = rows.first()
    if membership is None:
        raise NoSuchMembership
    membership.ends_at = at
    membership.save(update_fields=["ends_at"])
    keys = ApiKey.objects.filter(membership=membership, revoked_at__isnull=True)
    keys.update(revoked_at=at)
    _note("membership-ended", membership, actor, at)
    return membership


def create_api_key(*, membership_id: UUID, name: str, actor: Actor, at: datetime) -> str:
    """
    Create a machine's key for one membership and return it; it is never shown again.

    :raises NoSuchMembership: the membership is neither live nor the actor's own
    """
    # A stored answer would keep the key in the clear: every call makes a new one.
    return _create_key(membership_id=membership_id, name=name, actor=actor.with_key(None), at=at)


@verb("parties.create_api_key")
def _create_key(*, membership_id: UUID, name: str, actor: Actor, at: datetime) -> str:
    rows = Membership.objects.select_for_update().filter(pk=membership_id, ends_at__isnull=True)
    membership = rows.first()
    if membership is None or not _may_key(actor, membership):
        raise NoSuchMembership
    key = KEY_PREFIX + secrets.token_urlsafe(KEY_BYTES)
    ApiKey.objects.create(membership=membership, name=name, digest=_digest(key), created_at=at)
    _note("key-created", membership, actor, at)
    return key


@verb("parties.revoke_api_key")
def revoke_api_key(*, key_id: UUID, actor: Actor, at: datetime) -> None:
    """
    End a machine's key at once.

    :raises UnknownKey: not a live key of the actor
    """
    rows = ApiKey.objects.select_for_update().select_related("membership")
    key = rows.filter(pk=key_id, revoked_at__isnull=True).first()
    if key is None or not _may_key(actor, key.membership):
        raise UnknownKey
    key.revoked_at = at
    key.save(update_fields=["revoked_at"])
    _note("key-revoked", key.membership, actor, at)


def actor_of_api_key(key: str, at: datetime) -> Actor:
    """
    Return the actor of a machine's key.

    :raises UnknownKey: unknown or revoked, its membership ended, or its organisation suspended
    """
    member = (
        ApiKey.objects.filter(
            Q(membership__ends_at__isnull=True) | Q(membership__ends_at__gt=at),
            digest=_digest(key),
            revoked_at__isnull=True,
            membership__user__is_active=True,
        )
        .exclude(membership__organisation__state=OrgState.SUSPENDED)
        .values_list("membership__role", "membership__user_id", "membership__organisation_id")
        .first()
    )
    if member is None:
        raise UnknownKey
    role, user_id, org_id = member
    return Actor(role=Role(role), user_id=user_id, org_id=org_id)


def _check_password(password: str | None) -> None:
    if password is None:
        return
    try:
        validate_password(password)
    except ValidationError:
        raise WeakPassword from None


def _may_key(actor: Actor, membership: Membership) -> bool:
    return actor.role is Role.SYSTEM or actor.user_id == membership.user_id


def _digest(key: str) -> bytes:
    # The key has 256 random bits: a plain hash cannot be searched.
    return hashlib.sha256(key.encode()).digest()


def _note(what: str, membership: Membership, actor: Actor, at: datetime) -> None:
    record(
        kind=f"parties.{what}",
        subject=f"user:{membership.user_id}",
        actor=actor,
        at=at,
        organisation=membership.organisation_id,
        role=membership.role,
    )
