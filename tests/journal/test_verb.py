"""A write runs once per key, and not at all without its evidence."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, connection, transaction

from qinghe.journal import services
from qinghe.journal.models import Entry
from qinghe.kernel.actor import Actor, Role

AT = datetime(2026, 3, 10, 9, tzinfo=UTC)
CLERK = Actor(role=Role.OPERATOR)


@services.verb("test.note")
def note(*, word: str, actor: Actor, at: datetime) -> Entry:
    return services.record(kind="test.note", subject="test:1", actor=actor, at=at, word=word)


@services.verb("test.outer")
def outer(*, word: str, actor: Actor, at: datetime) -> int:
    note(word=word, actor=actor, at=at)
    note(word=word, actor=actor, at=at)
    return Entry.objects.count()


@pytest.mark.django_db
def test_the_same_key_and_body_give_the_stored_answer() -> None:
    first = note(word="a", actor=CLERK.with_key("k"), at=AT)
    again = note(word="a", actor=CLERK.with_key("k"), at=AT)
    assert again == first
    assert Entry.objects.count() == 1


@pytest.mark.django_db
def test_the_same_key_with_another_body_is_refused() -> None:
    note(word="a", actor=CLERK.with_key("k"), at=AT)
    with pytest.raises(services.KeyReused):
        note(word="b", actor=CLERK.with_key("k"), at=AT)


@pytest.mark.django_db
def test_the_same_key_of_somebody_else_is_another_key() -> None:
    note(word="a", actor=CLERK.with_key("k"), at=AT)
    note(word="b", actor=Actor(role=Role.REVIEWER).with_key("k"), at=AT)
    assert Entry.objects.count() == 2


@pytest.mark.django_db
def test_services_called_inside_share_the_key_of_the_outer_one() -> None:
    assert outer(word="a", actor=CLERK.with_key("k"), at=AT) == 2
    assert outer(word="a", actor=CLERK.with_key("k"), at=AT) == 2
    assert Entry.objects.count() == 2


@pytest.mark.django_db
def test_a_failed_write_leaves_its_key_free() -> None:
    @services.verb("test.fails")
    def fails(*, actor: Actor, at: datetime) -> None:
        services.record(kind="test.note", subject="test:1", actor=actor, at=at)
        raise LookupError

    for _ in range(2):
        with pytest.raises(LookupError):
            fails(actor=CLERK.with_key("k"), at=AT)
    assert Entry.objects.count() == 0


@pytest.mark.django_db
@pytest.mark.parametrize(
    "act", ["UPDATE journal_entry SET kind = 'x'", "DELETE FROM journal_entry"]
)
def test_the_database_refuses_to_change_evidence(act: str) -> None:
    note(word="a", actor=CLERK, at=AT)
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        connection.cursor().execute(act)
