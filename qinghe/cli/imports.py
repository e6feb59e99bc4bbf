"""`qinghe import`: a creditor's file of claims, from the command line."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any, Final
from uuid import UUID

import typer

from qinghe.claims.days import day_of
from qinghe.claims.intake.columns import SHIPPED
from qinghe.claims.intake.how import How
from qinghe.claims.queries import BatchView, batch_for, error_file, mapping_named, row_errors
from qinghe.claims.services import accept_batch, intake, receive_batch, refuse_batch
from qinghe.claims.terms import WORKING, BatchState
from qinghe.cli.output import AsJson, show
from qinghe.cli.reading import Encoding, Sheet
from qinghe.kernel import clock
from qinghe.kernel.actor import system
from qinghe.parties.filestore import seal_stream
from qinghe.parties.queries import organisation

SHOWN_ERRORS = 20
REFUSED = 1
# Between two looks at a batch that a worker of the installation is at.
PAUSE_SECONDS: Final = 1
ACTOR: Final = system("import")

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
    ignore: Annotated[str, typer.Option(help="Columns to leave out, with commas between.")] = "",
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
    """Take a file of claims for a creditor, as a whole unless --partial is given.

    Interrupted, the work is gone on with by the installation, or by the same command again.
    """
    day = as_of.date() if as_of else day_of(clock.now())
    creditor_id = organisation(creditor).pk
    chosen = _mapping(creditor_id, mapping, ignore, How(encoding, sheet=sheet))
    batch = _worked(_received(file, creditor_id, chosen, day), "checked")
    if errors is not None and batch.rejected:
        fmt = "xlsx" if errors.suffix == ".xlsx" else "csv"
        errors.write_bytes(error_file(batch, fmt))
    if batch.state == BatchState.CHECKED and (partial or not batch.rejected):
        accept_batch(batch_id=batch.id, partial=partial, actor=ACTOR, at=clock.now())
        batch = _worked(batch.id, "taken over")
    _say(batch, as_json=as_json)
    if batch.state != BatchState.ACCEPTED:
        _refuse(batch)


def _received(file: Path, creditor_id: UUID, mapping: dict[str, Any], day: date) -> UUID:
    with file.open("rb") as source:
        sha256 = seal_stream(source)
    batch = receive_batch(
        creditor_id=creditor_id,
        filename=file.name,
        sha256=sha256,
        mapping=mapping,
        as_of=day,
        actor=ACTOR,
        at=clock.now(),
    )
    return batch.pk


def _mapping(creditor_id: UUID, name: str, ignore: str, how: How) -> dict[str, Any]:
    chosen = mapping_named(creditor_id=creditor_id, name=name, how=how)
    left_out = ignore.split(",") if ignore else []
    return {**chosen, "ignore": [*(chosen.get("ignore") or []), *left_out]}


def _worked(batch_id: UUID, what: str) -> BatchView:
    """Work on a batch here, unless a worker of the installation does; return it when it is done."""
    told = _teller(batch_id, what)
    while (batch := batch_for(batch_id=batch_id, actor=ACTOR)).state in WORKING:
        if not intake(batch_id=batch_id, clock=clock.now, told=told):
            told()
            time.sleep(PAUSE_SECONDS)
    return batch


def _teller(batch_id: UUID, what: str) -> Callable[[], None]:
    def tell() -> None:
        progress = batch_for(batch_id=batch_id, actor=ACTOR).progress
        if progress is None:
            return
        left = progress.remaining_seconds
        rest = "" if left is None else f", about {left} s left"
        typer.echo(f"{what}: {progress.done:,} of {progress.of:,}{rest}", err=True)

    return tell


def _say(batch: BatchView, *, as_json: bool) -> None:
    show(
        {
            "state": batch.state,
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


def _refuse(batch: BatchView) -> None:
    for each in row_errors(batch, limit=SHOWN_ERRORS):
        typer.echo(f"row {each.row}, {each.column}: {each.reason} {each.fix}", err=True)
    if batch.failed_because:
        typer.echo(batch.failed_because, err=True)
    if batch.state == BatchState.CHECKED:
        refuse_batch(batch_id=batch.id, actor=ACTOR, at=clock.now())
    typer.echo(
        "Nothing was taken. Correct the rows (--errors FILE writes them down), or use --partial.",
        err=True,
    )
    raise typer.Exit(REFUSED)
