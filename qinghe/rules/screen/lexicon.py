"""The lexicon: acts with their rules, lawful wordings and patterns, compiled once."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from qinghe.rules.packs import PackError, rule
from qinghe.rules.screen.files import read_acts, read_words
from qinghe.rules.screen.patterns import Pattern, parse_pattern
from qinghe.rules.screen.spots import Tree, grow


@dataclass(frozen=True, slots=True)
class Act:
    """
    One forbidden act: the rules it breaks, the gravest first, and how to say it lawfully.

    Pressure that only a model hears is named as the act too, when it is about its `topic` and all
    of `heard_when` hold.
    """

    code: str
    title_zh: str
    title_en: str
    rules: tuple[str, ...]
    say_zh: str
    say_en: str
    patterns: tuple[Pattern, ...]
    heard_when: frozenset[str]

    def title(self, lang: str) -> str:
        """Return the title in Chinese (`zh…`) or else in English."""
        return self.title_zh if lang.startswith("zh") else self.title_en


@dataclass(frozen=True, slots=True)
class Lexicon:
    """
    Every act in the order of its file, one tree of all words, and the meanings that have a name.

    Words written into a pattern have none.
    """

    acts: tuple[Act, ...]
    tree: Tree
    named: frozenset[str]


@cache
def lexicon() -> Lexicon:
    """
    Return the lexicon. The files are read once.

    :raises PackError: an act names a rule that no pack has, or a pattern a meaning without words
    """
    meanings = {name: _words(row) for name, row in read_words("words.yaml").items()}
    literals: dict[str, list[str]] = {}
    rows = list(read_acts())
    for row in rows:
        meanings.update({name: _words(each) for name, each in row.get("words", {}).items()})
        if "topic" in row:
            meanings[topic(row["act"])] = _words(row["topic"])
    acts = tuple(_act(row, literals) for row in rows)
    words = {**meanings, **literals}
    for act in acts:
        _check(act, words)
    return Lexicon(acts, grow(words), frozenset(meanings))


def topic(code: str) -> str:
    """Return the meaning that holds what an act is usually about."""
    return f"topic_{code}"


def act(code: str) -> Act:
    """
    Return an act by its code.

    :raises LookupError: there is none
    """
    return _by_code()[code]


@cache
def _by_code() -> Mapping[str, Act]:
    return {each.code: each for each in lexicon().acts}


def _words(row: str) -> list[str]:
    return [word for part in row.split("|") if (word := " ".join(part.split()))]


def _act(row: Mapping[str, Any], literals: dict[str, list[str]]) -> Act:
    return Act(
        code=row["act"],
        title_zh=row["title"]["zh"],
        title_en=row["title"]["en"],
        rules=tuple(row["rules"]),
        say_zh=row["say"]["zh"],
        say_en=row["say"]["en"],
        patterns=tuple(parse_pattern(entry, literals) for entry in row["find"]),
        heard_when=frozenset(row.get("heard_when", ())),
    )


def _check(act: Act, words: Mapping[str, list[str]]) -> None:
    for pattern in act.patterns:
        unknown = (pattern.meanings | {*pattern.without, *pattern.nowhere}) - words.keys()
        if unknown:
            raise PackError(f"{act.code}: no words for {', '.join(sorted(unknown))}")
    for rule_id in {*act.rules, *(each for p in act.patterns for each in p.rules)}:
        try:
            rule(rule_id)
        except LookupError:
            raise PackError(f"{act.code}: no pack has {rule_id}") from None
