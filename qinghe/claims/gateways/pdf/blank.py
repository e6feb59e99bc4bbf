"""
Tell a PDF whose pages show nothing: no letter, no picture, no line.

Whatever is not sure counts as shown: a wrong warning would be worse than a missing one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, Final

from pyhanko.pdf_utils import generic

# Operators that paint: pictures and forms, shapes and lines, shades.
PAINTS: Final = re.compile(rb"(?:^|[\s\])>])(?:Do|BI|f\*?|F|B\*?|b\*?|S|s|sh)(?=[\s\[(</]|$)")
SHOWS: Final = re.compile(rb"T[jJ]|[)>\]]\s*['\"]")
LETTERS: Final = re.compile(rb"\(\s*[^\s()]|<\s*[0-9A-Fa-f]")


def blank(pages: Iterable[Any]) -> bool:
    """Return whether no page of a PDF shows anything; stops at the first that does."""
    return all(_blank(page) for page in pages)


def _blank(page: Any) -> bool:
    if page.get("/Annots"):
        return False
    try:
        return not any(_shows(each) for each in _streams(page.get("/Contents")))
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001  a content that cannot be unpacked may show anything
        return False


def _streams(contents: Any) -> list[bytes]:
    if contents is None or isinstance(contents, generic.NullObject):
        return []
    parts = list(contents) if isinstance(contents, list) else [contents]
    # Cut anywhere between two words, the parts are one text.
    return [b"\n".join(each.get_object().data for each in parts)]


def _shows(text: bytes) -> bool:
    return bool(PAINTS.search(text) or (SHOWS.search(text) and LETTERS.search(text)))
