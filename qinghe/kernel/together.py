"""
Several small reads of one page in one statement: one round trip, and one instant for all of them.

The reads stay querysets of their rooms; nothing here knows a table.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
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
class Part:
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
    return rows_of(compiled(parts), parts)


def rows_of(known: Mapping[str, Part], names: Iterable[str]) -> dict[str, Rows]:
    """Return the rows of compiled reads by name; a name that was left out has none."""
    answers = dict(zip(known, _ask(list(known.values()), ROWS), strict=True))
    return {name: known[name].rows(answers[name]) if name in known else [] for name in names}


def counted(*, cap: int, **parts: Reading) -> dict[str, int]:
    """Return how many rows each queryset has, by name, counting up to a cap. One statement."""
    return counts_of(compiled(capped(parts, cap)), parts)


def capped(parts: Mapping[str, Reading], cap: int) -> dict[str, Reading]:
    """Return the querysets, none longer than a cap."""
    return {name: rows[:cap] for name, rows in parts.items()}


def counts_of(known: Mapping[str, Part], names: Iterable[str]) -> dict[str, int]:
    """Return how many rows compiled reads have, by name; a name that was left out has none."""
    answers = zip(known, _ask(list(known.values()), COUNT), strict=True)
    return {**dict.fromkeys(names, 0), **dict(answers)}


def compiled(parts: Mapping[str, Reading]) -> dict[str, Part]:
    """Return what PostgreSQL has to be asked; parts that can have no rows are left out."""
    found = {}
    for name, rows in parts.items():
        compiler = rows.query.get_compiler(connection=connection)
        try:
            sql, params = compiler.as_sql()
        except EmptyResultSet:
            continue
        types = tuple(column[0].output_field.to_python for column in compiler.select)
        found[name] = Part(sql, tuple(params), types)
    return found


def _ask(parts: Sequence[Part], shape: str) -> tuple[Any, ...]:
    if not parts:
        return ()
    params = [value for part in parts for value in part.params]
    with connection.cursor() as cursor:
        cursor.execute("SELECT " + ", ".join(part.select(shape) for part in parts), params)
        answer: tuple[Any, ...] = cursor.fetchone()
    return answer
