"""Claims of a made-up market come with their contracts, and come to what these come to."""

from __future__ import annotations

from datetime import date
from random import Random

import pytest

from qinghe.simulation.batches import Source, csv_file
from qinghe.simulation.run import simulate
from qinghe.claims.models import Claim, Title, Verification
from qinghe.simulation.agreements import agreed
from collections import Counter
from qinghe.market.models import Mandate


@pytest.mark.django_db
def test_x() -> None:
    report = simulate(claims=16, days=11, seed=2026, alike=20)
    print(report.done, report.refused)
    print(Counter(Verification.objects.order_by("claim", "computed_at").values_list("outcome", "missing")[:0]))
    last = {v.claim_id: v for v in Verification.objects.order_by("computed_at")}
    print(Counter((v.outcome, tuple(v.missing)) for v in last.values()))
    print(Counter(Claim.objects.values_list("state")), Title.objects.count())
    print(Counter(Mandate.objects.values_list("collector__slug","state","return_code")))
    exec(open("/tmp/b4look.py").read())
    assert 0
