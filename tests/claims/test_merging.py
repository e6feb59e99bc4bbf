"""A batch on its way as reviewers see it, and claims of which more are still to come."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import translation
from pytest_django import DjangoAssertNumQueries
from pytest_django.fixtures import Settings

from qinghe.claims.intake import stream
from qinghe.claims.intake.columns import FieldsMissing, NobodyNamed, fit, shipped
from qinghe.claims.models import Batch, Claim
from qinghe.claims.queries.merging import being_taken, half_taken
from qinghe.claims.services import accept_batch
from qinghe.claims.services import batches as at_once
from qinghe.claims.services.working import Work
from qinghe.kernel import clock
from qinghe.kernel.actor import Role
from tests.claims.test_pipeline import received, rows_of, worked
from tests.claims.world import JOB, NOW, REVIEWER, clerk, creditor
from tests.web.people import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _small_pieces(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.VAULT_FILES = tmp_path
    settings.DEMO = True
    monkeypatch.setattr(at_once, "AT_ONCE_BYTES", 0)
    monkeypatch.setattr(at_once, "AT_ONCE_ROWS", 0)
    monkeypatch.setattr(stream.pieces, "__kwdefaults__", {"size": 600})


def half_way() -> Batch:
    """Return a batch of twenty rows of which seven were taken over within ten seconds."""
    bank = creditor()
    batch = worked(received(bank, rows_of(20)))
    accept_batch(batch_id=batch.pk, partial=False, actor=clerk(bank), at=NOW)
    work = Work(batch.pk, actor=JOB, chunk_rows=7)
    assert work.step(at=NOW)
    Batch.objects.filter(pk=batch.pk).update(worked_at=NOW + timedelta(seconds=10))
    batch.refresh_from_db()
    return batch


def test_reviewers_see_how_far_a_batch_is(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    batch = half_way()
    with django_assert_num_queries(1):
        (taking,) = being_taken(actor=REVIEWER)
    assert (taking.id, taking.accepted) == (batch.pk, 7)
    assert (taking.progress.done, taking.progress.of) == (7, 20)
    assert taking.progress.remaining_seconds == round(13 / 0.7)
    assert being_taken(actor=clerk(batch.creditor)) == []


def test_claims_of_half_a_batch_are_marked_until_it_is_whole() -> None:
    batch = half_way()
    claims = list(Claim.objects.values_list("pk", flat=True))
    assert half_taken(claims) == set(claims)
    Work(batch.pk, actor=JOB, chunk_rows=7).run(at=NOW)
    assert half_taken(claims) == frozenset()
    assert being_taken(actor=REVIEWER) == []


def page(client: Client, address: str) -> str:
    with clock.at(NOW):
        return client.get(address).content.decode()


def test_the_queue_and_the_claim_say_so() -> None:
    batch = half_way()
    claim = Claim.objects.first()
    assert claim is not None
    reviewer = signed_in(Role.REVIEWER)
    queue = page(reviewer, "/verify/?files=all")
    assert 'data-test="taking"' in queue
    assert 'value="7" max="20"' in queue
    assert queue.count("batch not complete yet") == 7
    assert batch.filename not in queue
    assert "still being taken over" in page(reviewer, f"/verify/{claim.pk}/")
    owner = signed_in(Role.CREDITOR, batch.creditor)
    assert page(owner, "/claims/").count("batch not complete yet") == 7
    assert "still being taken over" in page(owner, f"/claims/{claim.pk}/")
    Work(batch.pk, actor=JOB, chunk_rows=50).run(at=NOW)
    queue = page(reviewer, "/verify/?files=all")
    assert 'data-test="taking"' not in queue
    assert "batch not complete yet" not in queue


def test_a_file_that_names_nobody_is_told_in_a_clerks_words() -> None:
    loans = ["row", "loan_status", "funded_amnt", "total_pymnt", "total_rec_prncp"]
    with translation.override("en"), pytest.raises(NobodyNamed) as refusal:
        fit(shipped("lending_club"), loans)
    with translation.override("en"):
        assert "does not say who owes" in refusal.value.user_message
        assert "Ask whoever made the file" in refusal.value.user_message
        with pytest.raises(FieldsMissing, match=r"principal \(principal\), due day \(due_date\)"):
            fit(shipped("lending_club"), [*loans, "phone"])


def test_the_upload_page_says_it_and_what_to_do() -> None:
    client = signed_in(Role.CREDITOR)
    file = SimpleUploadedFile("loans.csv", b"row,loan_status,funded_amnt\n1,Charged Off,1000\n")
    sent = {"file": file, "as_of": "2026-11-20", "mapping": "lending_club"}
    with clock.at(NOW):
        answer = client.post("/batches/new/", sent)
    assert answer.status_code == 422
    assert "does not say who owes" in answer.content.decode()
    assert "they cannot become claims" in answer.content.decode()
