"""
Break the evaluator on purpose, one place at a time, and see whether the tests notice.

`make mutants` turns every comparison of `qinghe.rules.contact`, moves every number by one, swaps
`and` with `or`, true with false, plus with minus, and `in` with `not in`; and it moves every number
that the packs give to those rules by one, every length of time by a second. Each mutant lives in a
forked process in which only its module differs. The situations judge it first, then the examples
of `tests/rules`, and with `--laws` the laws for which examples are drawn. Prints one JSON object:
killed, total, and every survivor with its line.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import spec_from_loader
from pathlib import Path
from types import ModuleType
from typing import Final

import pytest
from cosmic_ray.ast import get_ast
from cosmic_ray.mutating import mutate_code
from cosmic_ray.operators.operator import Operator
from cosmic_ray.plugins import get_operator
from parso.python.tree import Keyword

from qinghe.rules.packs import load_packs

ROOT: Final = Path(__file__).parents[1]
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
TESTS: Final = ["tests/rules/test_check.py", "tests/rules/test_clock.py", "tests/rules"]
LAWS: Final = ["tests/rules/test_contact_laws.py", "tests/rules/test_budget.py"]
PLUGINS: Final = ["no:django", "no:randomly", "no:cacheprovider", "no:xdist"]
OPTIONS: Final = ["-x", "-q", "--noconftest", "-oaddopts=", "-ofilterwarnings="]
PYTEST: Final = [*OPTIONS, *(f"-p{name}" for name in PLUGINS)]
SECONDS_EACH: Final = 90


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
    """One module with one place changed."""

    module: str
    line: int
    operator: str
    was: str
    now: str
    code: str


class Changed(MetaPathFinder, Loader):
    """Import the changed source instead of the module's own."""

    def __init__(self, mutant: Mutant) -> None:
        self.mutant = mutant

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Answer for the mutant's module only."""
        return spec_from_loader(name, self) if name == self.mutant.module else None

    def exec_module(self, module: ModuleType) -> None:
        """Run the changed source."""
        exec(compile(self.mutant.code, self.mutant.module, "exec"), module.__dict__)


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


def numbers_of(path: Path) -> Iterator[Mutant]:
    """Yield a mutant for every number of the packs, one more and one less."""
    code = path.read_text("utf-8")
    for line, text in enumerate(code.splitlines(), 1):
        name, _, kind = text.strip().partition(": ")
        if kind in STEPS:
            for sign in "+-":
                changed = f"_told.{name} {sign} {STEPS[kind]}"
                moved = MOVED.format(code=code, name=name, changed=changed)
                module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
                yield Mutant(module, line, "PackNumber", text.strip(), changed, moved)


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
    module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
    return Mutant(module, line, name, was.strip(), now.strip(), changed)


class ExamplesOnly:
    """A plugin that leaves out the tests for which examples are drawn."""

    def pytest_collection_modifyitems(self, items: list[pytest.Function]) -> None:
        """Keep the tests that tell their own examples."""
        items[:] = [each for each in items if not hasattr(each.obj, "hypothesis")]


def survives(mutant: Mutant, *, laws: bool) -> bool:
    """Tell whether every test passes on a mutant. Endless loops count as noticed."""
    child = os.fork()
    if child == 0:
        signal.alarm(SECONDS_EACH)
        os._exit(0 if _passes(mutant, laws) else 1)
    _, status = os.waitpid(child, 0)
    return status == 0


def _passes(mutant: Mutant, laws: bool) -> bool:
    silence = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silence, 1)
    os.dup2(silence, 2)
    sys.meta_path.insert(0, Changed(mutant))
    try:
        passes = _situations_hold() and pytest.main([*PYTEST, *TESTS], [ExamplesOnly()]) == 0
        return passes and (not laws or pytest.main([*PYTEST, *LAWS]) == 0)
    except BaseException:  # noqa: BLE001 - whatever a mutant raises, it was noticed
        return False


def _situations_hold() -> bool:
    from qinghe.rules.check import check_line
    from qinghe.rules.situations import lines
    from tests.situations.compare import matches

    for file, line in lines():
        if file in {"contact", "errors"}:
            want, got = json.loads(line)["expect"], json.loads(check_line(line.encode()))
            if "error" in want:
                want = {"error": {"code": want["error"]["code"]}}
            if not matches(want, got if "error" in want else got.get("output")):
                return False
    return True


def chosen(names: Iterable[str]) -> list[Path]:
    """Return the modules named, or all that decide."""
    every = [path for path in sorted(EVALUATOR.glob("*.py")) if path.name not in PLAIN]
    return [path for path in every if path.stem in names] or every


def main() -> None:
    """Judge mutants until all are judged or the time is over; the status is 1 below the share."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("modules", nargs="*", help="such as hours frequency; all without")
    parser.add_argument("--minutes", type=float, default=30, help="stop after so many")
    parser.add_argument("--share", type=float, default=0.95, help="to be killed")
    parser.add_argument("--laws", action="store_true", help="ask the drawn examples too")
    asked = parser.parse_args()
    ends = time.monotonic() + asked.minutes * 60
    # Read before the fork, so that no mutant pays for it; the contact rules are not.
    load_packs()
    every = [mutant for path in chosen(asked.modules) for mutant in mutants_of(path)]
    if not asked.modules or "limits" in asked.modules:
        every += numbers_of(EVALUATOR / "limits.py")
    survivors, judged = [], 0
    for mutant in every:
        if time.monotonic() > ends:
            break
        judged += 1
        if survives(mutant, laws=asked.laws):
            survivors.append(mutant)
            print(f"{mutant.module}:{mutant.line} {mutant.now}", file=sys.stderr, flush=True)
    told = [{k: v for k, v in asdict(each).items() if k != "code"} for each in survivors]
    killed = judged - len(survivors)
    share = killed / judged if judged else 0.0
    print(
        json.dumps(
            {
                "total": len(every),
                "judged": judged,
                "killed": killed,
                "share": round(share, 4),
                "survivors": told,
            },
            indent=1,
        )
    )
    sys.exit(share < asked.share)


if __name__ == "__main__":
    main()
