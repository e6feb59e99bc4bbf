"""A crowd of collectors: who is dishonest is found by what it does, and newcomers get work."""

from __future__ import annotations

import ast
from pathlib import Path
from random import Random

import pytest

import qinghe
from qinghe.simulation.commands import crowd_in_own_database
from qinghe.simulation.crowd.cast import DISHONEST, Kind, cast
from qinghe.simulation.crowd.truth import Truth

# Days of the small run: claims are ready on the eighth, and a hearing takes its time.
SMALL = {"collectors": 20, "dishonest": 0.3, "days": 20, "claims": 120}
WHOLE = {"collectors": 200, "dishonest": 0.05, "days": 90}


def test_the_cast_repeats_and_has_every_kind_and_newcomers_of_both_sorts() -> None:
    casts = [cast(Random(4), collectors=200, dishonest=0.05, days=90) for _ in range(2)]
    assert casts[0] == casts[1]
    dishonest = [player for player in casts[0] if not player.honest]
    assert sorted(player.kind for player in dishonest) == sorted(DISHONEST)
    assert {kind for kind in Kind if kind is not Kind.HONEST} == set(DISHONEST)
    assert sum(player.joins > 0 for player in casts[0]) in (39, 40, 41)
    assert any(player.joins for player in dishonest)


@pytest.mark.parametrize("seed", range(12))
def test_a_ring_joins_on_one_day(seed: int) -> None:
    players = cast(Random(seed), collectors=200, dishonest=0.05, days=90)
    assert len({player.joins for player in players if player.kind is Kind.RING}) == 1


def test_who_looks_into_a_matter_errs_as_often_as_stated() -> None:
    truth = Truth(Random(1))
    truth.add("complaint:1")
    seen = sum(truth.heard("complaint:1") for _ in range(2_000))
    mistaken = sum(truth.heard("complaint:2") for _ in range(2_000))
    assert 1_520 < seen < 1_680
    assert 30 < mistaken < 90


def test_no_room_but_the_simulation_knows_who_is_dishonest() -> None:
    """The label lives in `cast` and `truth`; below the simulation nobody may import them."""
    root = Path(qinghe.__file__).parent
    for path in root.rglob("*.py"):
        if path.is_relative_to(root / "simulation") or path == root / "cli" / "simulate.py":
            continue
        names = {
            alias
            for node in ast.walk(ast.parse(path.read_text("utf-8")))
            if isinstance(node, ast.ImportFrom)
            for alias in [node.module or ""]
        }
        assert not any(name.startswith("qinghe.simulation.crowd") for name in names), path


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_small_crowd_repeats_and_newcomers_get_orders() -> None:
    reports = [crowd_in_own_database(seed=2, **SMALL) for _ in range(2)]
    assert reports[0].digest == reports[1].digest
    figures = reports[0].figures
    assert figures["open_by_day"][-1] > 10
    assert 0 < figures["share_by_day"][12] < 1
    assert figures["first_order_days_max"] is None or figures["first_order_days_max"] < 8
    assert figures["honest_stopped"] == 0
    assert reports[0].done["quality.open_complaint"] > 0


UNSEEN = pytest.mark.xfail(
    reason="No whole run was made with this seed since a cover bid is told by never beating (0044)."
)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("seed", [1, 2, pytest.param(3, marks=UNSEEN)])
def test_dishonest_collectors_lose_the_market_and_honest_newcomers_get_work(seed: int) -> None:
    figures = crowd_in_own_database(seed=seed, **WHOLE).figures
    assert figures["share_at_end"] < 0.01
    assert figures["below_goal_from_day"] is not None
    assert figures["honest_newcomers"] >= 30
    assert figures["first_order_days_max"] < 7
    assert figures["honest_stopped_at_end"] <= 2
