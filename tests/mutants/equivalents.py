"""
The changes that nobody could notice, each with its reason, in `equivalents.toml`.

They are never counted as killed. A row names the function and the line as it stands; where the line
has changed since, the reason speaks of something else, and the row is refused.
"""

from __future__ import annotations

import ast
import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from tests.mutants.places import EVALUATOR, Mutant

FILE: Final = Path(__file__).with_name("equivalents.toml")
Place = tuple[str, str, str, str]


class Outdated(ValueError):
    """A row about a line that is no longer there, or that could mean several."""


def reasons(path: Path = FILE) -> Mapping[Place, str]:
    """
    Return why a change cannot be noticed, by module, function, line before and line after.

    :raises Outdated: a row without a reason, written twice, or about a line that is not there
    """
    rows = tomllib.loads(path.read_text("utf-8")).get("equivalent", [])
    told: dict[Place, str] = {}
    for row in rows:
        place = (row["module"], row["function"], row["was"], row["now"])
        if place in told or not row["reason"].strip():
            raise Outdated(f"written twice, or without a reason: {place}")
        if row["was"] not in _lines_of(row["module"], row["function"]):
            raise Outdated(f"the line is no longer there: {place}")
        told[place] = row["reason"]
    return told


def check_against(told: Iterable[Place], every: Iterable[Mutant]) -> None:
    """
    Refuse rows that no mutant, or more than one, answers to.

    :raises Outdated: the first of them
    """
    every = list(every)
    counts, judged = Counter(each.place for each in every), {each.stem for each in every}
    for place in told:
        if place[0] in judged and counts[place] != 1:
            raise Outdated(f"{counts[place]} mutants answer to {place}, not one")


def _lines_of(module: str, function: str) -> list[str]:
    code = (EVALUATOR / f"{module}.py").read_text("utf-8")
    lines = code.splitlines()
    if function:
        named = [
            node
            for node in ast.walk(ast.parse(code))
            if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name == function
        ]
        lines = [line for node in named for line in lines[node.lineno - 1 : node.end_lineno]]
    return [line.strip() for line in lines]
