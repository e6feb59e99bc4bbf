"""The words of columns.yaml: names of fields, of their values, and of other people's data."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from typing import Any, Final

import yaml

from qinghe.claims import intake

# At the end of a name: in which unit its amounts are.
UNITS: Final = re.compile(
    r"\s*[（(\[【]\s*(?:单位|單位)?[:：]?\s*(?:人民币|人民幣)?"
    r"(?:元|万元|萬元|千元|百万元|百萬元|亿元|億元|角|分|%|％|cny|rmb|usd|yuan|万|萬|千|k)\s*[）)\]】]\s*$"
    r"|_(?:fen|cents|yuan|cny|rmb|wan)$",
    re.IGNORECASE,
)


@cache
def vocabulary() -> dict[str, Any]:
    """Return columns.yaml."""
    text = files(intake).joinpath("columns.yaml").read_text("utf-8")
    loaded: dict[str, Any] = yaml.safe_load(text)
    return loaded


@cache
def header_words() -> tuple[str, ...]:
    """Return the Chinese names of fields, in simplified and traditional characters."""
    named = [each for names in _fields().values() for each in names]
    return tuple(each for each in named if len(each) > 1 and re.fullmatch(r"[一-鿿]+", each))


def bare(name: str) -> str:
    """Return a name without case, blanks, signs and units, so that spellings can be compared."""
    name = UNITS.sub("", name)
    return re.sub(r"[\s_\-.:：()（）*＊/#]", "", name).lower()


@cache
def by_name() -> dict[str, str]:
    """Return the field of every known name, the names made bare."""
    return {bare(name): each for each, names in _fields().items() for name in names}


@cache
def second_by_name() -> dict[str, str]:
    """Return what a column with a name of two meanings is, when another one is the first."""
    return {bare(name): each for each, names in vocabulary()["second"].items() for name in names}


def is_as_of(column: str) -> bool:
    """Tell whether a column says on which day the amounts of the file are right."""
    return bare(column) in _as_of()


@cache
def _as_of() -> frozenset[str]:
    return frozenset(bare(name) for name in vocabulary()["as_of"])


def _fields() -> dict[str, list[str]]:
    return {**vocabulary()["fields"], **vocabulary()["terms"]}
