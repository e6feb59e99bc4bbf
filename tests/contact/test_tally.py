"""Refusals by rule and day: counted once, from refused attempts alone, over the market."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from django.db import connection
from django.test.utils import CaptureQueriesContext

from qinghe.contact.models import Attempt, RefusalDay
from qinghe.contact.queries.refusals import refusals_of, refused_by_rule
from qinghe.contact.services import count_refusals
from qinghe.kernel.actor import Role
from tests import factories
from tests.contact.conftest import Case, make_case

NIGHT = datetime(2026, 11, 23, 15, tzinfo=UTC)
DAY = timedelta(days=1)


def test_days_that_are_over_are_counted_by_the_rules_that_denied(case: Case) -> None:
    for minutes in range(3):
        case.ask(NIGHT + timedelta(minutes=minutes))
    make_case().ask(NIGHT)
    assert count_refusals(at=NIGHT) == 0
    assert count_refusals(at=NIGHT + DAY) > 0
    row = RefusalDay.objects.get(rule="CN-WIN-01")
    assert (row.day, row.refused) == (date(2026, 11, 23), 4)
    counted = refusals_of(rule="CN-WIN-01", at=NIGHT + DAY)
    assert (counted.month, counted.year) == (4, 4)
    assert refusals_of(rule="CN-WIN-01", at=NIGHT + 40 * DAY).month == 0
    assert refusals_of(rule="CN-WIN-01", at=NIGHT + 40 * DAY).year == 4


def test_counting_again_changes_nothing_and_makes_up_for_missed_days(case: Case) -> None:
    case.ask(NIGHT)
    count_refusals(at=NIGHT + DAY)
    count_refusals(at=NIGHT + DAY)
    case.ask(NIGHT + 2 * DAY)
    count_refusals(at=NIGHT + 9 * DAY)
    assert sorted(RefusalDay.objects.filter(rule="CN-WIN-01").values_list("day", "refused")) == [
        (date(2026, 11, 23), 1),
        (date(2026, 11, 25), 1),
    ]


def test_a_caution_beside_a_refusal_is_not_counted(case: Case) -> None:
    attempt = case.ask(NIGHT)
    findings = [*attempt.findings, {"rule": "CN-OUT-01", "level": "warn", "until": None}]
    rules = [*attempt.rules, "CN-OUT-01"]
    Attempt.objects.filter(pk=attempt.pk).update(findings=findings, rules=rules)
    count_refusals(at=NIGHT + DAY)
    assert not RefusalDay.objects.filter(rule="CN-OUT-01").exists()


def test_an_attempt_older_than_findings_counts_under_its_rules(case: Case) -> None:
    attempt = case.ask(NIGHT)
    Attempt.objects.filter(pk=attempt.pk).update(findings=[])
    count_refusals(at=NIGHT + DAY)
    assert set(RefusalDay.objects.values_list("rule", flat=True)) == set(attempt.rules)


def test_oversight_sees_the_refusals_of_today_too(case: Case) -> None:
    office = factories.actor(Role.COMPLIANCE)
    case.ask(NIGHT)
    assert dict(refused_by_rule(actor=office, at=NIGHT))["CN-WIN-01"] == 1
    count_refusals(at=NIGHT + DAY)
    case.ask(NIGHT + DAY)
    assert dict(refused_by_rule(actor=office, at=NIGHT + DAY))["CN-WIN-01"] == 2


def test_a_public_figure_never_reads_the_attempts(case: Case) -> None:
    with CaptureQueriesContext(
        connection,
    ) as asked:
        refusals_of(rule="CN-WIN-01", at=NIGHT)
    assert not any("contact_attempt" in each["sql"] for each in asked.captured_queries)
    assert len(asked) == 2


def test_counting_walks_the_index_of_refusals(case: Case) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(
            "EXPLAIN SELECT * FROM contact_attempt WHERE state = 'refused' AND at >= %s", [NIGHT]
        )
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "contact_attempt_refused" in plan
