"""One person with two claims, one worked by a collector; a stranger; and the door between them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.test import Client
from django.utils import translation

from qinghe.claims.models import Claim, Line
from qinghe.kernel.actor import system
from qinghe.market.models import Mandate
from qinghe.parties.models import Organisation, Person
from qinghe.parties.services import issue_door_code, resolve_person
from tests import factories

# Monday noon in Shanghai: hours in which contact is open.
NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
ANSWER = "1234"


@dataclass
class World:
    """Who there is."""

    person: Person
    claim: Claim
    other: Claim
    creditor: Organisation
    collector: Organisation
    mandate: Mandate
    code: str
    stranger: Person
    strange: Claim


def lines(claim: Claim) -> None:
    """Write the lines a claim got when it was accepted."""
    for component in ("principal", "interest"):
        amount = getattr(claim, component)
        if amount:
            Line.objects.create(
                claim=claim, component=component, kind="claimed", amount=amount, booked_at=NOON
            )


@pytest.fixture(autouse=True)
def _noon_in_english(time_machine: object) -> Iterator[None]:
    time_machine.move_to(NOON, tick=False)  # type: ignore[attr-defined]
    with translation.override("en"):
        yield


@pytest.fixture
def world(db: None) -> World:
    person = resolve_person(
        kind="natural",
        name="陈测试",
        id_number="99010119900101" + ANSWER,
        region="310100",
        zones=["Asia/Shanghai"],
        actor=system("tests"),
        at=NOON,
    )
    factories.point(person)
    creditor = factories.organisation(name="Harbour Loans", lender_kind="small_loan_company")
    collector = factories.collector(name="Calm Service")
    factories.licence(collector)
    claim = factories.claim(
        principal=150_000,
        interest=6_000,
        creditor=creditor,
        debtor=person,
        contract_on=date(2025, 3, 18),
        overdue_rate_pct=Decimal("12.0"),
        interest_to=date(2026, 11, 1),
    )
    other = factories.claim(principal=48_000, debtor=person)
    stranger = factories.person()
    strange = factories.claim(debtor=stranger)
    for each in (claim, other, strange):
        lines(each)
    return World(
        person=person,
        claim=claim,
        other=other,
        creditor=creditor,
        collector=collector,
        mandate=factories.mandate(claim, collector),
        code=issue_door_code(person_id=person.pk, actor=system("tests"), at=NOON),
        stranger=stranger,
        strange=strange,
    )


@pytest.fixture
def inside(client: Client, world: World) -> Client:
    """A browser in which the person has opened the door."""
    client.cookies["django_language"] = "en"
    response = client.post("/d/", {"code": world.code, "answer": ANSWER})
    assert response.status_code == 302
    return client
