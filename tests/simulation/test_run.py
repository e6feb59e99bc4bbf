"""A small market lives, keeps its laws under faults, and repeats with its seed."""

from __future__ import annotations

import pytest

from qinghe.simulation.run import Report, simulate


def live(seed: int, *, faults: bool) -> Report:
    return simulate(claims=18, days=10, seed=seed, faults=faults)


@pytest.mark.django_db
def test_a_market_lives_under_faults_and_every_invariant_holds_each_day() -> None:
    report = live(3, faults=True)
    assert report.done["market.take"] > 0
    assert report.done["contact.request_contact"] > 0
    assert sum(report.injected.values()) > 0
    assert report.state["balance"] == 0


@pytest.mark.django_db(transaction=True)
def test_the_same_seed_gives_the_same_market(django_db_serialized_rollback: None) -> None:
    from django.db import transaction

    digests = set()
    for _ in range(2):
        with transaction.atomic():
            digests.add(live(5, faults=True).digest)
            transaction.set_rollback(True)
    assert len(digests) == 1
