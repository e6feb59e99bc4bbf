"""One message to many: judged one by one, previewed in few queries, never sent twice."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from random import Random
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from qinghe.claims.models import Claim
from qinghe.claims.services import place_hold
from qinghe.contact.models import Attempt, Mailing, MailingItem
from qinghe.contact.queries.mailings import MailingPreview, mailing_view, mailings, preview_mailing
from qinghe.contact.queries.situation import situation_of, situations_of
from qinghe.contact.refusals import (
    MailingOver,
    NoSuchMailing,
    NoSuchWording,
    NothingToSend,
    OneByOne,
    TooManyAtOnce,
)
from qinghe.contact.services import mailings as service
from qinghe.contact.services import (
    request_contact,
    send,
    set_wish,
    start_mailing,
    step_mailing,
    stop_mailing,
)
from qinghe.journal.queries import timeline
from qinghe.kernel.actor import Actor, Role, system
from qinghe.kernel.ids import new_id
from qinghe.market.models import Mandate
from qinghe.parties.models import Organisation, Person
from qinghe.parties.roles import NotPermitted
from tests import factories
from tests.factories import AT

NIGHT = datetime(2026, 11, 23, 15, tzinfo=UTC)
MINUTE = timedelta(minutes=1)

pytestmark = pytest.mark.django_db


class Agency:
    """A collector with cases, and short names for what it does with them."""

    def __init__(self) -> None:
        self.org: Organisation = factories.collector(limit=500)
        self.actor: Actor = factories.actor(Role.COLLECTOR, self.org)
        self.claims: list[Claim] = []

    def case(self, debtor: Person | None = None) -> Claim:
        person = debtor or factories.person()
        factories.point(person)
        claim = factories.claim(debtor=person)
        factories.mandate(claim, self.org)
        self.claims.append(claim)
        return claim

    @property
    def ids(self) -> list[UUID]:
        return [claim.pk for claim in self.claims]

    def preview(self, at: datetime = AT, **fields: object) -> MailingPreview:
        given = {"claim_ids": self.ids, "channel": "sms", "template": "reminder"}
        return preview_mailing(**{**given, **fields}, actor=self.actor, at=at)  # type: ignore[arg-type]

    def start_one(self, claim: Claim) -> Mailing:
        return self.start(claims=[claim.pk])

    def start(
        self, at: datetime = AT, actor: Actor | None = None, claims: list[UUID] | None = None
    ) -> Mailing:
        return start_mailing(
            claim_ids=claims or self.ids,
            channel="sms",
            template="reminder",
            actor=actor or self.actor,
            at=at,
        )

    def ask(self, claim: Claim, channel: str = "sms", at: datetime = AT) -> Attempt:
        return request_contact(
            claim_id=claim.pk, channel=channel, template="reminder", actor=self.actor, at=at
        )


@pytest.fixture
def agency() -> Agency:
    return Agency()


def hold(claim: Claim) -> None:
    place_hold(
        person_id=claim.debtor_id,
        claim_id=None,
        kind="hardship",
        cause=f"test:{claim.pk}",
        ends_at=None,
        actor=system("test"),
        at=AT,
    )


def wish(claim: Claim, **fields: object) -> None:
    set_wish(
        person_id=claim.debtor_id,
        actor=factories.debtor_of(claim),
        at=AT - timedelta(days=1),
        **fields,  # type: ignore[arg-type]
    )


def varied(agency: Agency) -> None:
    """Make cases that are refused for different reasons, and some that are not."""
    for _ in range(3):
        agency.case()
    hold(agency.case())
    wish(agency.case(), kind="time", window=(time(18), time(20)))
    agency.case(agency.claims[0].debtor)
    busy = agency.case()
    for minutes in range(3):
        request_contact(
            claim_id=busy.pk,
            channel="sms",
            template="first_notice",
            actor=agency.actor,
            at=AT - timedelta(hours=3) + timedelta(minutes=minutes),
        )
    agency.ask(agency.case(), at=AT - timedelta(hours=2))


def test_a_preview_says_how_many_would_be_skipped_by_which_reason(agency: Agency) -> None:
    varied(agency)
    found = agency.preview()
    assert (found.asked, len(found.permitted), found.left_out) == (8, 3, 5)
    said = {each.reason: each for each in found.skipped}
    assert set(said) == {
        "PLT-HLD-01", "CN-FRQ-06", "contact.person-twice", "PLT-MSG-01", "contact.said-today",
    }  # fmt: skip
    assert said["PLT-HLD-01"].next_allowed_at is None
    assert said["CN-FRQ-06"].next_allowed_at == datetime(2026, 11, 23, 10, tzinfo=UTC)
    assert not Attempt.objects.filter(at=AT).exists()


def test_a_preview_takes_as_many_queries_for_many_as_for_few(agency: Agency) -> None:
    agency.case()
    with CaptureQueriesContext(connection) as few:
        agency.preview()
    for _ in range(20):
        agency.case()
    with CaptureQueriesContext(connection) as many:
        agency.preview()
    assert len(many) == len(few) <= 4


def test_many_situations_are_those_of_one(agency: Agency) -> None:
    varied(agency)
    cases = Mandate.objects.select_related("collector", "claim__debtor", "claim__creditor")
    together = situations_of(cases, at=AT)
    assert set(together) == set(agency.ids)
    for mandate in cases:
        alone = situation_of(claim=mandate.claim, mandate=mandate, at=AT)
        assert together[mandate.claim_id] == alone


@pytest.mark.parametrize("seed", range(6))
def test_the_preview_is_what_the_gate_then_answers(agency: Agency, seed: int) -> None:
    dice = Random(seed)
    now = datetime(2026, 11, 22, 16, tzinfo=UTC) + timedelta(minutes=dice.randrange(24 * 60))
    for _ in range(8):
        claim = agency.case()
        if dice.random() < 0.3:
            hold(claim)
        if dice.random() < 0.3:
            wish(claim, kind="channel", channels=["sms"])
        for _ in range(dice.randrange(5)):
            agency.ask(
                claim, dice.choice(["voice", "email"]), now - dice.randrange(1, 900) * MINUTE
            )
    found = agency.preview(now)
    if found.permitted:
        mailing = agency.start(now)
        step_mailing(mailing_id=mailing.pk, at=now)
        states = MailingItem.objects.filter(attempt__isnull=False)
        assert set(states.values_list("claim_id", flat=True)) == set(found.permitted)
        assert set(states.values_list("attempt__state", flat=True)) == {"permitted"}
    for claim in agency.claims:
        if claim.pk not in found.permitted:
            assert agency.ask(claim, at=now).state == "refused"


def test_every_case_is_asked_for_alone_in_steps(
    agency: Agency, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "STEP", 2)
    for _ in range(5):
        agency.case()
    mailing = agency.start()
    assert [step_mailing(mailing_id=mailing.pk, at=AT + MINUTE) for _ in range(3)] == [3, 1, 0]
    view = mailing_view(mailing_id=mailing.pk, actor=agency.actor)
    assert (view.state, view.done, view.to_do) == ("done", 5, 5)
    assert Attempt.objects.count() == 5
    kinds = [row.kind for row in timeline(subject=f"mailing:{mailing.pk}")]
    assert kinds == ["contact.mailing-started", "contact.mailing-done"]


def test_pressing_twice_does_not_send_twice(agency: Agency) -> None:
    agency.case()
    key = agency.actor.with_key(str(new_id()))
    first, second = agency.start(actor=key), agency.start(actor=key)
    assert first.pk == second.pk
    # Another window of the same person, or a colleague: the case waits in the first already.
    with pytest.raises(NothingToSend):
        agency.start()
    for _ in range(2):
        step_mailing(mailing_id=first.pk, at=AT)
    assert Attempt.objects.count() == 1
    with pytest.raises(NothingToSend):
        agency.start(AT + MINUTE)


def test_what_changes_between_preview_and_turn_is_judged_again(agency: Agency) -> None:
    held, ended = agency.case(), agency.case()
    mailing = agency.start()
    hold(held)
    Mandate.objects.filter(claim=ended).update(state="ended", closed_at=AT)
    step_mailing(mailing_id=mailing.pk, at=AT + MINUTE)
    view = mailing_view(mailing_id=mailing.pk, actor=agency.actor)
    assert {row.claim_id: (row.state, row.reason) for row in view.rows} == {
        held.pk: ("refused", "PLT-HLD-01"),
        ended.pk: ("skipped", "market.no-mandate"),
    }


def test_the_result_tells_what_was_stopped_at_sending(agency: Agency) -> None:
    claim = agency.case()
    mailing = agency.start()
    step_mailing(mailing_id=mailing.pk, at=AT)
    hold(claim)
    send(attempt_id=Attempt.objects.get().pk, at=AT + MINUTE)
    row = mailing_view(mailing_id=mailing.pk, actor=agency.actor).rows[0]
    assert (row.state, row.reason) == ("cancelled", "PLT-HLD-01")


def test_a_mailing_can_be_stopped(agency: Agency) -> None:
    agency.case()
    mailing = agency.start()
    stop_mailing(mailing_id=mailing.pk, actor=agency.actor, at=AT)
    assert step_mailing(mailing_id=mailing.pk, at=AT) == 0
    assert not Attempt.objects.exists()
    view = mailing_view(mailing_id=mailing.pk, actor=agency.actor)
    assert (view.state, view.rows[0].reason) == ("stopped", "contact.stopped-by-hand")
    with pytest.raises(MailingOver):
        stop_mailing(mailing_id=mailing.pk, actor=agency.actor, at=AT)


@pytest.mark.parametrize("channel", ["voice", "visit"])
def test_calls_and_visits_are_never_asked_for_together(agency: Agency, channel: str) -> None:
    agency.case()
    with pytest.raises(OneByOne):
        agency.preview(channel=channel)
    with pytest.raises(OneByOne):
        start_mailing(
            claim_ids=agency.ids, channel=channel, template="reminder", actor=agency.actor, at=AT
        )


def test_only_approved_wording_and_only_so_many_at_once(agency: Agency) -> None:
    agency.case()
    for template in ("made up", "door_letter"):
        with pytest.raises(NoSuchWording):
            agency.preview(template=template)
    with pytest.raises(TooManyAtOnce):
        agency.preview(claim_ids=[new_id() for _ in range(2_001)])


def test_cases_of_others_are_left_out_and_mailings_of_others_are_not_there(agency: Agency) -> None:
    other = Agency()
    other.case()
    assert [each.reason for each in agency.preview(claim_ids=other.ids).skipped] == [
        "market.no-mandate"
    ]
    mailing = other.start()
    asked: list[Callable[[], object]] = [
        lambda: mailing_view(mailing_id=mailing.pk, actor=agency.actor),
        lambda: stop_mailing(mailing_id=mailing.pk, actor=agency.actor, at=AT),
    ]
    for each in asked:
        with pytest.raises(NoSuchMailing):
            each()
    assert mailings(actor=agency.actor) == []
    with pytest.raises(NotPermitted):
        agency.start(actor=factories.actor(Role.CREDITOR, agency.org))


def test_at_night_nothing_is_started(agency: Agency) -> None:
    agency.case()
    assert agency.preview(NIGHT).permitted == ()
    with pytest.raises(NothingToSend):
        agency.start(NIGHT)
    assert not Mailing.objects.exists()


def test_whose_mandate_is_over_sees_no_name_any_more(agency: Agency) -> None:
    agency.case()
    mailing = agency.start()
    assert mailing_view(mailing_id=mailing.pk, actor=agency.actor).rows[0].debtor_masked
    Mandate.objects.update(state="ended", closed_at=AT)
    assert mailing_view(mailing_id=mailing.pk, actor=agency.actor).rows[0].debtor_masked == ""


def test_two_messages_to_many_started_together_say_it_once_to_a_person(agency: Agency) -> None:
    person, other = factories.person(), Agency()
    claims = [agency.case(person), agency.case(person)]
    running = [agency.start_one(claim) for claim in claims]
    other.case(person)
    running.append(other.start())
    for minute, mailing in enumerate(running):
        step_mailing(mailing_id=mailing.pk, at=AT + minute * 2 * MINUTE)
    assert Attempt.objects.filter(person=person).count() == 1
    reasons = MailingItem.objects.filter(attempt__isnull=True).values_list("reason", flat=True)
    assert list(reasons) == ["contact.said-today"] * 2
