"""How much each level says, in bits: learnt from pairs that are known to belong together. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from math import log2
from pathlib import Path
from typing import Final

import yaml

Levels = Mapping[str, str]
HERE: Final = Path(__file__).parent / "weights.yaml"
# What was seen never counts as if it could not have been otherwise.
SMOOTHING: Final = 0.5


@dataclass(frozen=True)
class Weights:
    """Bits per question and level; what a pair must reach, and by how much lead the others."""

    bits: Mapping[str, Mapping[str, float]]
    accept: float
    margin: float


@cache
def weights() -> Weights:
    """Return the weights that come with the product."""
    told = yaml.safe_load(HERE.read_text("utf-8"))
    parts = (told["learnt"], told["reasoned"])
    bits = {q: {**parts[0].get(q, {}), **parts[1].get(q, {})} for q in parts[0] | parts[1]}
    return Weights(bits, told["accept"], told["margin"])


def weigh(levels: Levels, by: Weights, *, among: int) -> float:
    """Return how likely a pair is, in bits: above 0, more likely than not among so many."""
    prior = -log2(max(among, 1))
    return prior + sum(by.bits[question].get(level, 0.0) for question, level in levels.items())


def learn(together: Iterable[Levels], apart: Iterable[Levels]) -> dict[str, dict[str, float]]:
    """Return the bits of each level: how much more often it is seen in pairs that belong."""
    seen = (_counted(together), _counted(apart))
    learnt: dict[str, dict[str, float]] = {}
    for question in sorted(seen[0] | seen[1]):
        mine, others = (each.get(question, Counter()) for each in seen)
        names = sorted(mine | others)
        parts = [
            {n: (c[n] + SMOOTHING) / (sum(c.values()) + SMOOTHING * len(names)) for n in names}
            for c in (mine, others)
        ]
        learnt[question] = {n: round(log2(parts[0][n] / parts[1][n]), 2) for n in names}
    return learnt


def _counted(pairs: Iterable[Levels]) -> dict[str, Counter[str]]:
    found: dict[str, Counter[str]] = {}
    for pair in pairs:
        for question, level in pair.items():
            found.setdefault(question, Counter())[level] += 1
    return found
