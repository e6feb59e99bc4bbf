"""What is kept with a decision: the hours of everybody are worked out once, and are the same."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import example, given, settings
from hypothesis import strategies as st

from qinghe.contact.decision import SETTINGS, packs_for, request_of
from qinghe.contact.facts import Asked, Point
from qinghe.contact.seen import lawful_hours
from qinghe.rules.contact import terms
from qinghe.rules.contact.budget import hours_of
from qinghe.rules.contact.facts import Debt, Objection, Past, Request, Window, Worker
from tests.contact.test_decision import KINDS, situation

# Around changes of the clock in London and New York, a new year, and days before a law began.
MOMENTS = [
    datetime(year, month, day, tzinfo=UTC)
    for year, month, day in ((2020, 1, 1), (2026, 3, 8), (2026, 3, 29), (2026, 11, 1), (2027, 1, 1))
]
ZONES = (
    *("Asia/Shanghai", "Asia/Urumqi", "Europe/London", "Europe/Berlin", "America/New_York"),
    *("America/Los_Angeles", "Asia/Kolkata", "Pacific/Auckland", "America/Havana"),
)


@st.composite
def requests(draw: st.DrawFn) -> Request:
    """Return a question as the gate puts it, with facts that hours must not depend on, too."""
    at = draw(st.sampled_from(MOMENTS)) + timedelta(minutes=draw(st.integers(-2880, 2880)))
    zones = tuple(draw(st.lists(st.sampled_from(ZONES), max_size=3, unique=True)))
    channel = draw(st.sampled_from(sorted(terms.CHANNELS)))
    mode = draw(st.sampled_from(sorted(terms.MODES)))
    purpose = draw(st.sampled_from(sorted(terms.PURPOSES)))
    here = replace(
        situation(zones, [], []),
        deceased=draw(st.booleans()),
        debt=Debt("d", "c", draw(st.sampled_from(sorted(terms.DEBT_KINDS)))),
        worker=Worker("w", draw(st.sampled_from(sorted(terms.WORKER_KINDS)))),
        objections=tuple(draw(st.lists(wishes(at), max_size=1))),
    )
    kind = KINDS.get(channel, "address")
    point = Point(None, "t", kind, "", "contract", draw(st.booleans()))  # type: ignore[arg-type]
    request = request_of(
        here, Asked(channel, mode, purpose, at), draw(st.sampled_from([point, None]))
    )
    return replace(request, history=(called(at),)) if draw(st.booleans()) else request


def wishes(at: datetime) -> st.SearchStrategy[Objection]:
    window = st.builds(Window, st.integers(0, 700), st.integers(701, 1440))
    kinds = st.sampled_from(sorted(terms.OBJECTION_KINDS))
    since = st.integers(-900, 900).map(lambda minutes: at + timedelta(minutes=minutes))
    return st.builds(Objection, kinds, st.just("p"), since, allowed_window=window)


def called(at: datetime) -> Past:
    return Past(at - timedelta(hours=1), "voice", "outbound", "talk", "p", "w", "c", ("d",))


@settings(max_examples=600, deadline=None)
@given(requests())
@example(request_of(situation((), [], []), Asked("voice", "human", "collect", MOMENTS[0]), None))
def test_hours_from_the_cache_are_those_of_the_question_itself(request: Request) -> None:
    packs = packs_for(request.addressee.zones)
    assert lawful_hours(request) == hours_of(request, packs, SETTINGS)
