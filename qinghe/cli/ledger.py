"""`qinghe ledger`: what an account holds or held, what is set aside, and the books' export."""

from __future__ import annotations

import sys
from dataclasses import asdict
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from django.conf import settings

from qinghe.claims.days import day_of
from qinghe.cli.output import AsJson, show_rows
from qinghe.kernel import clock
from qinghe.ledger.export import export
from qinghe.ledger.queries import books_on, pendings

UNKNOWN = 1

app = typer.Typer(no_args_is_help=True)


class Format(StrEnum):
    BEANCOUNT = "beancount"
    CSV = "csv"


@app.callback()
def ledger() -> None:
    """Look into the books (minor units, debits minus credits), and hand closed months on."""


@app.command("balance")
def balance(
    path: Annotated[str, typer.Argument(help="Account, such as platform:cash:bank.")],
    on: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Day (YYYY-MM-DD); today if none.")
    ] = None,
    under: Annotated[bool, typer.Option("--under", help="Also the accounts below it.")] = False,
    as_json: AsJson = False,
) -> None:
    """Tell what an account held when a day ended, in each of its currencies."""
    day = on.date() if on else day_of(clock.now())
    rows = books_on(path=path, day=day, under=under)
    if not rows:
        typer.echo(f"{path}: no such account", err=True)
        raise typer.Exit(UNKNOWN)
    show_rows([asdict(row) for row in rows], as_json=as_json)


@app.command("pending")
def pending(as_json: AsJson = False) -> None:
    """List what is set aside now: neither posted nor let go."""
    show_rows([asdict(row) for row in pendings()], as_json=as_json)


@app.command("export")
def export_month(
    month: Annotated[datetime, typer.Option(formats=["%Y-%m"], help="A closed month: 2026-11.")],
    fmt: Annotated[Format, typer.Option("--format", help="beancount or csv.")] = Format.BEANCOUNT,
    to: Annotated[Path | None, typer.Option(help="Write here, not to standard output.")] = None,
) -> None:
    """Write a closed month by day, kind and account: no persons, always the same bytes."""
    content = export(month=month.date(), fmt=fmt, zone=settings.DISPLAY_ZONE)
    if to is not None:
        to.write_bytes(content)
    else:
        sys.stdout.buffer.write(content)
