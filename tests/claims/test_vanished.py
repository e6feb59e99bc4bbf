"""What was staged is gone, or is too long to be judged at once: made again, counted once."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from qinghe.claims.intake import stream
from qinghe.claims.models import Batch, Claim, RowError, Staged
from qinghe.claims.services import accept_batch, correct_rows, forget_undecided
from qinghe.claims.services import batches as at_once
from qinghe.claims.services.limits import AboveAllowance
from qinghe.parties.models import Allowance, AllowanceUse
from qinghe.parties.terms import OrgKind
from tests import factories
from tests.claims.test_pipeline import received, worked, wrong_ids
from tests.claims.world import NOW, clerk, creditor

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _small_pieces(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.VAULT_FILES = tmp_path
    monkeypatch.setattr(at_once, "AT_ONCE_BYTES", 0)
    monkeypatch.setattr(stream.pieces, "__kwdefaults__", {"size": 600})


@pytest.fixture(params=["at once", "by a job"])
def by_a_job(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> bool:
    large = request.param == "by a job"
    monkeypatch.setattr(at_once, "AT_ONCE_ROWS", 0 if large else 5_000)
    return large


def accepted(batch: Batch) -> Batch:
    actor = clerk(batch.creditor)
    accept_batch(batch_id=batch.pk, partial=True, actor=actor, at=NOW)
    return worked(batch)


def test_the_limit_is_counted_after_staged_rows_vanished(by_a_job: bool) -> None:
    bank = factories.organisation(OrgKind.PRIVATE_CREDITOR)
    batch = worked(received(bank, wrong_ids(2)))
    Staged.objects.filter(row=2).delete()
    if by_a_job:
        # Counted on what is there the second claim would be free.
        assert accepted(batch).state == "checked"
        assert not AllowanceUse.objects.exists()
    assert accepted(batch).state == "accepted"
    assert Claim.objects.filter(batch=batch).count() == 2
    use = AllowanceUse.objects.get()
    assert (use.claims, use.amount) == (2, batch.amount)
    assert Allowance.objects.get().claims_used == 2


def test_rows_that_vanished_are_no_way_around_the_limit(by_a_job: bool) -> None:
    bank = factories.organisation(OrgKind.PRIVATE_CREDITOR)
    batch = worked(received(bank, wrong_ids(4)))
    Staged.objects.filter(row__gt=3).delete()
    if by_a_job:
        assert accepted(batch).state == "checked"
    with pytest.raises(AboveAllowance):
        accepted(batch)
    assert not Claim.objects.exists()


@pytest.mark.parametrize("forgotten", [False, True])
def test_a_cell_is_corrected_whatever_lies_ready(by_a_job: bool, forgotten: bool) -> None:
    bank = creditor()
    rows = wrong_ids(30)
    rows[28] = rows[28] | {"principal": "-7"}
    batch = worked(received(bank, rows))
    wrong = RowError.objects.get(batch=batch)
    if forgotten:
        assert forget_undecided(at=NOW + timedelta(days=8)) == 1
    cell = (wrong.row, "principal", "7.00")
    correct_rows(batch_id=batch.pk, cells=[cell], actor=clerk(bank), at=NOW)
    batch.refresh_from_db()
    # Row by row only while the rest still lies ready; else all is judged again.
    assert batch.state == ("checking" if forgotten and by_a_job else "checked")
    worked(batch)
    assert (batch.read, batch.valid, batch.rejected) == (30, 30, 0)
    assert Staged.objects.filter(batch_id=batch.pk).count() == 30
    assert accepted(batch).state == "accepted"
    assert Claim.objects.get(contract_number="C-28").principal == 7_00


def test_a_currency_is_corrected_by_judging_every_row_again(by_a_job: bool) -> None:
    bank = creditor()
    rows = wrong_ids(30)
    rows[28] = rows[28] | {"currency": "XYZ"}
    batch = worked(received(bank, rows))
    cell = (RowError.objects.get(batch=batch).row, "currency", "CNY")
    correct_rows(batch_id=batch.pk, cells=[cell], actor=clerk(bank), at=NOW)
    batch.refresh_from_db()
    assert batch.state == ("checking" if by_a_job else "checked")
    assert accepted(worked(batch)).accepted == 30
