"""The exam teaches the law of the packs, is drawn fairly, and its certificate opens the work."""

from __future__ import annotations

from datetime import timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qinghe.kernel.actor import Actor, Role
from qinghe.parties.exam import bank, drawn, right_answers, shown
from qinghe.parties.models import Certificate, Sitting
from qinghe.parties.roles import NotPermitted
from qinghe.parties.services import (
    NoCertificate,
    check_certificate,
    finish_sitting,
    revoke_certificate,
    start_sitting,
)
from qinghe.parties.services.exams import CertificateValid, ExamWait, NoSuchSitting
from qinghe.rules.packs import rule
from tests import factories
from tests.factories import AT

DAY = timedelta(days=1)
papers = st.integers(0, 10_000).map(lambda seed: drawn(Random(seed)))


def test_the_bank_has_enough_questions_in_two_languages() -> None:
    questions = bank().questions
    assert len(questions) >= 30
    assert len({each.key for each in questions}) == len(questions)
    for each in questions:
        assert each.zh
        assert each.en
        assert len(each.answers) == 4
        assert len({zh for zh, _en in each.answers}) == len({en for _zh, en in each.answers}) == 4


@pytest.mark.parametrize("question", bank().questions, ids=lambda each: each.key)
def test_a_question_hangs_on_a_rule_and_its_figure_is_the_rule_s(question: object) -> None:
    found = rule(question.rule)  # type: ignore[attr-defined]
    if question.figure:  # type: ignore[attr-defined]
        figure = str(found.parameters[question.figure])  # type: ignore[attr-defined]
        for words in question.answers[0]:  # type: ignore[attr-defined]
            assert figure in words


@given(papers)
def test_a_paper_has_each_question_once_and_gives_nothing_away(paper: list[dict]) -> None:  # type: ignore[type-arg]
    keys = [each["key"] for each in paper]
    assert len(set(keys)) == len(keys) == bank().draw
    for lang in ("zh", "en"):
        for one in shown(paper, lang):
            assert [place for place, _words in one.answers] == [0, 1, 2, 3]
    perfect = {each["key"]: each["order"].index(0) for each in paper}
    assert right_answers(paper, perfect) == bank().draw
    assert right_answers(paper, {}) == 0


def sit(actor: Actor, right: int, at: object = AT) -> Sitting:
    sitting = start_sitting(actor=actor, at=at)  # type: ignore[arg-type]
    answers = {
        each["key"]: each["order"].index(0 if number < right else 1)
        for number, each in enumerate(sitting.drawn)
    }
    return finish_sitting(sitting_id=sitting.pk, answers=answers, actor=actor, at=at)  # type: ignore[arg-type]


@pytest.fixture
def collector(db: None) -> Actor:
    actor = factories.actor(Role.COLLECTOR, factories.collector())
    Certificate.objects.all().delete()
    return actor


def test_who_passes_has_a_certificate_for_a_year(collector: Actor) -> None:
    with pytest.raises(NoCertificate):
        check_certificate(collector, AT)
    assert sit(collector, bank().needed).passed
    check_certificate(collector, AT)
    check_certificate(collector, AT + 364 * DAY)
    with pytest.raises(NoCertificate):
        check_certificate(collector, AT + 365 * DAY)
    with pytest.raises(CertificateValid):
        start_sitting(actor=collector, at=AT + 300 * DAY)
    sit(collector, 15, AT + 340 * DAY)
    check_certificate(collector, AT + 700 * DAY)


def test_who_fails_waits_a_day_and_after_three_times_a_week(collector: Actor) -> None:
    at = AT
    for wait in (1, 1, 7):
        assert not sit(collector, bank().needed - 1, at).passed
        with pytest.raises(ExamWait):
            start_sitting(actor=collector, at=at + wait * DAY - timedelta(seconds=1))
        at += wait * DAY
    assert sit(collector, 15, at).passed


def test_time_over_counts_as_not_answered_and_asking_again_draws_no_new_paper(
    collector: Actor,
) -> None:
    first = start_sitting(actor=collector, at=AT)
    assert start_sitting(actor=collector, at=AT).pk == first.pk
    answers = {each["key"]: each["order"].index(0) for each in first.drawn}
    late = finish_sitting(sitting_id=first.pk, answers=answers, actor=collector, at=first.ends_at)
    assert (late.right, late.passed) == (0, False)
    with pytest.raises(NoSuchSitting):
        finish_sitting(sitting_id=first.pk, answers=answers, actor=collector, at=AT)


def test_nobody_hands_in_for_somebody_else(collector: Actor) -> None:
    sitting = start_sitting(actor=collector, at=AT)
    other = factories.actor(Role.COLLECTOR, factories.collector())
    with pytest.raises(NoSuchSitting):
        finish_sitting(sitting_id=sitting.pk, answers={}, actor=other, at=AT)


def test_a_revoked_certificate_counts_no_more(collector: Actor) -> None:
    sit(collector, 15)
    row = Certificate.objects.get()
    with pytest.raises(NotPermitted):
        revoke_certificate(certificate_id=row.pk, reason="x", actor=collector, at=AT)
    officer = factories.actor(Role.COMPLIANCE)
    revoke_certificate(certificate_id=row.pk, reason="x", actor=officer, at=AT)
    with pytest.raises(NoCertificate):
        check_certificate(collector, AT)
