"""Random worlds for the laws of contact: people, zones, consents, objections, histories."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from qinghe.rules.contact import terms
from qinghe.rules.contact.facts import (
    Act,
    Addressee,
    CarrierFlow,
    CaseState,
    Consent,
    Debt,
    Moratorium,
    Objection,
    Past,
    PersonCap,
    Request,
    Settings,
    Visit,
    Window,
    Worker,
)

# Clocks that move in March and November, one that never moves, and China's two habits.
ZONES = (
    "Asia/Shanghai",
    "Asia/Urumqi",
    "America/New_York",
    "America/Los_Angeles",
    "Europe/London",
    "Asia/Kolkata",
    "Australia/Lord_Howe",
    "Africa/Cairo",
)
# Days around changes of the clock, and a month without one.
FIRST = datetime(2026, 3, 1, tzinfo=UTC)
LAST = datetime(2026, 11, 30, tzinfo=UTC)
PACKS = ("CN", "US", "UK", "EU", "IN", "PLT")
PEOPLE = ("D", "E")
COLLECTORS = ("P1", "P2")
CREDITORS = ("K", "L")
ADDRESSES = ("a1", "a2")

moments = st.integers(0, int((LAST - FIRST).total_seconds()) // 60).map(
    lambda minute: FIRST + timedelta(minutes=minute)
)
packs = st.sets(st.sampled_from(PACKS), min_size=1).map(lambda names: tuple(sorted(names)))
windows = (
    st.tuples(st.integers(0, 23), st.integers(1, 24))
    .filter(lambda w: w[0] < w[1])
    .map(lambda w: Window(w[0] * 60, w[1] * 60))
)


def settings(*, carrier: bool = True) -> st.SearchStrategy[Settings]:
    flows = st.builds(CarrierFlow, st.just(2), st.just(3), st.just(4)) if carrier else st.none()
    return st.builds(
        Settings,
        count_all_dials=st.booleans(),
        strict_dual_zone=st.booleans(),
        person_cap=st.none() | st.builds(PersonCap, st.integers(1, 3), st.integers(1, 8)),
        boundary=st.sampled_from(sorted(terms.BOUNDARIES)),
        dispute_hold=st.sampled_from(sorted(terms.DISPUTE_HOLDS)),
        enable_drafts=st.booleans(),
        uk_window=st.none() | windows,
        visit_gap_days=st.none() | st.integers(0, 9),
        carrier_flow=st.none() | flows,
    )


def pasts(before: datetime) -> st.SearchStrategy[Past]:
    return st.builds(
        Past,
        at=st.integers(0, 9 * 24 * 12).map(lambda step: before - timedelta(minutes=5 * step)),
        channel=st.sampled_from(("voice", "voice", "voice", "sms", "visit")),
        direction=st.sampled_from(("outbound", "outbound", "outbound", "inbound")),
        outcome=st.sampled_from(sorted(terms.OUTCOMES)),
        person=st.sampled_from(PEOPLE),
        collector=st.sampled_from(COLLECTORS),
        creditor=st.sampled_from(CREDITORS),
        debts=st.sampled_from((("L1",), ("L2",), ("L1", "L2"))),
        mode=st.sampled_from(sorted(terms.MODES)),
        address=st.sampled_from(ADDRESSES),
        role=st.just("debtor"),
    )


def histories(before: datetime, most: int = 14) -> st.SearchStrategy[tuple[Past, ...]]:
    return st.lists(pasts(before), max_size=most).map(tuple)


def consents(around: datetime) -> st.SearchStrategy[Consent]:
    near = st.integers(-9 * 24, 24).map(lambda hours: around + timedelta(hours=hours))
    later = st.none() | st.integers(1, 30 * 24).map(lambda hours: around + timedelta(hours=hours))
    return st.builds(
        Consent,
        kind=st.sampled_from(sorted(terms.CONSENT_KINDS)),
        person=st.sampled_from(PEOPLE),
        given_at=near,
        until=later,
        revoked_at=later,
        creditor_group=st.none() | st.sampled_from(CREDITORS),
        collector=st.none() | st.sampled_from(COLLECTORS),
        window=windows,
    )


def objections(around: datetime, *, timed: bool = False) -> st.SearchStrategy[Objection]:
    near = st.integers(-9 * 24, 24).map(lambda hours: around + timedelta(hours=hours))
    return st.builds(
        Objection,
        kind=st.sampled_from(("time",) if timed else ("time", *sorted(terms.OBJECTION_KINDS))),
        person=st.sampled_from(PEOPLE),
        at=near,
        withdrawn_at=st.none() | near,
        form=st.sampled_from(sorted(terms.OBJECTION_FORMS)),
        channels=st.sampled_from(((), ("voice",), ("sms", "email"))),
        allowed_window=windows,
    )


def states(around: datetime) -> st.SearchStrategy[CaseState]:
    moratoria = st.builds(
        Moratorium,
        kind=st.sampled_from(sorted(terms.MORATORIUM_KINDS)),
        starts_on=st.just((around - timedelta(days=20)).date()),
        treatment_ends_on=st.none() | st.just((around + timedelta(days=3)).date()),
    )
    return st.just(CaseState()) | st.builds(
        CaseState,
        disputed=st.booleans(),
        moratorium=st.none() | moratoria,
        vulnerable=st.booleans(),
        plan_kept=st.booleans(),
    )


@st.composite
def requests(draw: st.DrawFn, *, timed: bool = False) -> Request:
    """Draw a request; `timed` leaves out most of what does not lapse by itself."""
    roles = ("debtor",) if timed else ("debtor", "debtor", "guarantor", "spouse")
    at = draw(moments)
    channel = draw(st.sampled_from(("voice", "voice", "voice", *sorted(terms.CHANNELS))))
    ends_at = at + timedelta(minutes=draw(st.integers(0, 180))) if channel == "visit" else None
    debts = (
        Debt("L1", "K", "consumer_loan"),
        Debt("L2", draw(st.sampled_from(CREDITORS)), "other"),
    )
    return Request(
        act=Act(
            channel=channel,
            planned_at=at,
            address=draw(st.sampled_from(ADDRESSES)),
            purpose=draw(st.sampled_from(("collect", "collect", "locate", "legal_notice"))),
            mode=draw(st.sampled_from(sorted(terms.MODES))),
            ends_at=ends_at,
            visit=Visit(2, True, True, True, True, "agreed"),
        ),
        addressee=Addressee(
            person="D",
            role=draw(st.sampled_from(roles)),
            zones=tuple(draw(st.lists(st.sampled_from(ZONES), min_size=1, max_size=2))),
            region=draw(st.none() | st.just("US-MA")),
            household_debt_proven=True,
        ),
        debts=debts[: draw(st.integers(1, 2))],
        worker=Worker("P1", draw(st.sampled_from(sorted(terms.WORKER_KINDS)))),
        case_state=CaseState() if timed else draw(states(at)),
        consents=tuple(draw(st.lists(consents(at), max_size=2))),
        objections=tuple(draw(st.lists(objections(at, timed=timed), max_size=1))),
        history=draw(histories(at)),
    )
