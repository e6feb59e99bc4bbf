from __future__ import annotations

import pytest

from qinghe.claims.models import Hold
from qinghe.claims.queries import NoSuchClaim
from qinghe.kernel.actor import Role
from qinghe.market.models import Mandate
from qinghe.quality.services import open_complaint
from tests import factories
from tests.factories import AT


@pytest.mark.django_db
def test_who_gave_a_claim_back_cannot_stop_the_work_of_the_next() -> None:
    before, now = factories.collector(), factories.collector()
    claim = factories.claim()
    old = factories.mandate(claim, before)
    Mandate.objects.filter(pk=old.pk).update(state="returned", closed_at=AT)
    factories.mandate(claim, now)

    def complain(by: object) -> None:
        actor = factories.actor(Role.COLLECTOR, by)  # type: ignore[arg-type]
        open_complaint(
            kind="rude", statement="", claim_id=claim.pk, person_id=None, actor=actor, at=AT
        )

    with pytest.raises(NoSuchClaim):
        complain(before)
    assert not Hold.objects.exists()
    complain(now)
    assert Hold.objects.count() == 1
