"""`qinghe payments`: payments that reached a creditor directly."""

from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from qinghe.claims.days import day_of
from qinghe.cli.output import AsJson, show
from qinghe.kernel import clock
from qinghe.kernel.actor import system
from qinghe.parties.queries import organisation
from qinghe.settlement.services import import_payments

app = typer.Typer(help="Payments that reached a creditor directly.")


@app.callback()
def payments() -> None:
    """Payments that reached a creditor directly."""


@app.command("import")
def import_file(
    file: Annotated[
        Path, typer.Argument(help="CSV or XLSX.", exists=True, dir_okay=False, readable=True)
    ],
    creditor: Annotated[str, typer.Option(help="Short name of the creditor.")],
    mapping: Annotated[str, typer.Option(help="Column mapping: qinghe or ar_ibm.")] = "qinghe",
    until: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Last day of payment to book; else today."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Book the payments of a file; the same file again books nothing."""
    at = clock.now()
    result = import_payments(
        creditor_id=organisation(creditor).pk,
        content=file.read_bytes(),
        mapping=mapping,
        until=until.date() if until else day_of(at),
        actor=system("payments.import"),
        at=at,
    )
    show(asdict(result), as_json=as_json)
