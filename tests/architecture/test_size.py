"""The house is ordered: modules and functions stay small."""

from __future__ import annotations

import ast
from pathlib import Path
from statistics import median

SOURCES = [
    path
    for root in ("qinghe", "config")
    for path in Path(root).rglob("*.py")
    if "migrations" not in path.parts
]


def test_no_module_passes_400_lines() -> None:
    long = {str(p): n for p in SOURCES if (n := len(p.read_text("utf-8").splitlines())) > 400}
    assert not long


def test_no_function_passes_40_lines() -> None:
    long = {}
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                first = node.body[0]
                lines = (node.end_lineno or 0) - node.lineno + 1
                if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
                    lines -= (first.end_lineno or 0) - first.lineno + 1
                if lines > 40:
                    long[f"{path}:{node.name}"] = lines
    assert not long


def test_the_median_module_is_short() -> None:
    sizes = [len(path.read_text("utf-8").splitlines()) for path in SOURCES]
    assert median(size for size in sizes if size > 5) <= 100
