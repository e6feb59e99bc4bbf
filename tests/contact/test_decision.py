"""Laws of the judgement that must hold for every situation, not for chosen ones."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from qinghe.contact.decision import decide, packs_for
from qinghe.contact.facts import Asked, Earlier, Held, Point, Situation
from qinghe.rules.contact.facts import Debt, Past, Worker

NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)
ZONES = ("Asia/Shanghai", "Asia/Urumqi", "Europe/London", "America/New_York", "Asia/Kolkata")
KINDS = {"voice": "phone", "sms": "phone", "email": "email", "letter": "address"}
channels = st.sampled_from(sorted(KINDS))
minutes = st.integers(0, 7 * 24 * 60)


def situation(zones: tuple[str, ...], earlier: list[Earlier], holds: list[Held]) -> Situation:
    points = [Point(None, kind, kind, "", "contract", False) for kind in set(KINDS.values())]  # type: ignore[arg-type]
    return Situation(
        person="p",
        zones=zones,
        deceased=False,
        debt=Debt("d", "c", "consumer_loan"),
        worker=Worker("w", "agency"),
        points=tuple(points),
        holds=tuple(holds),
        objections=(),
        earlier=tuple(earlier),
    )


@st.composite
def contacts(draw: st.DrawFn) -> Earlier:
    channel = draw(channels)
    outcome = "delivered"
    if channel == "voice":
        outcome = draw(st.sampled_from(["talk", "no_answer", "busy", "voicemail"]))
    past = Past(
        at=NOON - timedelta(minutes=draw(minutes)),
        channel=channel,
        direction="outbound",
        outcome=outcome,
        person="p",
        collector=draw(st.sampled_from(["w", "x"])),
        creditor=draw(st.sampled_from(["c", "e"])),
        debts=("d",),
        address=KINDS[channel],
        role="debtor",
    )
    return Earlier(past, "collect")


def asked(channel: str, at: datetime = NOON) -> Asked:
    return Asked(channel, "human" if channel == "voice" else "one_way", "collect", at)


zones = st.lists(st.sampled_from(ZONES), min_size=1, max_size=2, unique=True).map(tuple)
pasts = st.lists(contacts(), max_size=12)


@settings(max_examples=150, deadline=None)
@given(zones, pasts, contacts(), channels)
def test_more_contact_in_the_past_never_permits_more(
    where: tuple[str, ...], past: list[Earlier], extra: Earlier, channel: str
) -> None:
    if decide(situation(where, past, []), asked(channel)).denied:
        assert decide(situation(where, [*past, extra], []), asked(channel)).denied


@settings(max_examples=150, deadline=None)
@given(zones, pasts, channels, st.one_of(st.none(), st.integers(1, 90)))
def test_the_promised_time_is_kept(
    where: tuple[str, ...], past: list[Earlier], channel: str, days: int | None
) -> None:
    holds = [Held("hardship", NOON, NOON + timedelta(days=days))] if days else []
    here = situation(where, past, holds)
    later = decide(here, asked(channel)).next_allowed_at
    if later is None:
        return
    assert later > NOON
    standing = [hold for hold in holds if hold.until is None or hold.until > later]
    assert not decide(replace(here, holds=tuple(standing)), asked(channel, later)).denied


@given(zones, channels, st.sampled_from(["dispute", "hardship", "complaint", "flag", "plan"]))
def test_a_hold_without_an_end_never_promises_a_time(
    where: tuple[str, ...], channel: str, kind: str
) -> None:
    held = [Held(kind, NOON - timedelta(days=1), None)]
    decision = decide(situation(where, [], held), asked(channel))
    assert decision.denied
    assert decision.next_allowed_at is None


@given(channels)
def test_without_a_zone_or_an_address_nothing_is_permitted(channel: str) -> None:
    assert decide(situation((), [], []), asked(channel)).rules == ("PLT-IN-02",)
    nowhere = replace(situation(("Asia/Shanghai",), [], []), points=())
    assert decide(nowhere, asked(channel)).rules == ("PLT-IN-03",)


def test_a_zone_abroad_brings_its_law_and_china_always_applies() -> None:
    assert packs_for(("America/New_York", "Asia/Shanghai")) == ("CN", "US")
    assert packs_for(("Europe/London",)) == ("CN", "UK")
    assert packs_for(("Europe/Berlin",)) == ("CN", "EU")
    assert packs_for(()) == ("CN",)
