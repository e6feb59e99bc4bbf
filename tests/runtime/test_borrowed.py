from __future__ import annotations

from pathlib import Path

import allauth
import django
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from config import translations

SOURCE = "locale/en/LC_MESSAGES/django.po"
DJANGO = Path(django.__file__).parent
LIBRARIES = (
    DJANGO / "conf" / SOURCE,
    DJANGO / "contrib" / "auth" / SOURCE,
    Path(allauth.__file__).parent / SOURCE,
)


def catalogue(path: Path) -> Catalog:
    with path.open("rb") as source:
        return read_po(source)


def test_what_is_borrowed_is_still_said_by_a_library() -> None:
    known = {message.id for path in LIBRARIES for message in catalogue(path)}
    ours = catalogue(translations.LOCALE / "zh_Hans" / "LC_MESSAGES" / "django.po")
    borrowed = [
        message.id
        for message in ours
        if any(place == "config/borrowed.py" for place, _line in message.locations)
    ]

    assert len(borrowed) > 100
    assert [words for words in borrowed if words not in known] == []
