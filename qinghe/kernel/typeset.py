"""Typeset a document to PDF with Typst; text is data, never markup."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import typst
from django.conf import settings

# Noto Sans SC comes with the front-end packages; without it Typst falls back to its own fonts.
FONTS: Final = ("400Regular", "600SemiBold")


def typeset(
    template: str, facts: Mapping[str, Any], *, at: datetime, images: Mapping[str, bytes] = {}
) -> bytes:
    """
    Return a PDF of a template (`package:file.typ`) filled with facts.

    The template reads its facts with `json("facts.json")` and images by name; equal facts at an
    equal moment give equal bytes.
    """
    package, _colon, name = template.partition(":")
    with TemporaryDirectory(prefix="qinghe-typeset-") as folder:
        root = Path(folder)
        (root / "main.typ").write_bytes(files(package).joinpath(name).read_bytes())
        (root / "facts.json").write_text(json.dumps(facts, ensure_ascii=False), encoding="utf-8")
        for image, content in images.items():
            (root / image).write_bytes(content)
        made = typst.compile(
            str(root / "main.typ"),
            root=str(root),
            font_paths=_fonts(),
            format="pdf",
            timestamp=int(at.timestamp()),
        )
    if not isinstance(made, bytes):
        raise TypeError("typst returned no document")
    return made


class Press:
    """Sets many documents of one template, without looking for the fonts each time."""

    def __init__(self, template: str, folder: Path) -> None:
        package, _colon, name = template.partition(":")
        main = folder / "main.typ"
        main.write_bytes(files(package).joinpath(name).read_bytes())
        self._facts = folder / "facts.json"
        fonts = typst.Fonts(include_system_fonts=False, font_paths=_font_paths())
        self._compiler = typst.Compiler(str(main), root=str(folder), font_paths=fonts)

    def typeset(self, facts: Mapping[str, Any], *, at: datetime, tagged: bool = True) -> bytes:
        """Return one document as a PDF; `tagged` marks its parts for screen readers."""
        self._facts.write_text(json.dumps(facts, ensure_ascii=False), encoding="utf-8")
        moment = int(at.timestamp())
        made = self._compiler.compile(format="pdf", timestamp=moment, pdf_tags=tagged)
        if not isinstance(made, bytes):
            raise TypeError("typst returned no document")
        return made


@contextmanager
def press(template: str) -> Iterator[Press]:
    """Give a press for documents of one template (`package:file.typ`)."""
    with TemporaryDirectory(prefix="qinghe-typeset-") as folder:
        yield Press(template, Path(folder))


@cache
def _fonts() -> typst.Fonts:
    """Return all fonts of this machine; looking for them takes ten times a letter's setting."""
    return typst.Fonts(include_system_fonts=True, font_paths=_font_paths())


def _font_paths() -> list[str]:
    home = Path(settings.BASE_DIR) / "node_modules" / "@expo-google-fonts" / "noto-sans-sc"
    return [str(home / each) for each in FONTS if (home / each).is_dir()]
