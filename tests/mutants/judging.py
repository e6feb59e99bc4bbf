"""
Ask the tests about one mutant, in a forked process in which only its module differs.

The situations judge it first, then the examples of `tests/rules`, and if asked the laws for which
examples are drawn.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import spec_from_loader
from types import ModuleType
from typing import Final

import pytest
from hypothesis import settings

from tests.mutants.places import Mutant

# The quick ones that find most come first, by themselves.
FIRST: Final = [
    f"tests/rules/test_{name}.py"
    for name in ("house_findings", "edges", "reading", "check", "clock")
]
REST: Final = ["tests/rules", *(f"--ignore={path}" for path in FIRST)]
LAWS: Final = ["tests/rules/test_contact_laws.py", "tests/rules/test_budget.py"]
OPTIONS: Final = ["-x", "-q", "--noconftest", "--assert=plain", "-oaddopts=", "-ofilterwarnings="]
PYTEST: Final = [*OPTIONS, "-pno:cacheprovider"]
# Of work, not of waiting: a busy machine must not look like an endless loop.
SECONDS_EACH: Final = 20
SURVIVED: Final = "survived"
# Who noticed, by the status of the process; a signal is an endless loop cut short.
NOTICED: Final = {0: SURVIVED, 1: "situations", 2: "examples", 3: "laws", 4: "a crash"}


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


class ExamplesOnly:
    """A plugin that leaves out the tests for which examples are drawn."""

    def pytest_collection_modifyitems(self, items: list[pytest.Function]) -> None:
        """Keep the tests that tell their own examples."""
        items[:] = [each for each in items if not hasattr(each.obj, "hypothesis")]


def who_noticed(mutant: Mutant, *, laws: bool) -> str:
    """Return which tests fail on a mutant, or that it survived. An endless loop is noticed."""
    child = os.fork()
    if child == 0:
        signal.setitimer(signal.ITIMER_PROF, SECONDS_EACH)
        os._exit(_status(mutant, laws))
    _, status = os.waitpid(child, 0)
    return NOTICED[os.WEXITSTATUS(status)] if os.WIFEXITED(status) else "the clock"


def _status(mutant: Mutant, laws: bool) -> int:
    silence = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silence, 1)
    os.dup2(silence, 2)
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    sys.meta_path.insert(0, Changed(mutant))
    try:
        if not _situations_hold():
            return 1
        for tests in (FIRST, REST):
            if pytest.main([*PYTEST, *tests], [ExamplesOnly()]) != 0:
                return 2
        return 3 if laws and not _laws_hold() else 0
    except BaseException:  # noqa: BLE001 - whatever a mutant raises, it was noticed
        return 4


def _laws_hold() -> bool:
    # A busy machine must not look like a test that failed.
    settings.register_profile("mutants", deadline=None)
    settings.load_profile("mutants")
    return pytest.main([*PYTEST, *LAWS]) == 0


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
