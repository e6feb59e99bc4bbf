"""A demonstration has something to decide on every desk, and not more at each start."""

from __future__ import annotations

import pytest

from qinghe.claims.models import Dispute
from qinghe.parties.models import Application, PartyFlag
from qinghe.quality.models import Complaint
from qinghe.simulation.demo_applicant import let_apply
from qinghe.simulation.demo_desks import leave_open
from tests import factories


@pytest.mark.django_db
def test_one_debtor_contests_and_another_complains() -> None:
    for _ in range(3):
        factories.mandate(factories.claim(), factories.collector())
    for _ in range(2):
        leave_open(at=factories.AT)
    assert Dispute.objects.filter(state="open").count() == 1
    assert Complaint.objects.filter(state="open").count() == 1
    assert Dispute.objects.get().person_id != Complaint.objects.get().person_id


@pytest.mark.django_db
def test_one_person_has_applied_and_there_is_a_doubt_to_decide() -> None:
    for _ in range(2):
        let_apply(at=factories.AT)
    application = Application.objects.get()
    assert application.state == "submitted"
    assert PartyFlag.objects.get(organisation=application.organisation).kind == "other_holder"
    assert application.organisation is not None
    application.organisation.refresh_from_db()
    assert application.organisation.level == 2


@pytest.mark.django_db
def test_an_empty_market_stays_as_it_is() -> None:
    leave_open(at=factories.AT)
    assert not Dispute.objects.exists()
