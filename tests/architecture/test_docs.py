"""What the documentation points at exists: files, functions, commands and settings."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from qinghe.cli.nouns import NOUNS

PAGES = sorted(
    [*Path().glob("*.md"), *(p for p in Path("docs").rglob("*.md") if p.name != "refusals.md")]
)
# Pictures are left out: the journeys take them.
LINK = re.compile(r"(?<!!)\[[^]]*\]\(([^)\s]+)\)")
FUNCTION = re.compile(r"\[([\w/]+\.py):([\w.]+)\]\(")
COMMAND = re.compile(r"\bqinghe ([a-z]+)\b(?= |`|\n)")
VARIABLE = re.compile(r"\bQINGHE_[A-Z_]+\b")
TARGET = re.compile(r"\bmake ([a-z-]+)\b")
# Words that follow the name in prose are no commands.
PROSE = {"is", "and", "has", "keeps", "may", "runs", "will", "as"}

# Read by the slow tests, or names in the code that are no variables.
FOR_TESTS = ("QINGHE_TEST", "QINGHE_CRASH", "QINGHE_RACE", "QINGHE_DATA", "QINGHE_AVERAGE")


def ids(pages: list[Path]) -> list[str]:
    return [str(page) for page in pages]


@pytest.mark.parametrize("page", PAGES, ids=ids(PAGES))
def test_every_link_leads_to_a_file(page: Path) -> None:
    links = [link.partition("#")[0] for link in LINK.findall(page.read_text("utf-8"))]
    inside = [link for link in links if link and "://" not in link and "mailto:" not in link]
    assert not [link for link in inside if not (page.parent / link).exists()]


@pytest.mark.parametrize("page", PAGES, ids=ids(PAGES))
def test_every_function_that_is_named_exists(page: Path) -> None:
    named = FUNCTION.findall(page.read_text("utf-8"))
    assert not [f"{path}:{name}" for path, name in named if name not in names_of(path)]


@pytest.mark.parametrize("page", PAGES, ids=ids(PAGES))
def test_every_command_target_and_setting_that_is_named_exists(page: Path) -> None:
    text = page.read_text("utf-8")
    code = "\n".join(re.findall(r"```.*?```|`[^`\n]+`", text, re.DOTALL))
    assert set(COMMAND.findall(code)) - PROSE <= set(NOUNS)
    assert set(TARGET.findall(code)) <= targets()
    assert set(VARIABLE.findall(text)) <= settings()


def test_every_setting_of_an_installation_is_in_the_runbook() -> None:
    told = set(VARIABLE.findall(Path("docs/runbook/installation.md").read_text("utf-8")))
    read = {name for name in settings() if not name.startswith(FOR_TESTS)}
    assert read == told - {"QINGHE_TEST_DB"}


@cache
def names_of(path: str) -> frozenset[str]:
    found = set()
    for node in ast.parse(Path(path).read_text("utf-8")).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            found.add(node.name)
        if isinstance(node, ast.ClassDef):
            found |= {f"{node.name}.{m.name}" for m in node.body if isinstance(m, ast.FunctionDef)}
        if isinstance(node, ast.AnnAssign | ast.Assign):
            goals = [node.target] if isinstance(node, ast.AnnAssign) else node.targets
            found |= {goal.id for goal in goals if isinstance(goal, ast.Name)}
    return frozenset(found)


@cache
def targets() -> frozenset[str]:
    text = Path("Makefile").read_text("utf-8")
    return frozenset(re.findall(r"^([a-z-]+):", text, re.MULTILINE))


@cache
def settings() -> frozenset[str]:
    """Return every variable of the environment that the code reads."""
    files = [*Path("config").rglob("*.py"), *Path("qinghe").rglob("*.py")]
    files += [*Path("tests").rglob("*.py")]
    return frozenset(name for path in files for name in VARIABLE.findall(path.read_text("utf-8")))
