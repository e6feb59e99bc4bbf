"""The thresholds of the rules, read from `signs.yaml`. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from qinghe.quality import signs


@dataclass(frozen=True)
class Rule:
    """One rule: what must come together, and why in two languages."""

    code: str
    least: int
    count: int
    weights: Mapping[str, int]
    most_percent: int
    en: str
    zh: str
    percent: int = 0
    every: int = 0

    def because(self, lang: str) -> str:
        """Return the reason of the thresholds in Chinese (`zh…`) or else in English."""
        return self.zh if lang.startswith("zh") else self.en


@cache
def rules() -> dict[str, Rule]:
    """Return every rule by its code, in the order of the table."""
    return {code: Rule(code=code, **row) for code, row in _table()["rules"].items()}


def number(name: str) -> int:
    """Return one whole number of the table."""
    return int(_table()[name])


def chance() -> float:
    """Return how unlikely a pattern of bids must be before it is a sign."""
    return float(_table()["ring_p"])


def days(name: str) -> timedelta:
    """Return one span of days of the table."""
    return timedelta(days=number(name))


@cache
def _table() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(files(signs).joinpath("signs.yaml").read_text("utf-8"))
    return loaded
