"""A small market lives, keeps its laws under faults, and repeats with its seed."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.db import IntegrityError, connection

from config.passing import own_database
from qinghe.claims.models import Claim
from qinghe.journal.models import Entry
from qinghe.kernel.actor import system
from qinghe.parties.models import Organisation
from qinghe.risk.models import Flag
from qinghe.risk.services import raise_flag
from qinghe.simulation.clocks import strike
from qinghe.simulation.commands import (
    BEGUN,
    MarketNotEmpty,
    _mark,
    in_own_database,
    in_this_database,
    is_empty,
)
from qinghe.simulation.run import simulate
from qinghe.simulation.world import load


@pytest.mark.django_db
def test_a_market_lives_under_faults_and_every_invariant_holds_each_day() -> None:
    report = simulate(claims=18, days=11, seed=3, faults=True)
    assert report.done["market.take"] > 0
    assert report.done["contact.request_contact"] > 0
    assert sum(report.injected.values()) > 0
    assert report.state["balance"] == 0


@pytest.mark.django_db
def test_doubts_are_looked_for_before_each_review_as_in_life(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    looked: list[int] = []

    def look(name: str, *, at: datetime) -> None:
        assert name == "risk.look"
        looked.append(Claim.objects.filter(state="submitted", unseen=True).count())
        strike(name, at=at)
        for claim in Claim.objects.filter(state="submitted")[:1]:
            raise_flag(claim_id=claim.pk, code="one-hand", actor=system("tests"), at=at)

    monkeypatch.setattr("qinghe.simulation.office.strike", look)
    simulate(claims=4, days=3, seed=1)
    # New papers let a claim be looked at again; a lifted hold does too.
    assert max(looked) > 0
    assert Flag.objects.filter(state="cleared").exists()
    assert Claim.objects.filter(review="done").exists()


@pytest.mark.django_db(transaction=True)
def test_the_same_seed_gives_the_same_market_and_leaves_no_trace() -> None:
    digests = {in_own_database(claims=8, days=9, seed=5, faults=True).digest for _ in range(2)}
    assert len(digests) == 1
    assert not Organisation.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_an_interrupted_filling_is_begun_anew_and_a_market_is_never_overwritten(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def dies(**_options: object) -> None:
        simulate(claims=3, days=1, seed=1)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("qinghe.simulation.commands.simulate", dies)
        with pytest.raises(KeyboardInterrupt):
            in_this_database(claims=3, days=1, seed=1)
    assert is_empty()
    in_this_database(claims=3, days=1, seed=1)
    assert not is_empty()
    assert load().orgs
    with pytest.raises(MarketNotEmpty):
        in_this_database(claims=3, days=1, seed=1)


@pytest.mark.django_db(transaction=True)
def test_an_interrupted_filling_is_cleared_where_the_journal_cannot_be_emptied() -> None:
    # A database of tests may be emptied; this one is like those of real installations.
    with own_database():
        _mark(BEGUN)
        in_this_database(claims=2, days=1, seed=1)
        assert Entry.objects.filter(kind=BEGUN).count() == 1
        with pytest.raises(IntegrityError), connection.cursor() as cursor:
            cursor.execute("TRUNCATE journal_entry CASCADE")
