"""What simulated debtors do is what the button of the page would have done."""

from __future__ import annotations

from datetime import timedelta
from random import Random

import pytest

from qinghe.simulation.batches import Source
from qinghe.simulation.debtors import Debtors
from qinghe.simulation.doer import Doer
from tests import factories
from tests.factories import AT


@pytest.mark.django_db
def test_who_pays_all_pays_the_interest_of_the_last_days_too() -> None:
    claim = factories.claim(overdue_rate_pct=12)
    factories.mandate(claim, factories.collector())
    debtors = Debtors(Doer(Random(1), faults=False), Source(Random(1), []))
    debtors._pay_all(claim, factories.debtor_of(claim), AT + timedelta(days=9))
    claim.refresh_from_db()
    assert (claim.state, claim.owed) == ("closed", 0)
    assert claim.paid > 100_000
