from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest
from django.utils import translation
from pytest_django import DjangoAssertNumQueries

from qinghe.claims.queries import NoSuchClaim
from qinghe.contact.models import Wish
from qinghe.contact.queries import budget, wishes
from qinghe.contact.refusals import NoSuchWish, WishIncomplete
from qinghe.contact.services import set_wish, withdraw_wish
from qinghe.contact.wording import WordingError, parse, wording, wordings
from qinghe.contact.wording.fill import amount_text
from qinghe.kernel.actor import Role
from qinghe.market.refusals import NoMandate
from qinghe.parties.models import ContactPoint
from qinghe.parties.queries import NoSuchPerson
from tests import factories
from tests.contact.conftest import Case, make_case
from tests.factories import AT

CHANNELS = ("voice", "sms", "email", "letter")


@pytest.mark.parametrize("hour", [1, 4, 13, 14, 20])
def test_the_budget_agrees_with_the_gate_on_every_channel(case: Case, hour: int) -> None:
    at = datetime(2026, 11, 23, hour, tzinfo=UTC)
    for minute in range(3):
        case.ask(at - timedelta(minutes=60 - minute))
    view = budget(claim_id=case.claim.pk, actor=case.collector, at=at)
    for name in CHANNELS:
        template = "first_notice" if name == "letter" else "reminder"
        attempt = case.ask(at, name, template=template)
        channel = view.channel(name)
        assert channel.allowed == (attempt.state == "permitted"), name
        if not channel.allowed:
            assert channel.next_allowed_at == attempt.next_allowed_at


def test_the_budget_shows_what_is_used_and_the_open_hours(case: Case) -> None:
    case.ask(AT)
    case.ask(AT, "sms")
    view = budget(claim_id=case.claim.pk, actor=case.collector, at=AT)
    used = {each.name: (each.used, each.remaining) for each in view.allowances}
    assert used["cn_talks_today"] == (1, 2)
    assert used["person_dials_today"] == (1, 5)
    assert used["person_messages_today"] == (1, 2)
    opens, closes = view.open_windows[0]
    assert opens == datetime(2026, 11, 23, 0, tzinfo=UTC)
    assert closes == datetime(2026, 11, 23, 14, tzinfo=UTC)


def test_a_channel_without_an_address_says_so_in_the_language_of_the_reader(case: Case) -> None:
    ContactPoint.objects.filter(kind="email").update(state="invalid")
    with translation.override("en"):
        channel = budget(claim_id=case.claim.pk, actor=case.collector, at=AT).channel("email")
        assert not channel.reachable
        assert "contact point" in channel.reasons[0].sentence
    with translation.override("zh-hans"):
        channel = budget(claim_id=case.claim.pk, actor=case.collector, at=AT).channel("email")
        assert "联系方式" in channel.reasons[0].sentence


def test_the_budget_is_for_those_concerned(case: Case) -> None:
    assert budget(claim_id=case.claim.pk, actor=factories.debtor_of(case.claim), at=AT)
    assert budget(claim_id=case.claim.pk, actor=factories.actor(Role.COMPLIANCE), at=AT)
    with pytest.raises(NoMandate):
        budget(claim_id=case.claim.pk, actor=make_case().collector, at=AT)
    with pytest.raises(NoSuchClaim):
        budget(claim_id=case.claim.pk, actor=factories.actor(Role.REGULATOR), at=AT)


def test_the_budget_takes_few_queries(
    case: Case, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_max_num_queries(5):
        budget(claim_id=case.claim.pk, actor=case.collector, at=AT)


def test_a_new_wish_replaces_the_old_and_can_be_taken_back(case: Case) -> None:
    person_id, debtor = case.claim.debtor_id, factories.debtor_of(case.claim)
    set_wish(person_id=person_id, kind="channel", channels=["sms"], actor=debtor, at=AT)
    set_wish(person_id=person_id, kind="channel", channels=["voice"], actor=debtor, at=AT)
    (row,) = wishes(person_id=person_id)
    assert row.channels == ("voice",)
    assert Wish.objects.count() == 2
    stranger = factories.debtor_of(factories.claim())
    with pytest.raises(NoSuchWish):
        withdraw_wish(wish_id=row.id, actor=stranger, at=AT)
    withdraw_wish(wish_id=row.id, actor=debtor, at=AT)
    assert wishes(person_id=person_id) == []
    with pytest.raises(NoSuchWish):
        withdraw_wish(wish_id=row.id, actor=debtor, at=AT)


def test_the_wished_hours_stand_beside_the_budget(case: Case) -> None:
    person_id, debtor = case.claim.debtor_id, factories.debtor_of(case.claim)
    set_wish(person_id=person_id, kind="time", window=(time(18), time(0)), actor=debtor, at=AT)
    view = budget(claim_id=case.claim.pk, actor=case.collector, at=AT)
    assert view.wished == ((time(18), time(0)),)


def test_a_wish_says_what_it_is_about_and_is_the_persons_own(case: Case) -> None:
    person_id, debtor = case.claim.debtor_id, factories.debtor_of(case.claim)
    for kind in ("channel", "time"):
        with pytest.raises(WishIncomplete):
            set_wish(person_id=person_id, kind=kind, actor=debtor, at=AT)
    stranger = factories.debtor_of(factories.claim())
    with pytest.raises(NoSuchPerson):
        set_wish(person_id=person_id, kind="cease_all", actor=stranger, at=AT)
    set_wish(person_id=person_id, kind="cease_all", actor=debtor, at=AT)
    view = budget(claim_id=case.claim.pk, actor=case.collector, at=AT)
    assert not any(channel.allowed for channel in view.channels)


def test_every_wording_speaks_both_languages_and_threatens_nobody() -> None:
    banned = ("最后通知", "尽快", "务必", "后果", "！", "!", "逾期", "你", "欠款人", "immediately")
    assert {each.code for each in wordings()} >= {"first_notice", "reminder", "door_letter"}
    for each in wordings():
        for (_channel, _lang), text in each.texts.items():
            said = text.subject + text.body
            assert said
            assert not [word for word in banned if word in said], (each.code, said)


def test_a_wording_that_asks_for_an_unknown_fact_does_not_load() -> None:
    row = {
        "code": "x",
        "version": "1",
        "purposes": ["collect"],
        "title": {"zh": "一", "en": "x"},
        "texts": {"sms": {"zh": {"body": "{phone}"}, "en": {"body": "x"}}},
    }
    with pytest.raises(WordingError):
        parse(row)
    row["texts"] = {"sms": {"en": {"body": "x"}}}
    with pytest.raises(WordingError):
        parse(row)
    assert wording("first_notice@1999-01") is None


def test_amounts_are_written_as_people_write_them() -> None:
    assert amount_text(1_506_424, "CNY", "zh-hans") == "15,064.24 元"
    assert amount_text(1_506_424, "CNY", "en") == "¥15,064.24"
    assert amount_text(1_500, "JPY", "en") == "JPY 1,500"
