"""
Several small reads of one page in one statement: one round trip, and one instant for all of them.

The reads stay querysets of their rooms; nothing here knows a table.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

Reading = QuerySet[Any, Any]
Rows = list[tuple[Any, ...]]
# As text: numbers with a fraction must not become floats on their way.
ROWS: Final = "(SELECT json_agg(json_build_array({columns})) FROM ({sql}) part({columns}))::text"
COUNT: Final = "(SELECT count(*) FROM ({sql}) part)"


@dataclass(frozen=True)
class _Part:
    """One queryset as PostgreSQL gets it, and how each of its columns is read back."""

    sql: str
    params: tuple[Any, ...]
    types: tuple[Callable[[Any], Any], ...]

    def select(self, shape: str) -> str:
        return shape.format(
            sql=self.sql, columns=", ".join(f"c{n}" for n in range(len(self.types)))
        )

    def rows(self, text: str | None) -> Rows:
        """Give the values of an answer the types the queryset would give them."""
        return [
            tuple(
                None if value is None else read(value)
                for read, value in zip(self.types, row, strict=True)
            )
            for row in (json.loads(text, parse_float=Decimal) if text else ())
        ]


def together(**parts: Reading) -> dict[str, Rows]:
    """
    Return the rows of several `values_list` querysets, each in its own order, by their names.

    Values have the types the querysets would give. For a few hundred rows: they travel as JSON.
    """
    known = _compiled(parts)
    answers = dict(zip(known, _ask(list(known.values()), ROWS), strict=True))
    return {name: known[name].rows(answers[name]) if name in known else [] for name in parts}


def counted(*, cap: int, **parts: Reading) -> dict[str, int]:
    """Return how many rows each queryset has, by name, counting up to a cap. One statement."""
    known = _compiled({name: rows[:cap] for name, rows in parts.items()})
    answers = zip(known, _ask(list(known.values()), COUNT), strict=True)
    return {**dict.fromkeys(parts, 0), **dict(answers)}


def _compiled(parts: Mapping[str, Reading]) -> dict[str, _Part]:
    """Return what PostgreSQL has to be asked; parts that can have no rows are left out."""
    found = {}
    for name, rows in parts.items():
        compiler = rows.query.get_compiler(connection=connection)
        try:
            sql, params = compiler.as_sql()
        except EmptyResultSet:
            continue
        types = tuple(column[0].output_field.to_python for column in compiler.select)
        found[name] = _Part(sql, tuple(params), types)
    return found


def _ask(parts: Sequence[_Part], shape: str) -> tuple[Any, ...]:
    if not parts:
        return ()
    params = [value for part in parts for value in part.params]
    with connection.cursor() as cursor:
        cursor.execute("SELECT " + ", ".join(part.select(shape) for part in parts), params)
        answer: tuple[Any, ...] = cursor.fetchone()
    return answer
