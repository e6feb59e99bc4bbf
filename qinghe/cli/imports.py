"""`qinghe import`: a creditor's file of claims, from the command line."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer
from django.utils import timezone

from qinghe.claims.days import day_of
from qinghe.claims.intake.columns import SHIPPED
from qinghe.claims.intake.how import How
from qinghe.claims.queries import BatchView, batch_for, error_file, mapping_named, row_errors
from qinghe.claims.services import accept_batch, check_batch, refuse_batch
from qinghe.cli.output import AsJson, show
from qinghe.cli.reading import Encoding, Sheet
from qinghe.kernel.actor import Actor, system
from qinghe.parties.queries import organisation

SHOWN_ERRORS = 20
REFUSED = 1

app = typer.Typer()


@app.command("import")
def import_claims(
    file: Annotated[
        Path, typer.Argument(help="CSV or XLSX.", exists=True, dir_okay=False, readable=True)
    ],
    creditor: Annotated[str, typer.Option(help="Short name of the creditor.")],
    mapping: Annotated[
        str, typer.Option(help=f"Column mapping: {', '.join(SHIPPED)}, or one the creditor saved.")
    ] = "qinghe",
    as_of: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Day on which the file is true; else today."),
    ] = None,
    encoding: Encoding = "",
    sheet: Sheet = "",
    partial: Annotated[
        bool, typer.Option("--partial", help="Take the sound rows although others have errors.")
    ] = False,
    errors: Annotated[
        Path | None, typer.Option(help="Write the faulty rows here, as CSV or XLSX.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Take a file of claims for a creditor, as a whole unless --partial is given."""
    actor, at = system("import"), timezone.now()
    day = as_of.date() if as_of else day_of(at)
    batch_id = _check(file, creditor, mapping, How(encoding, sheet=sheet), day, actor, at)
    checked = batch_for(batch_id=batch_id, actor=actor)
    if errors is not None and checked.rejected:
        fmt = "xlsx" if errors.suffix == ".xlsx" else "csv"
        errors.write_bytes(error_file(checked, fmt))
    whole = not checked.rejected or partial
    if whole:
        accept_batch(batch_id=batch_id, partial=partial, actor=actor, at=at)
    batch = batch_for(batch_id=batch_id, actor=actor)
    _say(batch, as_json=as_json)
    if not whole:
        _refuse(batch, actor, at)


def _check(
    file: Path, creditor: str, mapping: str, how: How, day: date, actor: Actor, at: datetime
) -> UUID:
    creditor_id = organisation(creditor).pk
    return check_batch(
        creditor_id=creditor_id,
        filename=file.name,
        content=file.read_bytes(),
        mapping=mapping_named(creditor_id=creditor_id, name=mapping, how=how),
        as_of=day,
        actor=actor,
        at=at,
    ).pk


def _say(batch: BatchView, *, as_json: bool) -> None:
    show(
        {
            "read": batch.read,
            "accepted": batch.accepted,
            "rejected": batch.rejected,
            "unchanged": batch.unchanged,
            "amount_minor": batch.amount,
            "currency": batch.currency,
            "by_stage": batch.stages,
            "batch": batch.id,
        },
        as_json=as_json,
    )


def _refuse(batch: BatchView, actor: Actor, at: datetime) -> None:
    for each in row_errors(batch, limit=SHOWN_ERRORS):
        typer.echo(f"row {each.row}, {each.column}: {each.reason} {each.fix}", err=True)
    refuse_batch(batch_id=batch.id, actor=actor, at=at)
    typer.echo(
        "Nothing was taken. Correct the rows (--errors FILE writes them down), or use --partial.",
        err=True,
    )
    raise typer.Exit(REFUSED)
