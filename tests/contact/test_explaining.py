"""Any attempt ever made can be explained from what was kept, also when the law has moved on."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from django.utils import translation

from qinghe.claims.services import place_hold
from qinghe.contact.models import Attempt, PackCopy
from qinghe.contact.queries import explain
from qinghe.contact.services import send, set_wish
from qinghe.journal.services import seal
from qinghe.kernel.actor import Role, system
from tests import factories
from tests.contact.conftest import Case
from tests.factories import AT

NIGHT = datetime(2026, 11, 23, 15, tzinfo=UTC)


def test_a_refusal_tells_all_it_was_decided_on(case: Case) -> None:
    debtor = factories.debtor_of(case.claim)
    set_wish(person_id=case.claim.debtor_id, kind="time", window=(time(10), time(0)),
             actor=debtor, at=AT - timedelta(days=1))  # fmt: skip
    hold(case)
    attempt = case.ask(NIGHT)
    told = explain(attempt_id=attempt.pk, actor=case.collector)
    assert told.refused
    assert {rule.id for rule in told.rules} == set(attempt.rules)
    assert told.seen.zones == ("Asia/Shanghai",)
    assert [held.kind for held in told.seen.holds] == ["hardship"]
    assert told.seen.wishes[0].window == (time(10), time(0))
    # The window of the law, narrowed by the wish, on the day it was asked for.
    opens, closes = told.seen.hours[0]
    assert (opens.hour, closes.hour) == (2, 14)
    closed = next(rule for rule in told.rules if rule.id == "CN-WIN-01")
    assert closed.until == datetime(2026, 11, 24, 0, tzinfo=UTC)


def test_what_happened_later_is_told_with_its_seals(case: Case) -> None:
    attempt = case.reach(AT, "sms")
    told = explain(attempt_id=attempt.pk, actor=case.collector)
    assert [each.kind for each in told.history] == ["contact.permitted", "contact.done"]
    assert [each.by for each in told.history] == ["collector", "system"]
    assert told.history[0].seal is None
    seal(at=AT)
    told = explain(attempt_id=attempt.pk, actor=case.collector)
    sealed = [each.seal for each in told.history]
    assert all(each is not None and len(each.root) == 64 for each in sealed)


def test_a_contact_stopped_at_sending_keeps_both_judgements_apart(case: Case) -> None:
    attempt = case.ask(AT)
    hold(case)
    send(attempt_id=attempt.pk, at=AT)
    told = explain(attempt_id=attempt.pk, actor=case.collector)
    assert told.rules == ()
    assert [rule.id for rule in told.stopped_by] == ["PLT-HLD-01"]


def test_a_rule_that_changed_since_is_told_in_the_words_it_had(case: Case) -> None:
    attempt = case.ask(NIGHT)
    _age(attempt, "The night was different then.")
    with translation.override("en"):
        told = explain(attempt_id=attempt.pk, actor=case.collector)
    old = next(rule for rule in told.rules if rule.id == "CN-WIN-01")
    assert (old.sentence, old.changed) == ("The night was different then.", True)
    assert [(each.then, each.kept) for each in told.changes] == [("cn-0.0.1-old0", True)]


def test_an_unchanged_law_says_nothing_of_changes(case: Case) -> None:
    told = explain(attempt_id=case.ask(NIGHT).pk, actor=case.collector)
    assert told.changes == ()
    assert not any(rule.changed for rule in told.rules)


def test_a_rule_that_is_gone_and_was_not_kept_is_still_named(case: Case) -> None:
    attempt = case.ask(NIGHT)
    Attempt.objects.filter(pk=attempt.pk).update(
        rules=["CN-OLD-01"], findings=[], seen={}, pack="cn-0.0.1-lost"
    )
    told = explain(attempt_id=attempt.pk, actor=case.collector)
    assert [(rule.id, rule.changed) for rule in told.rules] == [("CN-OLD-01", True)]
    assert not told.changes[0].kept
    assert told.seen.zones == ()


@pytest.mark.parametrize("role", [Role.COMPLIANCE, Role.OPERATOR, Role.REVIEWER])
def test_oversight_may_read_any_explanation(case: Case, role: Role) -> None:
    attempt = case.ask(NIGHT)
    assert explain(attempt_id=attempt.pk, actor=factories.actor(role)).refused


def test_the_law_is_kept_once_per_version(case: Case) -> None:
    for minutes in (0, 5):
        case.ask(NIGHT + timedelta(minutes=minutes))
    versions = Attempt.objects.values_list("pack", flat=True)[0].split()
    assert sorted(PackCopy.objects.values_list("version", flat=True)) == sorted(versions)


def hold(case: Case) -> None:
    place_hold(
        person_id=case.claim.debtor_id,
        claim_id=None,
        kind="hardship",
        cause="test:1",
        ends_at=None,
        actor=system("test"),
        at=AT,
    )


def _age(attempt: Attempt, sentence: str) -> None:
    """Pretend that the attempt was decided under an earlier version of the Chinese pack."""
    now = attempt.pack.split()[0]
    copy = PackCopy.objects.get(pk=now)
    rules: dict[str, Any] = copy.rules
    rules["CN-WIN-01"]["sentence"]["worker"]["en"] = sentence
    PackCopy.objects.create(version="cn-0.0.1-old0", rules=rules, kept_at=AT)
    attempt.pack = attempt.pack.replace(now, "cn-0.0.1-old0")
    attempt.save(update_fields=["pack"])
