"""
Train a model of `hearing`: logistic regression by adaptive gradients, in plain Python.

The same function makes the features for training and for screening, so they cannot drift apart; a
given file and seed always give the same weights.
"""

import csv
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from math import exp, sqrt
from random import Random

from qinghe.rules.screen.linear import Model, features, pack
from qinghe.rules.screen.meanings import meanings, read
from qinghe.rules.screen.normal import normalise
from qinghe.rules.screen.sounds import restore

BITS = 18
EPOCHS = 4
RATE = 0.25
DECAY = 2e-6
STEEPEST = 30.0


@dataclass(frozen=True, slots=True)
class Sample:
    """One text as slots, and whether it is an example of what the model listens for."""

    slots: tuple[int, ...]
    bad: bool


@dataclass(frozen=True, slots=True)
class Quality:
    """How well a model does on samples it has not seen, at even odds."""

    rows: int
    macro_f1: float
    accuracy: float


def read_samples(
    lines: Iterable[str], bits: int = BITS, *, with_meanings: bool = False
) -> list[Sample]:
    """
    Read a CSV file with the columns `label` (0 or 1) and `TEXT`.

    :raises ValueError: a column is missing, or a label is neither
    """
    rows = csv.DictReader(lines)
    if not {"label", "TEXT"} <= set(rows.fieldnames or ()):
        raise ValueError("the columns label and TEXT are needed")
    return [_sample(row["TEXT"], row["label"], bits, with_meanings) for row in rows]


def _sample(text: str, label: str, bits: int, with_meanings: bool) -> Sample:
    if label not in ("0", "1"):
        raise ValueError(f"a label must be 0 or 1, not {label}")
    if with_meanings:
        normal, spotted = read(text)
        slots = features(normal.text, 1 << bits, meanings(spotted))
    else:
        slots = features(restore(normalise(text)).text, 1 << bits)
    return Sample(tuple(sorted(slots)), label == "1")


def train(
    samples: Sequence[Sample],
    *,
    bits: int = BITS,
    epochs: int = EPOCHS,
    seed: int = 0,
    threshold: float = 0.0,
    with_meanings: bool = False,
    progress: Callable[[str], None] = lambda line: None,
) -> bytes:
    """Return the weights of a model as a file; `threshold` and `with_meanings` are kept in it."""
    weights, bias = [0.0] * (1 << bits), [0.0]
    squares = [1e-6] * (1 << bits)
    order, chance = list(range(len(samples))), Random(seed)  # noqa: S311 - not a secret
    for epoch in range(epochs):
        chance.shuffle(order)
        error = sum(_learn(samples[index], weights, squares, bias) for index in order)
        progress(f"round {epoch + 1} of {epochs}: mean error {error / len(order):.4f}")
    return pack(weights, bias[0], threshold, with_meanings=with_meanings)


def _learn(sample: Sample, weights: list[float], squares: list[float], bias: list[float]) -> float:
    """Take one step, and return the error before it."""
    slots = sample.slots
    value = 1 / sqrt(len(slots))
    score = bias[0] + value * sum([weights[slot] for slot in slots])
    error = 1 / (1 + exp(-max(-STEEPEST, min(STEEPEST, score)))) - sample.bad
    step = error * value
    for slot in slots:
        gradient = step + DECAY * weights[slot]
        squares[slot] += gradient * gradient
        weights[slot] -= RATE * gradient / sqrt(squares[slot])
    bias[0] -= error / 100
    return abs(error)


def measure(model: Model, samples: Iterable[Sample]) -> Quality:
    """Measure a model at even odds on samples it was not trained on."""
    counts = {(said, true): 0 for said in (True, False) for true in (True, False)}
    for sample in samples:
        counts[model.score_of(sample.slots) > 0, sample.bad] += 1
    rows = sum(counts.values())
    right = counts[True, True] + counts[False, False]
    return Quality(
        rows=rows,
        macro_f1=(_f1(counts, True) + _f1(counts, False)) / 2,
        accuracy=right / max(rows, 1),
    )


def _f1(counts: dict[tuple[bool, bool], int], label: bool) -> float:
    hit = counts[label, label]
    wrong = counts[label, not label] + counts[not label, label]
    return 2 * hit / max(2 * hit + wrong, 1)
