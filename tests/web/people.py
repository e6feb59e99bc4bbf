"""People of the staff side for tests of pages: one organisation and one account per role."""

from __future__ import annotations

from datetime import UTC, datetime

from django.test import Client

from qinghe.journal.services import record
from qinghe.kernel.actor import Actor, Role
from qinghe.parties.models import Membership, Organisation, User
from qinghe.parties.terms import OrgKind
from tests import factories

KINDS = {
    Role.CREDITOR: OrgKind.INSTITUTION,
    Role.COLLECTOR: OrgKind.AGENCY,
    Role.REVIEWER: OrgKind.OPERATOR,
    Role.COMPLIANCE: OrgKind.OPERATOR,
    Role.OPERATOR: OrgKind.OPERATOR,
    Role.REGULATOR: OrgKind.REGULATOR,
}
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
BACKEND = "django.contrib.auth.backends.ModelBackend"


def member(role: Role, organisation: Organisation) -> User:
    """Make an account with a role in an organisation; it has no password."""
    number = User.objects.count()
    user = User.objects.create(email=f"{role}{number}@example.com", display_name=str(role))
    Membership.objects.create(user=user, organisation=organisation, role=role, starts_at=LONG_AGO)
    if role is Role.COLLECTOR:
        factories.certificate(user.pk)
    return user


def signed_in(role: Role, organisation: Organisation | None = None, lang: str = "en") -> Client:
    """Return a browser in which somebody of a role is signed in."""
    org = organisation or (
        factories.collector() if role is Role.COLLECTOR else factories.organisation(KINDS[role])
    )
    client = Client()
    client.force_login(member(role, org), backend=BACKEND)
    client.cookies["django_language"] = lang
    return client


def sock_of(client: Client, role: Role) -> Client:
    """Return a browser with an account in the same role that the person of another one made."""
    maker = actor_of(client, role)
    assert maker.org_id is not None
    made = signed_in(role, Organisation.objects.get(pk=maker.org_id))
    subject = f"user:{made.session['_auth_user_id']}"
    record(kind="parties.user-created", subject=subject, actor=maker, at=LONG_AGO)
    return made


def actor_of(client: Client, role: Role) -> Actor:
    """Return the actor a browser's door would build."""
    user_id = client.session["_auth_user_id"]
    membership = Membership.objects.get(user_id=user_id, role=role)
    return Actor(role=role, user_id=membership.user_id, org_id=membership.organisation_id)
