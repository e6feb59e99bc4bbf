"""From case to case in the order of the worklist, and not one that is no longer one's own."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from django.test import Client

from qinghe.casework.queries import worklist
from qinghe.kernel import clock
from qinghe.kernel.actor import Role
from qinghe.market.models import Mandate
from qinghe.parties.models import Organisation
from tests import factories
from tests.web.people import actor_of, signed_in

NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)

pytestmark = pytest.mark.django_db


@pytest.fixture
def agency() -> Organisation:
    agency = factories.collector()
    for _ in range(3):
        factories.mandate(factories.claim(), agency)
    return agency


def order_of(client: Client) -> list[str]:
    with clock.at(NOON):
        found = worklist(actor=actor_of(client, Role.COLLECTOR), at=NOON)
    return [str(claim_id) for claim_id in found.order]


def walk_on(client: Client, claim_id: str) -> tuple[str, dict[str, str]]:
    """Return what a case says of its place, and the cases before and after it."""
    with clock.at(NOON):
        page = client.get(f"/cases/{claim_id}/").content.decode()
    said = re.search(r"Case (\d+) of (\d+)", page)
    ways = dict(re.findall(r'rel="(prev|next)" href="/cases/([^/]+)/"', page))
    return said[0] if said else "", ways


def look(client: Client, address: str = "/orders/") -> None:
    with clock.at(NOON):
        client.get(address)


def test_a_case_says_its_place_and_leads_to_its_neighbours(agency: Organisation) -> None:
    client = signed_in(Role.COLLECTOR, agency)
    look(client)
    first, second, third = order_of(client)
    assert walk_on(client, first) == ("Case 1 of 3", {"next": second})
    assert walk_on(client, second) == ("Case 2 of 3", {"prev": first, "next": third})
    assert walk_on(client, third) == ("Case 3 of 3", {"prev": second})


def test_the_workbench_begins_a_walk_too(agency: Organisation) -> None:
    client = signed_in(Role.COLLECTOR, agency)
    look(client, "/workbench/")
    assert walk_on(client, order_of(client)[0])[0] == "Case 1 of 3"


def test_the_walk_follows_the_filters_of_the_list(agency: Organisation) -> None:
    factories.mandate(factories.claim(stage="M5"), agency)
    client = signed_in(Role.COLLECTOR, agency)
    look(client, "/orders/?stage=M5")
    places = {walk_on(client, each)[0] for each in order_of(client)}
    assert places == {"Case 1 of 1", ""}


def test_the_walk_steps_over_a_case_that_was_given_back(agency: Organisation) -> None:
    client = signed_in(Role.COLLECTOR, agency)
    look(client)
    first, second, third = order_of(client)
    Mandate.objects.filter(claim=second).update(state="returned", closed_at=NOON)
    assert walk_on(client, first) == ("Case 1 of 2", {"next": third})


def test_whoever_comes_by_a_link_is_on_no_walk(agency: Organisation) -> None:
    client = signed_in(Role.COLLECTOR, agency)
    assert walk_on(client, order_of(client)[0]) == ("", {})
