"""
A linear model over hashed runs of one to three words; a Chinese character is a word.

A model may also be given what the lexicon found: words by meaning, in the order of the text. Then
it learns that "somebody of the family, and a threat" is bad in words it has never seen; it also
looks at pairs with a gap and at pieces of long words, so that `calling` helps with `called`.

Weights are one signed byte per slot and hold no text. Everything is plain Python: a sentence needs
some hundred look-ups.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import sqrt
from struct import Struct
from zlib import compress, crc32, decompress, error

LONGEST_RUN = 3
LARGEST = 127
# Share of slots whose weight fits the scale; the few beyond are cut.
FITTING = 0.9995
PIECE = 4
MAGIC = b"QHI1"
MAGIC_WITH_MEANINGS = b"QHI2"
HEADER = Struct("<4sBfff")
_WORD = re.compile(r"[a-z']+|[0-9]+|[^\sa-z0-9]")


@dataclass(frozen=True, slots=True)
class Model:
    """
    Weights by slot in units of `scale`; from `threshold` on the house believes it.

    `wants_meanings`: it was trained on the meanings of words too.
    """

    weights: Sequence[int]
    scale: float
    bias: float
    threshold: float
    wants_meanings: bool = False

    def score(self, text: str, meanings: Sequence[str] = ()) -> float:
        """Return the score of a normalised text; above zero means more likely than not."""
        known = meanings if self.wants_meanings else None
        return self.score_of(features(text, len(self.weights), known))

    def score_of(self, slots: set[int] | tuple[int, ...]) -> float:
        """Return the score of a text given as its slots."""
        if not slots:
            return self.bias
        weights = self.weights
        return self.bias + self.scale * sum([weights[slot] for slot in slots]) / sqrt(len(slots))


def split(text: str) -> list[str]:
    """Return the words of a normalised text: words, numbers, single characters and marks."""
    return _WORD.findall(text)


def features(text: str, size: int, meanings: Sequence[str] | None = None) -> set[int]:
    """
    Return the slots of all runs of one to three words; `size` is a power of two.

    With the meanings of its words, in order, those and their pairs have slots as well.
    """
    words = [f"\x01{word}".encode() for word in ("\x02", *split(text), "\x03")]
    slots = _runs(words)
    if meanings is not None:
        slots += _pairs(words, [name.encode() for name in meanings])
    mask = size - 1
    return {slot & mask for slot in slots}


def _runs(words: list[bytes]) -> list[int]:
    """Return a checksum for every run of one to three words; a longer run continues a shorter."""
    ones = [crc32(word) for word in words]
    twos = list(map(crc32, words[1:], ones))
    return [*ones, *twos, *map(crc32, words[2:], twos)]


def _pairs(words: list[bytes], meanings: list[bytes]) -> list[int]:
    """Return checksums of words with one between them, pieces of long words, and meanings."""
    heads = [crc32(b"\x04" + word) for word in words[:-2]]
    slots = list(map(crc32, words[2:], heads))
    for word in words:
        if len(word) > PIECE + 1:
            whole = b"<%b>" % word[1:]
            slots += [
                crc32(b"\x05" + whole[at : at + PIECE]) for at in range(len(whole) - PIECE + 1)
            ]
    slots += [crc32(b"\x06" + name) for name in meanings]
    slots += [crc32(b"\x07%b\x01%b" % pair) for pair in pairwise(meanings)]
    return slots


def pack(
    weights: Sequence[float], bias: float, threshold: float, *, with_meanings: bool = False
) -> bytes:
    """Return weights, as many as a power of two, as a file."""
    ordered = sorted(abs(weight) for weight in weights if weight)
    scale = ordered[int(len(ordered) * FITTING)] / LARGEST if ordered else 1.0
    bytes_ = bytes(max(-LARGEST, min(LARGEST, round(each / scale))) & 0xFF for each in weights)
    bits = len(weights).bit_length() - 1
    magic = MAGIC_WITH_MEANINGS if with_meanings else MAGIC
    return HEADER.pack(magic, bits, scale, bias, threshold) + compress(bytes_, 9)


def unpack(raw: bytes) -> Model:
    """
    Return a model from a file of weights.

    :raises ValueError: not a file of weights
    """
    magic, bits, scale, bias, threshold = HEADER.unpack_from(raw)
    try:
        known = magic in (MAGIC, MAGIC_WITH_MEANINGS)
        weights = decompress(raw[HEADER.size :]) if known else b""
    except error as broken:
        raise ValueError("not a file of weights") from broken
    if len(weights) != 1 << bits:
        raise ValueError("not a file of weights")
    wants_meanings = magic == MAGIC_WITH_MEANINGS
    return Model(memoryview(weights).cast("b"), scale, bias, threshold, wants_meanings)
