"""What a text says in the terms of the lexicon: the models listen to this beside the words."""

from qinghe.rules.screen.lexicon import lexicon
from qinghe.rules.screen.normal import Normal, normalise
from qinghe.rules.screen.sounds import restore
from qinghe.rules.screen.spots import Spotted

# Stands before the meanings of a text that was written by its sound: the honest have no need to.
DISGUISED = "disguised"


def read(text: str) -> tuple[Normal, Spotted]:
    """Return a text without disguises, and the words of the lexicon in it."""
    plain = normalise(text)
    normal = restore(plain)
    spotted = Spotted(normal.text, lexicon().tree)
    spotted.disguised = normal is not plain
    return normal, spotted


def meanings(text: Spotted, start: int = 0, end: int | None = None) -> list[str]:
    """Return the meanings of the words of a half-open place, in their order."""
    named = lexicon().named
    found = [
        (spot.start, name)
        for name, spots in text.by_meaning.items()
        if name in named
        for spot in spots
        if start <= spot.start and (end is None or spot.start < end)
    ]
    names = [name for _, name in sorted(found)]
    return [DISGUISED, *names] if text.disguised else names
