"""
A linear model over hashed runs of one to three words; a Chinese character is a word.

Weights are one signed byte per slot and hold no text. Everything is plain Python: a sentence needs
some hundred look-ups.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from struct import Struct
from zlib import compress, crc32, decompress, error

LONGEST_RUN = 3
LARGEST = 127
# Share of slots whose weight fits the scale; the few beyond are cut.
FITTING = 0.9995
MAGIC = b"QHI1"
HEADER = Struct("<4sBfff")
_WORD = re.compile(r"[a-z']+|[0-9]+|[^\sa-z0-9]")


@dataclass(frozen=True, slots=True)
class Model:
    """Weights by slot in units of `scale`; from `threshold` on the house believes it."""

    weights: Sequence[int]
    scale: float
    bias: float
    threshold: float

    def score(self, text: str) -> float:
        """Return the score of a normalised text; above zero means more likely than not."""
        return self.score_of(features(text, len(self.weights)))

    def score_of(self, slots: set[int] | tuple[int, ...]) -> float:
        """Return the score of a text given as its slots."""
        if not slots:
            return self.bias
        weights = self.weights
        return self.bias + self.scale * sum([weights[slot] for slot in slots]) / sqrt(len(slots))


def split(text: str) -> list[str]:
    """Return the words of a normalised text: words, numbers, single characters and marks."""
    return _WORD.findall(text)


def features(text: str, size: int) -> set[int]:
    """Return the slots of all runs of one to three words; `size` is a power of two."""
    words = ["\x02", *split(text), "\x03"]
    mask, count = size - 1, len(words)
    slots = set()
    for start in range(count):
        run = ""
        for word in words[start : start + LONGEST_RUN]:
            run = f"{run}\x01{word}"
            slots.add(crc32(run.encode()) & mask)
    return slots


def pack(weights: Sequence[float], bias: float, threshold: float) -> bytes:
    """Return weights, as many as a power of two, as a file."""
    ordered = sorted(abs(weight) for weight in weights if weight)
    scale = ordered[int(len(ordered) * FITTING)] / LARGEST if ordered else 1.0
    bytes_ = bytes(max(-LARGEST, min(LARGEST, round(each / scale))) & 0xFF for each in weights)
    bits = len(weights).bit_length() - 1
    return HEADER.pack(MAGIC, bits, scale, bias, threshold) + compress(bytes_, 9)


def unpack(raw: bytes) -> Model:
    """
    Return a model from a file of weights.

    :raises ValueError: not a file of weights
    """
    magic, bits, scale, bias, threshold = HEADER.unpack_from(raw)
    try:
        weights = decompress(raw[HEADER.size :]) if magic == MAGIC else b""
    except error as broken:
        raise ValueError("not a file of weights") from broken
    if len(weights) != 1 << bits:
        raise ValueError("not a file of weights")
    return Model(memoryview(weights).cast("b"), scale, bias, threshold)
