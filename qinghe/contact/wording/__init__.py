"""
Approved wording: the only texts that leave the platform. Nobody types free text to a debtor.

One file per wording, with a version; a changed text is a new version. `{names}` are filled when the
text is sent. A text may have parts, named like facts: a part stands only when its facts are given.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any, Final

import yaml

# What a text may mention; a wording with any other name does not load.
NAMES: Final = frozenset(
    {
        "amount", "bank_account", "bank_holder", "bank_name", "code", "collector", "complaints",
        "contract_on", "costs", "creditor", "days",
        "door", "due_on", "id_start", "interest", "last_day", "name", "number", "operator",
        "operator_office", "operator_phone", "operator_post", "principal", "product", "sent_on",
        "transfer_reference",
    }
)  # fmt: skip


class WordingError(ValueError):
    """A wording that must not be used: a language is missing, or it asks for an unknown fact."""


@dataclass(frozen=True)
class Text:
    """One text in one language, with parts that may be left out; only some have a subject."""

    subject: str
    body: str
    parts: Mapping[str, str] = field(default_factory=dict, hash=False)

    @property
    def whole(self) -> str:
        """Return everything that may be said, as it was approved."""
        return "\n".join((self.subject, self.body, *self.parts.values()))


@dataclass(frozen=True)
class Wording:
    """One approved wording: for which purposes, and its text per channel and language."""

    code: str
    version: str
    purposes: tuple[str, ...]
    title_zh: str
    title_en: str
    texts: Mapping[tuple[str, str], Text]

    @property
    def key(self) -> str:
        """Return what an attempt keeps: code and version."""
        return f"{self.code}@{self.version}"

    @property
    def channels(self) -> tuple[str, ...]:
        """Return the channels there is a text for."""
        return tuple(dict.fromkeys(channel for channel, _lang in self.texts))

    def title(self, lang: str) -> str:
        """Return the title in Chinese (`zh…`) or else in English."""
        return self.title_zh if lang.startswith("zh") else self.title_en

    def text(self, channel: str, lang: str) -> Text:
        """
        Return the text of a channel.

        :raises LookupError: no text was approved for the channel
        """
        return self.texts[channel, "zh" if lang.startswith("zh") else "en"]


def wording(key: str) -> Wording | None:
    """Return a wording by code, or by code and version; None when it was never approved."""
    code, _at, version = key.partition("@")
    found = _all().get(code)
    return found if found and version in ("", found.version) else None


def wordings(*, channel: str = "", purpose: str = "") -> tuple[Wording, ...]:
    """Return the approved wordings, narrowed to a channel and a purpose where given."""
    return tuple(
        each
        for each in _all().values()
        if (not channel or channel in each.channels) and (not purpose or purpose in each.purposes)
    )


@cache
def _all() -> Mapping[str, Wording]:
    folder = files(__name__)
    names = sorted(each.name for each in folder.iterdir() if each.name.endswith(".yaml"))
    rows = [yaml.safe_load(folder.joinpath(name).read_text(encoding="utf-8")) for name in names]
    return MappingProxyType({each.code: each for each in map(parse, rows)})


def parse(row: Mapping[str, Any]) -> Wording:
    """
    Build a wording from the content of its file.

    :raises WordingError: a language is missing, or a text asks for a fact that is never given
    """
    texts = {
        (channel, lang): _text(row["code"], channel, lang, languages)
        for channel, languages in row["texts"].items()
        for lang in ("zh", "en")
    }
    return Wording(
        code=row["code"],
        version=row["version"],
        purposes=tuple(row["purposes"]),
        title_zh=row["title"]["zh"],
        title_en=row["title"]["en"],
        texts=MappingProxyType(texts),
    )


def _text(code: str, channel: str, lang: str, languages: Mapping[str, Any]) -> Text:
    if lang not in languages:
        raise WordingError(f"{code}: no {lang} text for {channel}")
    row = languages[lang]
    parts = MappingProxyType(dict(row.get("parts", {})))
    found = Text(row.get("subject", ""), row["body"].strip(), parts)
    try:
        found.whole.format_map(dict.fromkeys({*NAMES, *parts}, ""))
    except KeyError as unknown:
        raise WordingError(f"{code}: {channel} asks for {unknown}") from None
    return found
