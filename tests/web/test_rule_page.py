"""The public page of a rule: papers, cases in words, how often it refused, how it has read."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.test import Client
from django.utils import translation

from qinghe.contact.models import PackCopy, RefusalDay
from qinghe.contact.services.law import keep_law
from qinghe.kernel import clock
from qinghe.rules.history import history_of
from qinghe.rules.packs import load_packs, pack_version, rule
from qinghe.rules.papers import rule_papers
from qinghe.web.public.examples import examples_of
from qinghe.web.public.rules import about

AT = datetime(2026, 11, 24, 4, tzinfo=UTC)

pytestmark = pytest.mark.django_db


def page_of(rule_id: str, lang: str = "en") -> str:
    client = Client()
    client.cookies["django_language"] = lang
    with clock.at(AT):
        return client.get(f"/rules/{rule_id}/").content.decode()


def test_a_rule_shows_its_cases_in_words() -> None:
    page = page_of("CN-WIN-01")
    assert "An agency: phone call to the debtor, 2026-03-10 07:59:59 (Asia/Shanghai)" in page
    assert "Refused; next allowed 2026-03-10 08:00" in page
    assert "Permitted; it has to end by 2026-03-10 22:00" in page


@pytest.mark.parametrize("lang", ["en", "zh-hans"])
def test_the_cases_of_every_rule_can_be_put_into_words(lang: str) -> None:
    with translation.override(lang):
        told = [e for pack in load_packs().values() for r in pack.rules for e in examples_of(r.id)]
    assert len(told) > 100
    assert all(each.asked and each.answer for each in told)


def test_what_was_refused_is_told_in_tens_and_never_a_small_number() -> None:
    RefusalDay.objects.create(rule="CN-WIN-01", day=date(2026, 11, 23), refused=7)
    RefusalDay.objects.create(rule="CN-WIN-01", day=date(2026, 3, 1), refused=1_234)
    page = page_of("CN-WIN-01")
    assert "fewer than 10" in page
    assert "about 1,240" in page
    assert "1,241" not in page


@pytest.mark.parametrize("rule_id", ["PLT-MSG-01", "HSE-CAP-01"])
def test_rules_that_only_the_gate_asks_tell_how_often_they_refused(rule_id: str) -> None:
    RefusalDay.objects.create(rule=rule_id, day=date(2026, 11, 23), refused=25)
    page = page_of(rule_id)
    assert "about 20" in page
    assert ("only while the operator" in page) is rule_id.startswith("HSE")


def test_cases_differ_in_words_and_talks_for_another_creditor_are_named() -> None:
    with translation.override("en"):
        for pack in load_packs().values():
            for each in pack.rules:
                found = [e for e in examples_of(each.id) if " to " in e.asked]
                told = [(e.asked, *e.facts) for e in found]
                assert len(set(told)) == len(told), each.id
        facts = [fact for e in examples_of("CN-FRQ-01") for fact in e.facts]
    assert any("for another creditor" in fact for fact in facts)
    # What the person began is dated by itself.
    assert "Before that, from the person: 1 × phone call, talked, last 2026-04-07 12:00" in facts


def test_counts_are_rounded_down_to_tens() -> None:
    with translation.override("en"):
        told = [about(n) for n in (0, 9, 10, 19, 123)]
    assert told == [
        "fewer than 10", "fewer than 10", "about 10", "about 10", "about 120",
    ]  # fmt: skip


def test_a_rule_shows_how_it_has_read_and_since_when_it_decides_here() -> None:
    first = history_of("CN-WIN-01")[0].known_from
    page = page_of("CN-WIN-01")
    assert f"Known since {first:%Y-%m-%d}" in page
    assert "Has not decided anything here yet" in page
    old = {"CN-WIN-01": {**rule_papers(rule("CN-WIN-01")), "parameters": {"open": "07:30"}}}
    PackCopy.objects.create(
        version="cn-0.0.1-aaaa", rules=old, kept_at=datetime(2026, 1, 5, tzinfo=UTC)
    )
    keep_law(pack_version("CN"), at=AT)
    page = page_of("CN-WIN-01")
    assert "Decided here since 2026-01-05" in page
    assert pack_version("CN") in page


def test_a_page_takes_few_queries(django_assert_max_num_queries: object) -> None:
    with django_assert_max_num_queries(6):  # type: ignore[operator]
        page_of("CN-FRQ-01")
