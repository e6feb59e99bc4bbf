"""What an installation forgets: nothing stays longer than the tables say, nothing goes earlier."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from uuid import uuid4

import pytest
from asgiref.sync import async_to_sync
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session

from config import jobs
from qinghe.claims.models import Batch, RowError
from qinghe.claims.services import forget_row_errors
from qinghe.journal.models import Answer
from qinghe.journal.services import forget_answers
from tests.factories import AT, organisation


@pytest.mark.django_db
@pytest.mark.parametrize(("days", "left"), [(29, 1), (31, 0)])
def test_a_stored_answer_is_kept_for_thirty_days(days: int, left: int) -> None:
    Answer.objects.create(actor="system:x", key="k", verb="v", body=b"", at=AT)

    forget_answers(at=AT + timedelta(days=days))

    assert Answer.objects.count() == left


@pytest.mark.django_db
@pytest.mark.parametrize(("days", "left"), [(89, 1), (91, 0)])
def test_row_errors_are_kept_for_ninety_days_after_the_decision(days: int, left: int) -> None:
    facts = {"sha256": uuid4().hex, "as_of": AT.date(), "currency": "CNY", "uploaded_at": AT}
    batch = Batch.objects.create(creditor=organisation(), decided_at=AT, state="refused", **facts)
    waiting = Batch.objects.create(creditor=batch.creditor, state="checked", **facts)
    for each in (batch, waiting):
        RowError.objects.create(batch=each, row=2, column="phone", code="bad-phone")

    forget_row_errors(at=AT + timedelta(days=days))

    assert RowError.objects.filter(batch=batch).count() == left
    assert RowError.objects.filter(batch=waiting).exists()


@pytest.mark.django_db
def test_sessions_that_have_ended_are_deleted() -> None:
    for seconds in (-1, 60):
        store = SessionStore()
        store.set_expiry(seconds)
        store.create()

    jobs.forget_sessions()

    assert Session.objects.count() == 1


def test_jobs_that_ended_well_are_kept_for_a_month() -> None:
    asked = []

    async def delete_old_jobs(**how: int) -> None:
        asked.append(how)

    context = SimpleNamespace(
        app=SimpleNamespace(job_manager=SimpleNamespace(delete_old_jobs=delete_old_jobs))
    )
    async_to_sync(jobs.forget.func)(context)

    assert asked == [{"nb_hours": 720}]
