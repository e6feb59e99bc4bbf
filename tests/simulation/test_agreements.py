"""Claims of a made-up market come with their contracts, and its first agency can go on working."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random

import pytest

from qinghe.claims.contract_terms import Outcome
from qinghe.claims.models import Claim, Title, Verification
from qinghe.market.models import Listing
from qinghe.market.queries.taker import capacity_of
from qinghe.market.services import hand_in, take
from qinghe.market.terms import Mode
from qinghe.simulation.agreements import TERMS, agreed
from qinghe.simulation.batches import Source
from qinghe.simulation.doer import Doer
from qinghe.simulation.field import CASES_A_DAY, Field
from qinghe.simulation.modes.offering import QUALITY
from qinghe.simulation.run import ZONE, simulate
from qinghe.simulation.world import World, load
from tests import factories

START, DAYS = date(2026, 11, 2), 11
AFTERWARDS = datetime(2026, 11, 13, 10, tzinfo=ZONE)
DAY = date(2026, 11, 2)


@pytest.mark.django_db
def test_a_market_is_calculated_and_its_first_agency_finds_work_of_every_kind() -> None:
    simulate(claims=16, alike=20, days=DAYS, seed=2026, start=START, checked_every=DAYS)
    _is_calculated()
    _names_who_lent()
    _can_be_worked_in(load())


def _is_calculated() -> None:
    rows = Verification.objects.order_by("claim", "computed_at").values_list("claim", "outcome")
    found = Counter(dict(rows).values())
    untold = Claim.objects.count() - found.total()
    assert found[Outcome.EQUAL] > Claim.objects.count() / 2
    assert 0 < found[Outcome.LESS] < found[Outcome.EQUAL]
    assert not found[Outcome.MORE]
    assert untold > 0


def _names_who_lent() -> None:
    bought = Claim.objects.filter(creditor__slug="demo-factoring", state="challenge")
    named = Title.objects.filter(claim__in=bought, step=1).exclude(from_kind="")
    assert set(named.values_list("claim", flat=True)) == set(bought.values_list("pk", flat=True))
    assert named.filter(notice_reached_on__isnull=True).count() == 0
    assert bought.count() > 0


def _can_be_worked_in(world: World) -> None:
    agency = world.actor("collector")
    room = capacity_of(collector_id=world.orgs["demo-agency"])
    assert room is not None
    assert room.free > 0
    tendered = Listing.objects.filter(state="open", mode=Mode.BID).earliest("number")
    hand_in(
        listing_id=tendered.pk,
        rate=Decimal("0.1500"),
        quality_share=QUALITY,
        actor=agency,
        at=AFTERWARDS,
    )
    offered = Listing.objects.filter(state="open", designated_to=world.orgs["demo-agency"])
    taken = take(listing_id=offered.earliest("number").pk, actor=agency, at=AFTERWARDS)
    assert taken.collector_id == world.orgs["demo-agency"]


@pytest.mark.django_db
def test_what_is_new_is_begun_on_its_day_however_much_else_there_is() -> None:
    agency = factories.collector()
    mandates = [factories.mandate(factories.claim(), agency) for _ in range(CASES_A_DAY + 3)]
    field = Field(World({}, {}), Doer(Random(1), faults=False))
    assert field.today(mandates) == mandates


def row(number: int) -> dict[str, str]:
    made = Source(Random(number), [], number)
    return made.row(DAY, "T")


@pytest.mark.parametrize("number", range(40))
def test_a_contract_is_the_same_each_time_and_its_repayments_came_before_the_due_day(
    number: int,
) -> None:
    told = row(number)
    first = agreed(told, DAY)
    assert first == agreed(told, DAY)
    if not first:
        return
    assert set(TERMS) < set(first)
    assert Decimal(first["principal"]) <= Decimal(first["loan_principal"])
    last = date.fromisoformat(told["due_date"]) - timedelta(days=1)
    for part in filter(None, first["repayments"].split("; ")):
        assert date.fromisoformat(part.split()[0]) <= last


def test_of_many_contracts_few_are_not_told() -> None:
    kinds = [bool(agreed(row(number), DAY)) for number in range(200)]
    assert 0 < kinds.count(False) < kinds.count(True) / 4
