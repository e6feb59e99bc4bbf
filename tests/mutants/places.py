"""Every place of the contact rules that can be changed, and what it is changed to."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Final

from cosmic_ray.ast import get_ast
from cosmic_ray.mutating import mutate_code
from cosmic_ray.operators.operator import Operator
from cosmic_ray.plugins import get_operator
from parso.python.tree import Keyword

ROOT: Final = Path(__file__).parents[2]
EVALUATOR: Final = ROOT / "qinghe" / "rules" / "contact"
# Lists of words and shapes of facts: nothing in them decides.
PLAIN: Final = {"__init__.py", "facts.py", "terms.py"}
SWAPS: Final = {
    "ReplaceComparisonOperator": [
        ("Lt", "LtE"), ("Lt", "GtE"), ("LtE", "Lt"), ("LtE", "Gt"),
        ("Gt", "GtE"), ("Gt", "LtE"), ("GtE", "Gt"), ("GtE", "Lt"),
        ("Eq", "NotEq"), ("NotEq", "Eq"), ("Is", "IsNot"), ("IsNot", "Is"),
    ],
    "ReplaceBinaryOperator": [("Add", "Sub"), ("Sub", "Add")],
}  # fmt: skip
OPERATORS: Final = [
    *(f"{kind}_{old}_{new}" for kind, pairs in SWAPS.items() for old, new in pairs),
    "NumberReplacer",
    "ReplaceAndWithOr",
    "ReplaceOrWithAnd",
    "ReplaceTrueWithFalse",
    "ReplaceFalseWithTrue",
    "AddNot",
]
# How the numbers of the packs are moved, by their type.
STEPS: Final = {"int": "1", "timedelta": "timedelta(seconds=1)"}
MOVED: Final = """{code}

from dataclasses import replace
_told = limits()
def limits():
    return replace(_told, {name}={changed})
"""


class Membership(Operator):
    """An operator that swaps `in` with `not in`; loops are left alone."""

    def mutation_positions(self, node):  # type: ignore[no-untyped-def]
        """Yield the place of an `in` that compares."""
        if isinstance(node, Keyword) and node.value == "in" and node.parent.type == "comparison":
            yield node.start_pos, node.end_pos

    def mutate(self, node, index):  # type: ignore[no-untyped-def]
        """Return the opposite of an `in`."""
        return Keyword(" not in", node.start_pos)

    @classmethod
    def examples(cls) -> tuple[()]:
        """Return none."""
        return ()


@dataclass(frozen=True)
class Mutant:
    """One module with one place changed; `was` and `now` are its first changed line."""

    module: str
    function: str
    line: int
    operator: str
    was: str
    now: str
    code: str

    @property
    def stem(self) -> str:
        """Return the name of the module without its packages."""
        return self.module.rpartition(".")[2]

    @property
    def place(self) -> tuple[str, str, str, str]:
        """Return what a person would call it: module, function, line before, line after."""
        return self.stem, self.function, self.was, self.now

    @cached_property
    def digest(self) -> str:
        """Return what tells this source from every other."""
        return sha256(f"{self.module}\n{self.code}".encode()).hexdigest()


def mutants_of(path: Path) -> Iterator[Mutant]:
    """Yield every mutant of one module."""
    code = path.read_text("utf-8")
    operators = [(name, get_operator(f"core/{name}")()) for name in OPERATORS]
    for name, operator in [*operators, ("Membership", Membership())]:
        for occurrence in range(_places(code, operator)):
            changed = mutate_code(code, operator, occurrence)
            if changed is not None and changed != code:
                mutant = _mutant(path, name, code, changed)
                # What a cache holds, or whether a class has slots, decides nothing.
                if not mutant.was.startswith("@"):
                    yield mutant
    if path.stem == "limits":
        yield from _numbers_of(path, code)


def unchanged(path: Path) -> Mutant:
    """Return a module as it is, to see that the tests pass on it."""
    return Mutant(_dotted(path), "", 0, "None", "", "", path.read_text("utf-8"))


def _numbers_of(path: Path, code: str) -> Iterator[Mutant]:
    """Yield a mutant for every number of the packs, one more and one less."""
    for line, text in enumerate(code.splitlines(), 1):
        name, _, kind = text.strip().partition(": ")
        if kind in STEPS:
            for sign in "+-":
                changed = f"_told.{name} {sign} {STEPS[kind]}"
                moved = MOVED.format(code=code, name=name, changed=changed)
                yield Mutant(
                    _dotted(path), "Limits", line, "PackNumber", text.strip(), changed, moved
                )


def _places(code: str, operator: Operator) -> int:
    nodes = [get_ast(code)]
    count = 0
    while nodes:
        node = nodes.pop()
        count += len(list(operator.mutation_positions(node)))
        nodes.extend(getattr(node, "children", ()))
    return count


def _mutant(path: Path, name: str, code: str, changed: str) -> Mutant:
    pairs = enumerate(zip(code.splitlines(), changed.splitlines(), strict=False), 1)
    line, was, now = next((line, was, now) for line, (was, now) in pairs if was != now)
    function = function_at(code, line)
    return Mutant(_dotted(path), function, line, name, was.strip(), now.strip(), changed)


def function_at(code: str, line: int) -> str:
    """Return the innermost function or class that holds a line, or nothing."""
    kinds = (ast.FunctionDef, ast.ClassDef)
    found = [
        node
        for node in ast.walk(ast.parse(code))
        if isinstance(node, kinds) and node.lineno <= line <= (node.end_lineno or 0)
    ]
    return max(found, key=lambda node: node.lineno).name if found else ""


def _dotted(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts)


def chosen(names: Iterable[str]) -> list[Path]:
    """
    Return the modules named, or all that decide.

    :raises ValueError: a name that no such module has
    """
    every = {path.stem: path for path in sorted(EVALUATOR.glob("*.py")) if path.name not in PLAIN}
    if unknown := set(names) - set(every):
        raise ValueError(f"no such module of the contact rules: {', '.join(sorted(unknown))}")
    return [every[name] for name in names] or list(every.values())
