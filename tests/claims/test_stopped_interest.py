"""Times without interest: nothing grows in them, before and after it grows to the cent."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qinghe.claims.days import day_of
from qinghe.claims.interest import accrue, bearing, grown
from qinghe.claims.models import Claim, Line
from qinghe.claims.services import accrue_interest, stop_interest
from qinghe.claims.services.rewinding import rewind_interest
from qinghe.claims.services.stopping import BadStop, StopWithoutSource
from qinghe.kernel.actor import Actor, Role, system
from qinghe.parties.roles import NotPermitted
from tests import factories
from tests.factories import AT

DAY = timedelta(days=1)
TODAY = day_of(AT)
JOB = system("tests")
DAYS = st.dates(date(2026, 1, 1), date(2026, 12, 31))


def ours() -> tuple[Claim, Actor]:
    claim = factories.claim(overdue_rate_pct=Decimal("14.6"), interest_to=TODAY - 10 * DAY)
    return claim, factories.actor(Role.CREDITOR, claim.creditor)


def stop(claim: Claim, actor: Actor, until: date, **fields: object) -> None:
    given = {"ground": "agreed", "source": "the letter of November", **fields}
    stop_interest(claim_id=claim.pk, until=until, actor=actor, at=AT, **given)  # type: ignore[arg-type]


@pytest.mark.django_db
def test_nothing_grows_in_a_stop_and_it_goes_on_behind_it() -> None:
    claim, creditor = ours()
    stop(claim, creditor, TODAY + 30 * DAY)
    claim.refresh_from_db()
    # 10 days of 14.6 % on 1,000.00: 4.00; then nothing for 30 days; then 5 days more.
    assert claim.interest == 400
    assert grown(claim, TODAY + 29 * DAY) == 0
    assert grown(claim, TODAY + 35 * DAY) == 200
    told = Line.objects.get(claim=claim, kind="stopped")
    assert (told.amount, told.facts["stopped"]) == (0, "agreed")


@pytest.mark.django_db
def test_interest_calculated_anew_leaves_the_stop_out() -> None:
    claim, creditor = ours()
    stop(claim, creditor, TODAY + 30 * DAY)
    accrue_interest(claim_id=claim.pk, to=TODAY + 40 * DAY, actor=JOB, at=AT)
    rewind_interest(claim_id=claim.pk, since=TODAY - 10 * DAY, actor=JOB, at=AT)
    claim.refresh_from_db()
    assert (claim.interest, claim.interest_to) == (0, TODAY - 10 * DAY)
    accrue_interest(claim_id=claim.pk, to=TODAY + 40 * DAY, actor=JOB, at=AT)
    claim.refresh_from_db()
    assert claim.interest == 800


@pytest.mark.django_db
def test_one_stop_may_follow_another_and_never_lie_in_it() -> None:
    claim, creditor = ours()
    stop(claim, creditor, TODAY + 30 * DAY)
    stop(claim, creditor, TODAY + 60 * DAY)
    claim.refresh_from_db()
    assert claim.interest_to == TODAY + 60 * DAY
    with pytest.raises(BadStop):
        stop(claim, creditor, TODAY + 90 * DAY, since=TODAY + 10 * DAY)


@pytest.mark.django_db
def test_who_may_stop_interest_and_on_what() -> None:
    claim, creditor = ours()
    officer = factories.actor(Role.COMPLIANCE, factories.organisation("operator"))
    with pytest.raises(NotPermitted):
        stop(claim, officer, TODAY + DAY)
    with pytest.raises(StopWithoutSource):
        stop(claim, creditor, TODAY + DAY, source=" ")
    with pytest.raises(BadStop):
        stop(claim, creditor, TODAY)
    with pytest.raises(BadStop):
        stop(claim, creditor, TODAY + DAY, since=TODAY + DAY)
    stop(claim, officer, TODAY + DAY, ground="statutory", source="Order 5 of the county")


@given(DAYS, DAYS, st.lists(st.tuples(DAYS, DAYS), max_size=4))
def test_what_bears_interest_is_the_span_without_the_stops(
    since: date, until: date, spans: list[tuple[date, date]]
) -> None:
    stops = [(first, last) for first, last in spans if first < last]
    free = [day for first, last in bearing(since, until, stops) for day in span(first, last)]
    kept = {day for first, last in stops for day in span(first, last)}
    assert free == [day for day in span(since, until) if day not in kept]


def span(first: date, last: date) -> list[date]:
    return [first + n * DAY for n in range((last - first).days)]


@given(DAYS, st.integers(0, 300), st.integers(1, 10**9))
def test_a_stop_never_raises_what_is_owed(since: date, days: int, principal: int) -> None:
    until, rate = since + days * DAY, Decimal("14.6")
    whole = accrue(principal, rate, since, until)[0]
    pieces = bearing(since, until, [(since + 5 * DAY, since + 9 * DAY)])
    assert sum(accrue(principal, rate, *piece)[0] for piece in pieces) <= whole + 1
