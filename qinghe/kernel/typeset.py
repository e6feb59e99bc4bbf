"""Typeset a document to PDF with Typst; text is data, never markup."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
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
            font_paths=_font_paths(),
            format="pdf",
            timestamp=int(at.timestamp()),
        )
    if not isinstance(made, bytes):
        raise TypeError("typst returned no document")
    return made


def _font_paths() -> list[str]:
    home = Path(settings.BASE_DIR) / "node_modules" / "@expo-google-fonts" / "noto-sans-sc"
    return [str(home / each) for each in FONTS if (home / each).is_dir()]
