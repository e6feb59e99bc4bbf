"""Every address of the debtor's and the machines' door, with every role, against the table."""

from __future__ import annotations

import json
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from qinghe.api.urls import api
from qinghe.kernel.actor import Actor, Role
from qinghe.parties.models import Membership, Organisation, User
from qinghe.parties.services import create_api_key
from qinghe.parties.terms import OrgKind
from qinghe.portal import session
from qinghe.portal.urls import urlpatterns
from tests import factories
from tests.architecture.access import API, PORTAL, POSTS, STAFF

UNKNOWN = UUID(int=7)
KINDS = {
    Role.CREDITOR: OrgKind.INSTITUTION,
    Role.COLLECTOR: OrgKind.AGENCY,
    Role.REGULATOR: OrgKind.REGULATOR,
}
BODIES: dict[str, object] = {
    "accept": {},
    "claims": {"claim": {}},
    "listing-preview": {},
    "make-packages": {
        "claim_ids": [],
        "commission_rate": "0.2",
        "quality_share": "0.2",
        "period_days": 90,
    },
    "take-package": {},
    "publish": {"commission_rate": "0.2", "quality_share": "0.2", "period_days": 90},
    "decline-offer": {"reason": "region"},
    "give-back": {"reason": "moved"},
    "hand-in": {"rate": "0.1", "quality_share": "0.2"},
    "ask-quotes": {
        "product": "credit_card",
        "stage": "M3",
        "count_band": "c1",
        "sum_band": "s1",
        "regions": ["310000"],
        "closes_at": "2026-11-25T04:00:00Z",
        "contact_name": "示例甲",
        "contact_phone": "+86 10012345678",
    },
    "hand-in-quote": {
        "rate": "0.2",
        "quality_share": "0.2",
        "period_days": 90,
        "first_action_days": 3,
        "report_days": 30,
    },
    "refuse-quote": {"reason": "region"},
    "keep-search": {"name": "x", "filters": {}},
    "change-search": {"name": "x", "notice": True},
    "refuse-return": {"words": "x"},
    "move-debtor": {"member_id": str(UNKNOWN), "reason": "x"},
    "add-member": {"user_id": str(UNKNOWN), "capacity": 1},
    "set-member": {"capacity": 1},
    "make-queue": {"name": "x"},
    "recall": {"reason": "moved"},
    "relist": {},
    "mandate-reports": {"outlook": "open", "next_step": "contact"},
    "commission-plans": {"name": "x", "content": {}},
    "contact": {"channel": "voice", "template": "reminder"},
    "outcome": {"outcome": "talk"},
    "mailing-preview": {"claim_ids": [str(UNKNOWN)], "channel": "sms", "template": "reminder"},
    "mailings": {"claim_ids": [str(UNKNOWN)], "channel": "sms", "template": "reminder"},
    "screening": {"text": "您好。"},
    "pay": {"amount": 1, "currency": "CNY", "paid_on": "2026-11-20", "reference": "x"},
    "complain": {"kind": "rude", "statement": "x", "claim_id": str(UNKNOWN)},
    "contract": {"principal": 1, "disbursed_on": "2025-01-01", "matures_on": "2026-01-01"},
    "payments": {
        "amount": 1,
        "currency": "CNY",
        "paid_on": "2026-11-20",
        "reference": "x",
        "claim_ids": [str(UNKNOWN)],
    },
    "calculations": {"kind": "interest_cap", "input": {}},
    "interest-stops": {"until": "2026-12-01", "ground": "agreed", "source": "x"},
    "offer-authority": [],
    "early-offers": {"amount": 1, "last_day": "2026-12-01"},
    "early-consent": {"agreed": True},
    "cashier-notice": {},
    "provider-notice": {},
}


def member(role: Role) -> tuple[User, Membership]:
    home: Organisation = factories.organisation(KINDS.get(role, OrgKind.OPERATOR))
    user = User.objects.create_user(f"{role}@example.com", None)
    started = Membership.objects.create(
        user=user, organisation=home, role=role, starts_at=factories.AT
    )
    return user, started


def path_of(namespace: str, name: str) -> str:
    names = ("claim", "evidence", "order", "wish", "complaint", "batch", "listing", "mandate",
             "contact", "mailing", "plan", "attempt", "collector", "offer", "package",
             "request", "search", "member", "queue", "paper", "bundle", "payment")  # fmt: skip
    known = {f"{each}_id": UNKNOWN for each in names} | {
        "what": "plan",
        "fmt": "csv",
        "provider": "sandbox",
    }
    patterns = urlpatterns if namespace == "portal" else api.urls[0]
    route = next(str(p.pattern) for p in patterns if p.name == name)
    wanted = {key: value for key, value in known.items() if f"{key}>" in route}
    return reverse(f"{namespace}:{name}", kwargs=wanted)


def test_the_tables_have_every_address() -> None:
    assert set(PORTAL) == {pattern.name for pattern in urlpatterns}
    described = {
        f"{method} {operation.url_name}"
        for _prefix, router in api._routers
        for view in router.path_operations.values()
        for operation in view.operations
        for method in operation.methods
    }
    assert set(API) == described


@pytest.mark.django_db
@pytest.mark.parametrize("name", PORTAL)
def test_the_debtors_door_answers_by_the_table(name: str) -> None:
    path = path_of("portal", name)
    found = {}
    for who in ("debtor", "nobody", *STAFF):
        client = Client()
        if who == "debtor":
            response = HttpResponse()
            session.begin(response, person_id=factories.person().pk, at=factories.AT)
            client.cookies[session.COOKIE] = response.cookies[session.COOKIE].value
        elif who != "nobody":
            client.force_login(member(Role(who))[0])
        once = {"request_key": "once"}
        answer = client.post(path, once) if name in POSTS else client.get(path)
        found[who] = answer.status_code
    assert found == PORTAL[name]


@pytest.mark.django_db
@pytest.mark.parametrize("line", API)
def test_the_machines_door_answers_by_the_table(client: Client, line: str) -> None:
    method, name = line.split()
    found = {"nobody": ask(client, method, name, {}).status_code}
    for role in STAFF:
        user, started = member(role)
        actor = Actor(role=role, user_id=user.pk)
        key = create_api_key(membership_id=started.pk, name="x", actor=actor, at=factories.AT)
        headers = {"Authorization": f"Bearer {key}"}
        found[role] = ask(client, method, name, headers).status_code
    assert found == API[line]


def ask(client: Client, method: str, name: str, headers: dict[str, str]) -> HttpResponse:
    path = path_of("api", name)
    if method == "GET":
        days = {"starts_on": "2026-11-01", "ends_on": "2026-11-30"} if name == "statement" else {}
        return client.get(path, days, headers=headers)
    if name == "batches":
        file = SimpleUploadedFile("claims.csv", b"not,a\nknown,file\n")
        return client.post(path, {"file": file}, headers=headers)
    if name == "papers":
        return client.post(path, {"files": SimpleUploadedFile("a.pdf", b"%PDF-")}, headers=headers)
    body = json.dumps(BODIES.get(name))
    return client.post(path, body, content_type="application/json", headers=headers)


@pytest.fixture(autouse=True)
def _noon(time_machine: object) -> None:
    time_machine.move_to(factories.AT, tick=False)  # type: ignore[attr-defined]
