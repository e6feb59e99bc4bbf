"""A machine asks for quotations, another answers; nothing is told before the hour."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from qinghe.kernel import clock
from qinghe.kernel.actor import Actor, Role
from qinghe.market.quoting import CONSENT
from qinghe.market.services.directory import join_directory
from qinghe.market.services.quote_opening import open_quotes_due
from qinghe.parties.models import Membership
from qinghe.parties.services import create_api_key
from tests import factories
from tests.factories import AT
from tests.web.people import member

pytestmark = pytest.mark.django_db


def key_of(role: Role, organisation: Any) -> dict[str, str]:
    user = member(role, organisation)
    started = Membership.objects.get(user=user)
    own = Actor(role=role, user_id=user.pk, org_id=organisation.pk)
    key = create_api_key(membership_id=started.pk, name="test", actor=own, at=AT)
    return {"Authorization": f"Bearer {key}"}


def test_asked_answered_and_told_after_the_hour(client: Client) -> None:
    agency = factories.collector()
    factories.licence(agency)
    bank = factories.organisation()
    with clock.at(AT):
        ours, theirs = key_of(Role.CREDITOR, bank), key_of(Role.COLLECTOR, agency)
        join_directory(
            size="1-9",
            contact_name="示例乙",
            contact_phone="+86 10087654321",
            consent=CONSENT,
            actor=factories.actor(Role.COLLECTOR, agency),
            at=AT,
        )

        def send(path: str, body: dict[str, Any], headers: dict[str, str]) -> HttpResponse:
            text = json.dumps(body)
            return client.post(path, text, content_type="application/json", headers=headers)

        (listed,) = client.get("/api/directory", headers=ours).json()
        assert (listed["slug"], listed["ratio"]) == (agency.slug, None)
        asked = {
            "product": "credit_card",
            "stage": "M3",
            "count_band": "c1",
            "sum_band": "s1",
            "regions": ["310000"],
            "closes_at": (AT + timedelta(days=2)).isoformat(),
            "contact_name": "示例甲",
            "contact_phone": "+86 10012345678",
        }
        made = send("/api/quotes", asked, ours).json()  # type: ignore[attr-defined]
        quote = {
            "rate": "0.2",
            "quality_share": "0.2",
            "period_days": 90,
            "first_action_days": 3,
            "report_days": 30,
        }
        path = f"/api/quotes/asked/{made['id']}"
        assert send(path, quote, theirs).status_code == 204
        assert client.get(f"/api/quotes/{made['id']}", headers=ours).json()["answers"] == []
    later = AT + timedelta(days=3)
    open_quotes_due(at=later)
    with clock.at(later):
        told = client.get(f"/api/quotes/{made['id']}", headers=ours).json()
    assert [each["agency"] for each in told["answers"]] == [agency.slug]
