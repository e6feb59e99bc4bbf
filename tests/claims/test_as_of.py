from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from pytest_django import Settings

from qinghe.claims.models import Batch
from qinghe.claims.services import check_batch
from qinghe.claims.services.batches import NotYetDay
from tests.claims.world import JOB, NOW, ROW, TODAY, creditor


@pytest.mark.django_db
@pytest.mark.parametrize("as_of", [TODAY + timedelta(days=1), date.max])
def test_a_file_of_a_day_to_come_ages_no_claim(
    as_of: date, settings: Settings, tmp_path: Path
) -> None:
    settings.VAULT_FILES = tmp_path
    content = f"{','.join(ROW)}\n{','.join(ROW.values())}\n".encode()
    with pytest.raises(NotYetDay):
        check_batch(
            creditor_id=creditor().pk,
            filename="claims.csv",
            content=content,
            mapping="qinghe",
            as_of=as_of,
            actor=JOB,
            at=NOW,
        )
    assert not Batch.objects.exists()
