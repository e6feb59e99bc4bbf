"""What the budget says is what the gate then answers, whatever happened before."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest

from qinghe.claims.services import place_hold
from qinghe.contact.models import Attempt
from qinghe.contact.queries import budget
from qinghe.contact.queries.budget import BudgetChannel
from qinghe.contact.services import request_contact, set_wish
from qinghe.kernel.actor import Actor, Role, system
from qinghe.market.models import Mandate
from tests import factories
from tests.contact.conftest import Case, make_case

MIDNIGHT = datetime(2026, 11, 22, 16, tzinfo=UTC)
CHANNELS = ("voice", "sms", "email", "letter")
TEMPLATES = {"letter": "first_notice"}
OUTCOMES = ("talk", "no_answer", "busy", "voicemail", None)


def ask(case: Case, channel: str, actor: Actor, at: datetime) -> Attempt:
    return request_contact(
        claim_id=case.claim.pk,
        channel=channel,
        template=TEMPLATES.get(channel, "reminder"),
        actor=actor,
        at=at,
    )


def another(case: Case) -> Case:
    """Return a second claim of the same person, with another collector and creditor."""
    agency = factories.collector()
    claim = factories.claim(debtor=case.claim.debtor)
    mandate = factories.mandate(claim, agency)
    claim.refresh_from_db()
    return Case(claim, mandate, factories.actor(Role.COLLECTOR, agency), case.phone)


def lived(case: Case, dice: Random, now: datetime) -> None:
    """Let two collectors try things over two days; sometimes the person sets a wish or a hold."""
    cases = (case, another(case))
    Mandate.objects.update(starts_at=MIDNIGHT - timedelta(days=9))
    for _ in range(dice.randrange(12)):
        one = dice.choice(cases)
        at = now - timedelta(minutes=dice.randrange(1, 36 * 60))
        attempt = ask(one, dice.choice(CHANNELS[:3]), one.collector, at)
        if attempt.state == "permitted":
            outcome = dice.choice(OUTCOMES) if attempt.channel == "voice" else "delivered"
            Attempt.objects.filter(pk=attempt.pk).update(
                state="done", sent_at=at, outcome=outcome, outcome_at=at if outcome else None
            )
    wished(case, dice, now)


def wished(case: Case, dice: Random, now: datetime) -> None:
    person, debtor = case.claim.debtor_id, factories.debtor_of(case.claim)
    before = now - timedelta(days=3)
    if dice.random() < 0.3:
        window = (time(dice.randrange(7, 12)), time(dice.randrange(14, 23)))
        set_wish(person_id=person, kind="time", window=window, actor=debtor, at=before)
    if dice.random() < 0.2:
        set_wish(person_id=person, kind="channel", channels=["sms"], actor=debtor, at=before)
    if dice.random() < 0.2:
        place_hold(
            person_id=person,
            claim_id=None,
            kind=dice.choice(["hardship", "dispute", "plan", "death"]),
            cause="test:1",
            ends_at=None,
            actor=system("test"),
            at=before,
        )


def row(case: Case, channel: str, at: datetime) -> BudgetChannel:
    return budget(claim_id=case.claim.pk, actor=case.collector, at=at).channel(channel)


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(24))
def test_the_budget_says_what_the_gate_answers(seed: int) -> None:
    dice = Random(seed)
    zones = dice.choice(
        [
            ["Asia/Shanghai"],
            ["Asia/Urumqi"],
            ["Europe/London"],
            ["Asia/Shanghai", "America/New_York"],
        ]
    )
    case = make_case(zones=zones)
    now = MIDNIGHT + timedelta(minutes=dice.randrange(24 * 60))
    lived(case, dice, now)
    for channel in CHANNELS:
        said = row(case, channel, now)
        attempt = ask(case, channel, case.collector, now)
        assert (attempt.state == "permitted") == said.allowed, channel
        assert attempt.next_allowed_at == said.next_allowed_at, channel
        assert (said.limited_by is None) or said.limited_by.level == "deny"
        if not said.allowed:
            assert said.limited_by is not None
            assert said.limited_by.rule in attempt.rules
        # The next channel is asked with this one undone.
        Attempt.objects.filter(pk=attempt.pk).delete()


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(16))
def test_as_many_as_the_budget_says_are_let_through_that_day_and_not_one_more(seed: int) -> None:
    dice = Random(100 + seed)
    case = make_case()
    now = MIDNIGHT + timedelta(minutes=dice.randrange(24 * 60))
    lived(case, dice, now)
    channel = dice.choice(("voice", "sms", "email"))
    said = row(case, channel, now)
    today = now.astimezone(ZoneInfo("Asia/Shanghai")).date()
    let_through, at = 0, now
    while at.astimezone(ZoneInfo("Asia/Shanghai")).date() == today:
        attempt = ask(case, channel, case.collector, at)
        if attempt.state == "permitted":
            let_through += 1
        elif attempt.next_allowed_at is None:
            break
        else:
            at = attempt.next_allowed_at
    assert let_through == said.remaining


@pytest.mark.django_db
def test_a_channel_tells_its_hours_and_what_ends_its_day() -> None:
    case = make_case()
    noon = datetime(2026, 11, 23, 4, tzinfo=UTC)
    for minutes in (9, 5):
        ask(case, "voice", case.collector, noon - timedelta(minutes=minutes))
    said = row(case, "voice", noon)
    assert (said.allowed, said.remaining) == (True, 1)
    assert said.limited_by is not None
    assert said.limited_by.rule in ("CN-FRQ-01", "PLT-CAP-01")
    opens, closes = said.hours[0]
    assert (opens.hour, closes.hour) == (0, 14)
    assert row(case, "letter", noon).hours[0][1] - row(case, "letter", noon).hours[0][0] >= (
        closes - opens
    )


@pytest.mark.django_db
def test_without_a_zone_nothing_is_left() -> None:
    case = make_case(zones=[])
    case.phone.__class__.objects.update(zone="")
    said = row(case, "voice", datetime(2026, 11, 23, 4, tzinfo=UTC))
    assert (said.allowed, said.remaining, said.hours) == (False, 0, ())
