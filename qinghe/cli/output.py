"""Answers on standard output: words for people, JSON for programs."""

import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
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


def write_private(path: Path, content: bytes) -> None:
    """
    Write a file anew that only its owner reads: names, addresses, account numbers are in it.
    """
    # Left by a run that was interrupted; a new file follows no link and has no other readers.
    path.unlink(missing_ok=True)
    opened = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    with os.fdopen(opened, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
