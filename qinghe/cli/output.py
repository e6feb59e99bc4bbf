"""Answers on standard output: words for people, JSON for programs."""

import json
from collections.abc import Iterable, Mapping
from typing import Annotated, Any

import typer

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]


def show(answer: Mapping[str, Any], *, as_json: bool) -> None:
    """
    Print one answer: a JSON object, or a line per field.
    """
    if as_json:
        show_json(answer)
        return
    for name, value in answer.items():
        typer.echo(f"{name.replace('_', ' ')}: {value}")


def show_rows(rows: Iterable[Mapping[str, Any]], *, as_json: bool) -> None:
    """
    Print many answers: a JSON list, or a line per row with tabs between fields.
    """
    if as_json:
        show_json(list(rows))
        return
    for row in rows:
        typer.echo("\t".join(str(value) for value in row.values()))


def show_json(answer: Any) -> None:
    """
    Print JSON on one line; what JSON does not know (days, ids, fractions) becomes text.
    """
    typer.echo(json.dumps(answer, ensure_ascii=False, default=str))
