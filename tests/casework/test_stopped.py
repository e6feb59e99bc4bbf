"""A claim that was stopped leaves the worklist at once, before its mandate ends."""

from __future__ import annotations

import pytest

from qinghe.casework.queries import worklist
from qinghe.claims.models import Claim
from qinghe.kernel.actor import Role
from tests import factories
from tests.factories import AT


@pytest.mark.django_db
def test_a_stopped_claim_is_not_offered_as_work() -> None:
    agency = factories.collector()
    claim = factories.claim()
    factories.mandate(claim, agency)
    collector = factories.actor(Role.COLLECTOR, agency)
    assert [row.claim_id for row in worklist(actor=collector, at=AT).rows] == [claim.pk]
    Claim.objects.filter(pk=claim.pk).update(state="withdrawn")
    assert list(worklist(actor=collector, at=AT).rows) == []
