"""
Stencils: templates that are drawn once in a process, with gaps that each page fills.

Drawing a table row by row takes longer than reading it. A stencil sees the values it is given and
nothing else, neither a request nor a reader, and is known by all of them and by the language: what
it keeps is the same for everybody. What is somebody's own stands in its gaps.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from typing import Any, Final

from django.template.loader import get_template
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

# So many are kept in a process.
KEPT: Final = 4_096
# No page may hold this character, so a template cannot write it by accident.
EDGE: Final = "\0"


@dataclass(frozen=True)
class Stencil:
    """HTML with gaps: the text before the first, then each gap's name and the text after it."""

    start: str
    gaps: tuple[tuple[str, str], ...]

    def filled(self, values: Mapping[str, Any]) -> SafeString:
        """Return the HTML with escaped values in its gaps; a gap without a value stays empty."""
        told = {name: conditional_escape(value) for name, value in values.items()}
        parts = ((told.get(name, ""), after) for name, after in self.gaps)
        return SafeString(self.start + "".join(chain.from_iterable(parts)))


def stencil(template: str, **shown: Hashable) -> Stencil:
    """Return the stencil of a template that shows some values, in the active language."""
    return kept(template, tuple(shown.items()), get_language() or "")


def drawn(template: str, **shown: Hashable) -> SafeString:
    """Return a template without gaps, drawn with some values in the active language."""
    return SafeString(stencil(template, **shown).start)


def gap(name: str) -> SafeString:
    """Return what marks a gap in a template that is drawn as a stencil."""
    return mark_safe(f"{EDGE}{name}{EDGE}")  # noqa: S308  filled with escaped values


@lru_cache(maxsize=KEPT)
def kept(template: str, shown: tuple[tuple[str, Hashable], ...], language: str) -> Stencil:
    """Return a stencil, as `stencil` does, for a caller that knows the active language."""
    start, *rest = get_template(template).render(dict(shown)).split(EDGE)
    return Stencil(start, tuple(zip(rest[::2], rest[1::2], strict=True)))
