"""A market with a key per role, and a client that speaks JSON."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from qinghe.claims.models import Claim
from qinghe.kernel.actor import Actor, Role
from qinghe.kernel.ids import digits
from qinghe.parties.models import Membership, Organisation, User
from qinghe.parties.services import create_api_key
from qinghe.parties.terms import OrgKind
from tests import factories

NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)


@dataclass
class Caller:
    """One machine with its key."""

    key: str
    client: Client = field(default_factory=Client)

    def get(self, path: str, **query: Any) -> HttpResponse:
        return self.client.get(f"/api{path}", query, headers=self._headers())

    def post(self, path: str, body: object = None, *, once: str | None = None) -> HttpResponse:
        return self.client.post(
            f"/api{path}",
            json.dumps(body),
            content_type="application/json",
            headers=self._headers(once),
        )

    def upload(self, path: str, once: str | None = None, **fields: Any) -> HttpResponse:
        return self.client.post(f"/api{path}", fields, headers=self._headers(once))

    def _headers(self, once: str | None = None) -> dict[str, str]:
        key = {"Idempotency-Key": once} if once else {}
        return {"Authorization": f"Bearer {self.key}", "Accept-Language": "en", **key}


@dataclass
class Market:
    """Organisations, one claim ready to be placed, and a caller per role."""

    creditor: Organisation
    collector: Organisation
    claim: Claim
    callers: dict[Role, Caller]

    def __getitem__(self, role: Role) -> Caller:
        return self.callers[role]


def caller(role: Role, organisation: Organisation) -> Caller:
    user = User.objects.create_user(f"{role}.{digits(6)}@example.com", None)
    member = Membership.objects.create(
        user=user, organisation=organisation, role=role, starts_at=NOON
    )
    if role is Role.COLLECTOR:
        factories.certificate(user.pk)
    actor = Actor(role=role, user_id=user.pk, org_id=organisation.pk)
    key = create_api_key(membership_id=member.pk, name="test", actor=actor, at=NOON)
    return Caller(key)


@pytest.fixture(autouse=True)
def _noon(time_machine: object) -> None:
    time_machine.move_to(NOON, tick=False)  # type: ignore[attr-defined]


@pytest.fixture
def market(db: None) -> Market:
    creditor = factories.organisation(name="Harbour Loans")
    collector = factories.collector(name="Calm Service")
    factories.licence(collector)
    operator = factories.organisation(OrgKind.OPERATOR)
    regulator = factories.organisation(OrgKind.REGULATOR)
    claim = factories.claim(creditor=creditor)
    factories.point(claim.debtor)
    homes = {
        Role.CREDITOR: creditor,
        Role.COLLECTOR: collector,
        Role.REVIEWER: operator,
        Role.COMPLIANCE: operator,
        Role.OPERATOR: operator,
        Role.REGULATOR: regulator,
    }
    return Market(creditor, collector, claim, {role: caller(role, o) for role, o in homes.items()})


@pytest.fixture
def stranger(db: None) -> Caller:
    """A creditor that has nothing to do with the market."""
    return caller(Role.CREDITOR, factories.organisation())
