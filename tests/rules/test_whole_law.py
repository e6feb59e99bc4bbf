"""Laws of all packs together, over every channel: what holds whoever asks, and how often."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import settings as effort
from hypothesis import strategies as st

from qinghe.rules.contact import terms
from qinghe.rules.contact.clock import INSTANT
from qinghe.rules.contact.evaluate import evaluate
from qinghe.rules.contact.facts import (
    Act,
    Addressee,
    CarrierFlow,
    CaseState,
    Debt,
    Past,
    PersonCap,
    Request,
    Settings,
    Verdict,
    Worker,
)
from qinghe.rules.packs import rule
from tests.rules import worlds
from tests.rules.test_contact_laws import SEVERITY, at_moment

ALL = worlds.PACKS
HOLDS = ("disputed", "vulnerable", "plan_kept", "complaint_open", "represented_by_attorney")
WINDOWS = {"CN-WIN-01", "CN-WIN-02", "US-WIN-01", "UK-WIN-01", "IN-WIN-01", "IN-WIN-02"}


def stricter(before: Verdict, after: Verdict) -> bool:
    """Tell whether a verdict permits no more than another and fires every rule of it."""
    return SEVERITY[after.decision] >= SEVERITY[before.decision] and set(after.rules) >= set(
        before.rules
    )


@effort(deadline=None)
@given(worlds.requests(), worlds.settings(), st.data())
def test_one_more_objection_never_permits_more(
    request: Request, settings: Settings, data: st.DataObject
) -> None:
    extra = data.draw(worlds.objections(request.act.planned_at))
    before = evaluate(request, ALL, settings)
    objections = (*request.objections, extra)
    assert stricter(before, evaluate(replace(request, objections=objections), ALL, settings))


@effort(deadline=None)
@given(worlds.requests(), worlds.settings(), st.sampled_from(HOLDS), st.booleans())
def test_one_more_hold_never_permits_more(
    request: Request, settings: Settings, hold: str, bankrupt: bool
) -> None:
    before = evaluate(request, ALL, settings)
    changes: dict[str, object] = {hold: True}
    if bankrupt:
        changes["bankruptcy_filed_at"] = request.act.planned_at
    state = replace(request.case_state, **changes)  # type: ignore[arg-type]
    assert stricter(before, evaluate(replace(request, case_state=state), ALL, settings))


@effort(deadline=None)
@given(worlds.requests(), worlds.settings(carrier=False), st.data())
def test_more_contact_never_permits_more_under_all_packs(
    request: Request, settings: Settings, data: st.DataObject
) -> None:
    # A dial may open the carrier's next window earlier, and with it close it earlier.
    extra = tuple(data.draw(st.lists(worlds.pasts(request.act.planned_at), max_size=4)))
    after = evaluate(replace(request, history=(*request.history, *extra)), ALL, settings)
    assert stricter(evaluate(request, ALL, settings), after)


@effort(deadline=None)
@given(worlds.requests(), worlds.packs, worlds.settings())
def test_one_more_pack_never_permits_more(
    request: Request, packs: tuple[str, ...], settings: Settings
) -> None:
    before = evaluate(request, packs, settings)
    for name in ALL:
        assert stricter(before, evaluate(request, (*packs, name), settings))


@effort(max_examples=200, deadline=None)
@given(worlds.requests(timed=True), worlds.settings())
def test_all_packs_honour_the_promise_and_nothing_before_it(
    request: Request, settings: Settings
) -> None:
    verdict = evaluate(request, ALL, settings)
    promised = verdict.next_allowed_at
    if promised is None:
        return
    kept = evaluate(at_moment(request, promised), ALL, settings)
    assert not kept.denied, kept.rules
    assert evaluate(at_moment(request, promised - INSTANT), ALL, settings).denied


@effort(deadline=None)
@given(worlds.requests(timed=True), worlds.settings())
def test_a_call_that_ends_in_time_never_leaves_a_window(
    request: Request, settings: Settings
) -> None:
    act = replace(request.act, channel="voice", ends_at=None)
    # What the person asks for during the call is not known when it begins.
    known = tuple(each for each in request.objections if each.at <= act.planned_at)
    request = replace(request, act=act, objections=known)
    settings = replace(settings, boundary="strict", enable_drafts=False)
    verdict = evaluate(request, ALL, settings)
    if verdict.must_end_by is None:
        return
    assert verdict.must_end_by > act.planned_at
    last = evaluate(at_moment(request, verdict.must_end_by - INSTANT), ALL, settings)
    assert not WINDOWS & set(last.rules)
    objected = {finding.rule_id for finding in last.findings if finding.until is not None}
    assert "PLT-OBJ-01" not in objected


@effort(deadline=None)
@given(worlds.requests(), worlds.packs, worlds.settings())
def test_the_order_of_facts_does_not_matter(
    request: Request, packs: tuple[str, ...], settings: Settings
) -> None:
    turned = replace(
        request,
        debts=request.debts[::-1],
        history=request.history[::-1],
        consents=request.consents[::-1],
        objections=request.objections[::-1],
    )
    assert evaluate(turned, packs[::-1], settings) == evaluate(request, packs, settings)


def asked(at: datetime, zone: str, address: str, kept: Iterable[Past]) -> Request:
    return Request(
        Act("voice", at, address, "collect"),
        Addressee("D", "debtor", (zone,)),
        (Debt("L1", "K", "consumer_loan"),),
        Worker("P1", "agency"),
        history=tuple(kept),
    )


GREEDY = Settings(
    person_cap=PersonCap(answered_per_day=2, dials_per_day=5),
    carrier_flow=CarrierFlow(per_minute=1, per_hour=3, per_day=9),
)
attempts = st.lists(
    st.tuples(
        st.integers(0, 10 * 24 * 60 * 2),
        st.sampled_from(("talk", "no_answer", "busy", "voicemail", "failed")),
        st.sampled_from(("a1", "a2")),
    ),
    max_size=80,
)


@effort(max_examples=60, deadline=None)
@given(attempts, st.sampled_from(worlds.ZONES))
def test_an_asker_who_takes_all_there_is_exceeds_no_limit(
    steps: list[tuple[int, str, str]], zone: str
) -> None:
    start, kept = datetime(2026, 3, 4, tzinfo=UTC), list[Past]()
    for half_minutes, outcome, address in sorted(steps):
        at = start + timedelta(seconds=30 * half_minutes)
        if not evaluate(asked(at, zone, address, kept), ALL, GREEDY).denied:
            call = Past(at, "voice", "outbound", outcome, "D", "P1", "K", ("L1",), address=address)
            kept.append(call)

    clock = ZoneInfo("Asia/Shanghai" if zone == "Asia/Urumqi" else zone)
    days = {past: past.at.astimezone(clock).date() for past in kept}
    assert most(days[past] for past in kept if past.outcome == "talk") <= 2
    assert most(days[past] for past in kept if past.outcome != "failed") <= 5
    unanswered = [past for past in kept if past.outcome not in ("talk", "failed")]
    assert most((days[past], past.address) for past in unanswered) <= rule("CN-FRQ-03").number(
        "max"
    )
    law = rule("US-FRQ-01")
    counted = [days[past] for past in kept if past.outcome in law.words("counts")]
    week = timedelta(days=law.number("days"))
    for last in counted:
        assert sum(last - week < day <= last for day in counted) <= law.number("max")
    quiet = timedelta(days=rule("US-FRQ-02").number("days"))
    talks = [past for past in kept if past.outcome == "talk"]
    for talk in talks:
        after = [days[past] for past in kept if past.at > talk.at]
        assert all(day >= days[talk] + quiet for day in after)


def most(keys: Iterable[object]) -> int:
    return max(Counter(keys).values(), default=0)


@effort(deadline=None)
@given(worlds.requests(), worlds.settings())
def test_who_calls_the_platform_is_always_heard(request: Request, settings: Settings) -> None:
    heard = replace(request, act=replace(request.act, direction="inbound"))
    verdict = evaluate(heard, ALL, settings)
    assert (verdict.decision, verdict.rules, verdict.must_end_by) == ("allow", (), None)


@effort(deadline=None)
@given(worlds.requests(), st.sampled_from(sorted(terms.THIRD_PERSONS)), worlds.settings())
def test_no_third_person_is_ever_asked_to_pay(
    request: Request, role: str, settings: Settings
) -> None:
    act = replace(request.act, purpose="collect")
    who = replace(request.addressee, role=role)
    request = replace(request, act=act, addressee=who, case_state=CaseState())
    for name in ALL:
        assert "PLT-TP-01" in evaluate(request, (name,), settings).rules
