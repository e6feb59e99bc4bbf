"""
The terms a mandate is signed under: plain files by version and language, never edited once used.

A new text is a new version; the hash covers every language, so nobody can say which one was signed.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Final

CURRENT: Final = "2026-12"
# Signed by the collector alone; orders offered before the creditor signed too are taken under it.
ONE_SIDED: Final = "2026-11"
LANGUAGES: Final = ("zh", "en")


@dataclass(frozen=True)
class Terms:
    """One version of the mandate terms: the texts by language, and the hash over all of them."""

    version: str
    sha256: str
    texts: tuple[tuple[str, str], ...]

    def text(self, lang: str) -> str:
        """Return the text in Chinese (`zh…`) or else in English."""
        return dict(self.texts)["zh" if lang.startswith("zh") else "en"]


@cache
def terms(version: str = CURRENT) -> Terms:
    """
    Return a version of the terms.

    :raises LookupError: there is no such version
    """
    folder = files(__name__)
    names = [(lang, folder.joinpath(f"{version}.{lang}.md")) for lang in LANGUAGES]
    if not version[:1].isdigit() or not all(name.is_file() for _lang, name in names):
        raise LookupError(version)
    texts = tuple((lang, name.read_text(encoding="utf-8")) for lang, name in names)
    digest = sha256("\0".join(text for _lang, text in texts).encode())
    return Terms(version, digest.hexdigest(), texts)
