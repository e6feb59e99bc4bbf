"""`qinghe letters`: the way of letters to a printing house."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated, Final

import typer

from qinghe.cli.output import AsJson, show, show_rows, write_private
from qinghe.contact.queries import LetterRow, letters_to_post, letters_to_print
from qinghe.contact.services import mark_posted, mark_printed, open_to_print, read_return
from qinghe.kernel import clock
from qinghe.kernel.actor import system

ACTOR = system("cli.letters")
OTHERS: Final = 0o077

app = typer.Typer(no_args_is_help=True)


@app.command("list")
def list_letters(as_json: AsJson = False) -> None:
    """List the letters that wait for the printer, oldest first; no names."""
    rows = [
        {
            "id": row.attempt_id,
            "claim": row.claim_number,
            "kind": row.kind,
            "asked_at": row.asked_at.isoformat(),
        }
        for row in letters_to_print(actor=ACTOR, limit=None)
    ]
    show_rows(rows, as_json=as_json)


@app.command()
def export(
    folder: Annotated[
        Path, typer.Argument(help="A folder that only you can read; made when missing.")
    ],
    keep_waiting: Annotated[
        bool, typer.Option("--keep-waiting", help="Do not mark the letters as printed.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Write every letter that waits into a folder as PDF, and mark it as printed.

    Interrupted, it can be run again: a letter is marked only after its file is on disk.
    """
    _make_private(folder)
    files = []
    for row in letters_to_print(actor=ACTOR, limit=None):
        _write(folder / row.file_name, row)
        if not keep_waiting:
            mark_printed(attempt_id=row.attempt_id, actor=ACTOR, at=clock.now())
        files.append(row.file_name)
    show({"letters": len(files), "folder": str(folder), "files": files}, as_json=as_json)


@app.command()
def posted(as_json: AsJson = False) -> None:
    """Mark every printed letter that may be sent as posted; those that no longer hold are named."""
    rows = letters_to_post(actor=ACTOR, at=clock.now(), limit=None)
    for row in rows:
        if row.holds:
            mark_posted(attempt_id=row.attempt_id, actor=ACTOR, at=clock.now())
    void = [row.file_name for row in rows if not row.holds]
    show({"letters": len(rows) - len(void), "void": void}, as_json=as_json)


@app.command()
def returned(
    files: Annotated[
        list[Path] | None, typer.Argument(help="Reports of the mail server; - or none: read one.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Take e-mail that came back: let an alias of the mail server pipe its reports in here.

    What is no report of a message of ours that failed for good is left to a person.
    """
    rows = []
    for path in files or [Path("-")]:
        content = sys.stdin.buffer.read() if str(path) == "-" else path.read_bytes()
        attempt = read_return(content=content, actor=ACTOR, at=clock.now())
        rows.append({"id": attempt.pk, "code": attempt.bounced_with})
    show_rows(rows, as_json=as_json)


def _make_private(folder: Path) -> None:
    """Refuse a folder that others may read: the letters in it carry names and codes."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = folder.stat()
    if found.st_mode & OTHERS or found.st_uid != os.geteuid():
        raise typer.BadParameter(
            f"{folder} can be read by others; run: chmod 700 {folder}", param_hint="FOLDER"
        )


def _write(path: Path, row: LetterRow) -> None:
    content = open_to_print(attempt_id=row.attempt_id, actor=ACTOR, at=clock.now())
    write_private(path, content)
