"""A day, a month or a year is read from a local clock: a moment knows only that of Greenwich."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parents[2] / "qinghe"
# What makes a moment local, as the last name of a call.
LOCAL = {"astimezone", "local", "_local", "combine"}
CALENDAR = {"year", "month", "day"}
# How moments are called here; days are called `day`, `…_on`, `today`.
MOMENT = re.compile(r"(?:^|_)(?:at|now)$")
DATES = re.compile(r"%[aAbBcdDeFjmuUVwWxyY]")
CAST = re.compile(r"_at\s*::\s*date\b|\bat\s*::\s*date\b|_at\s+as\s+date\b", re.IGNORECASE)
TRUNCATED = re.compile(r"_at__(?:date|year|month|day|week_day|iso_week_day|week|quarter)(?:__|$)")
# Each with what makes it right.
ALLOWED = {
    # Days that somebody typed at the shell; they came without a clock.
    "cli/hold.py": "day.date()",
    "cli/imports.py": "as_of.date()",
    "cli/claim.py": "as_of.date()",
    "cli/ledger.py": "on.date() month.date()",
    "cli/month.py": "month.date()",
    "cli/payments.py": "until.date()",
    "cli/payouts.py": "executes_on.date()",
    "cli/simulate.py": "start.date()",
    "cli/synthesise.py": "as_of.date()",
    # The same of files.
    "claims/intake/suggest.py": "datetime.strptime(value, written).date()",
    "settlement/bank/table.py": "datetime.strptime(text, pattern).date()",
    "settlement/reading.py": "datetime.strptime(text, pattern).date()",
    # A name on a disk, in the order of coming; nobody reads a day from it.
    "claims/services/dropfiles.py": "f'{at:%Y%m%dT%H%M%S}'",
    # It says which clock it means.
    "cli/explain.py": "told.at rule.until told.next_allowed_at each.at",
    # Columns of made-up days.
    "bench/synthetic.py": "signed.dt.strftime('%Y-%m-%d') due.dt.strftime('%Y-%m-%d')",
    # Whether a calendar has the year at all.
    "rules/contact/forms.py": "at.year",
    # A local clock already, under a name that does not say so.
    "rules/lpr.py": "local.date()",
    "web/contactparts.py": "local.date()",
}


def modules() -> Iterator[tuple[str, ast.Module]]:
    for path in sorted(SOURCE.rglob("*.py")):
        if "migrations" not in path.parts:
            yield path.relative_to(SOURCE).as_posix(), ast.parse(path.read_text())


def made_local(node: ast.expr) -> bool:
    calls = [each for each in ast.walk(node) if isinstance(each, ast.Call)]
    return any(name_of(c.func) in LOCAL or (name_of(c.func) == "now" and c.args) for c in calls)


def name_of(node: ast.expr) -> str:
    if isinstance(node, ast.Call):
        return name_of(node.func)
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def is_moment(node: ast.expr) -> bool:
    return bool(MOMENT.search(name_of(node))) and not made_local(node)


def days_of_greenwich(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Yield where a day is read from a moment that nobody made local."""
    for node in ast.walk(tree):
        if called(node) or read(node) or asked(node):
            yield getattr(node, "lineno", 0), ast.unparse(node)


def called(node: ast.AST) -> bool:
    match node:
        case ast.Call(func=ast.Attribute(value=value, attr="date"), args=[], keywords=[]):
            return not made_local(value)
        case ast.Call(func=ast.Attribute(value=value, attr="strftime")):
            return not made_local(value)
    return False


def read(node: ast.AST) -> bool:
    match node:
        case ast.Attribute(value=value, attr=attr):
            return attr in CALENDAR and is_moment(value)
        case ast.FormattedValue(value=value, format_spec=ast.JoinedStr() as spec):
            return is_moment(value) and bool(DATES.search(ast.unparse(spec)))
    return False


def asked(node: ast.AST) -> bool:
    """Tell whether it asks the database, whose clock is that of Greenwich too."""
    match node:
        case ast.keyword(arg=str() as arg):
            return bool(TRUNCATED.search(arg))
        case ast.Constant(value=str() as text):
            return bool(CAST.search(text))
    return False


def seen(code: str) -> list[str]:
    return [text for _line, text in days_of_greenwich(ast.parse(code))]


@pytest.mark.parametrize(
    "code",
    [
        "at.date()",
        "clock.now().date()",
        "row.opened_at.date().isoformat()",
        "f'{at:%y%m}'",
        "f'{message.at:%Y-%m-%d}'",
        "request.at.year",
        "now().month",
        "rows.filter(created_at__date__gte=since)",
        "SQL = 'AND c.issued_on >= g.looked_at::date'",
        "moment.strftime('%Y')",
    ],
)
def test_a_day_of_greenwich_is_seen(code: str) -> None:
    assert len(seen(code)) == 1


@pytest.mark.parametrize(
    "code",
    [
        "day_of(at)",
        "at.astimezone(zone).date()",
        "local(at).date()",
        "_local(line.at).date().isoformat()",
        "f'{day_of(at):%y%m}'",
        "f'{local(at):%Y-%m-%d}'",
        "f'{at:%H:%M}'",
        "each.due_on.month",
        "rows.filter(close__month=month)",
        "SQL = '(at AT TIME ZONE %(zone)s)::date'",
        "at.astimezone(CST).strftime(STAMP)",
        "datetime.now(CST).strftime(STAMP)",
        "datetime.combine(day, NOON).strftime(FORMAT)",
    ],
)
def test_a_local_day_is_left_alone(code: str) -> None:
    assert seen(code) == []


def test_no_day_is_read_from_the_clock_of_greenwich() -> None:
    found = [
        f"{name}:{line} {text}"
        for name, tree in modules()
        for line, text in days_of_greenwich(tree)
        if not allowed(name, text)
    ]
    assert found == []


def allowed(name: str, text: str) -> bool:
    reasons = ALLOWED.get(name, "")
    return text in reasons or any(each in text for each in reasons.split())


def test_every_exception_is_still_needed() -> None:
    used = {
        name
        for name, tree in modules()
        for _line, text in days_of_greenwich(tree)
        if allowed(name, text)
    }
    assert used == set(ALLOWED)
