"""A letter leaves the house through one door: listed without a name, opened on record, once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from pytest_django import DjangoAssertNumQueries

from qinghe.contact.models import Delivery
from qinghe.contact.queries import letters_to_print
from qinghe.contact.refusals import LetterPrinted, NoSuchLetter
from qinghe.contact.services import mark_printed, open_to_print
from qinghe.journal.models import Entry
from qinghe.kernel.actor import Role
from qinghe.parties.roles import NotPermitted
from qinghe.parties.services import seal
from tests import factories
from tests.contact.conftest import Case, make_case
from tests.factories import AT

LATER = AT + timedelta(hours=2)
OPERATOR = factories.actor(Role.OPERATOR)


def test_a_letter_waits_without_a_name_until_it_is_printed(case: Case) -> None:
    seal(kind="name", value="陈示例", person_id=case.claim.debtor_id, at=AT)
    attempt = case.reach(AT, "letter", template="first_notice")
    case.reach(AT + timedelta(minutes=1), "email")

    (row,) = letters_to_print(actor=OPERATOR)
    assert (row.attempt_id, row.claim_number) == (attempt.pk, case.claim.number)
    assert row.template.startswith("first_notice")
    assert row.asked_at == AT
    assert "陈" not in str(row)

    open_to_print(attempt_id=attempt.pk, actor=OPERATOR, at=LATER)
    mark_printed(attempt_id=attempt.pk, actor=OPERATOR, at=LATER)
    assert letters_to_print(actor=OPERATOR) == []
    assert Delivery.objects.get(attempt=attempt).printed_at == LATER
    entry = Entry.objects.get(kind="contact.printed")
    assert entry.facts == {"attempt": str(attempt.pk)}


def test_the_look_at_a_letter_is_on_record_with_its_purpose(case: Case) -> None:
    attempt = case.reach(AT, "letter", template="first_notice")
    before = Entry.objects.count()
    letter = open_to_print(attempt_id=attempt.pk, actor=OPERATOR, at=LATER)
    assert letter.startswith(b"%PDF")
    (entry,) = Entry.objects.order_by("pk")[before:]
    assert (entry.facts["purpose"], entry.actor) == ("deliver", OPERATOR.label)


def test_a_printed_letter_stays_shut_and_is_not_printed_twice(case: Case) -> None:
    attempt = case.reach(AT, "letter", template="first_notice")
    open_to_print(attempt_id=attempt.pk, actor=OPERATOR, at=LATER)
    mark_printed(attempt_id=attempt.pk, actor=OPERATOR, at=LATER)
    for service in (open_to_print, mark_printed):
        with pytest.raises(LetterPrinted):
            service(attempt_id=attempt.pk, actor=OPERATOR, at=LATER)


def test_what_is_no_letter_is_not_printed(case: Case) -> None:
    message = case.reach(AT, "email")
    for service in (open_to_print, mark_printed):
        with pytest.raises(NoSuchLetter):
            service(attempt_id=message.pk, actor=OPERATOR, at=LATER)
    with pytest.raises(IntegrityError), transaction.atomic():
        Delivery.objects.update(printed_at=LATER)


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.OPERATOR, Role.SYSTEM, Role.DEBTOR}))
def test_nobody_else_prints(case: Case, role: Role) -> None:
    attempt = case.reach(AT, "letter", template="first_notice")
    stranger = factories.actor(role, factories.organisation())
    assert letters_to_print(actor=stranger) == []
    for service in (open_to_print, mark_printed):
        with pytest.raises(NotPermitted):
            service(attempt_id=attempt.pk, actor=stranger, at=LATER)


def test_the_list_is_one_query_and_begins_with_the_oldest(
    case: Case, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    later = make_case().reach(AT + timedelta(hours=1), "letter", template="first_notice")
    first = case.reach(AT, "letter", template="first_notice")
    with django_assert_num_queries(1):
        rows = letters_to_print(actor=OPERATOR, limit=None)
    assert [row.attempt_id for row in rows] == [first.pk, later.pk]
    assert [row.attempt_id for row in letters_to_print(actor=OPERATOR, offset=1)] == [later.pk]
