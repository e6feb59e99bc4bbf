"""`qinghe reconcile`: does a lender's file add up, loan by loan and to the cent?"""

from __future__ import annotations

from dataclasses import astuple
from pathlib import Path
from typing import Annotated

import typer

from qinghe.claims.intake.columns import SHIPPED, shipped
from qinghe.claims.intake.how import How
from qinghe.claims.intake.read import read_table
from qinghe.claims.intake.waterfall import FIELDS, NEEDED, Reconciliation, reconcile
from qinghe.cli.output import AsJson, show
from qinghe.cli.reading import Encoding, Sheet
from qinghe.kernel.tables import as_csv

SHOWN: int = 20
DIFFERS = 1
HEAD = ("loan", "figure", "in file", "computed", "reason")

app = typer.Typer()


@app.command("reconcile")
def reconcile_file(
    file: Annotated[
        Path, typer.Argument(help="CSV or XLSX.", exists=True, dir_okay=False, readable=True)
    ],
    mapping: Annotated[
        str, typer.Option(help=f"Whose columns: {', '.join(SHIPPED)}.")
    ] = "lending_club",
    encoding: Encoding = "",
    sheet: Sheet = "",
    differences: Annotated[
        Path | None, typer.Option(help="Write every difference here, as CSV.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Compute a loan file's sums anew; ends with 1 when more differs than rounding explains.

    Per loan: received = principal + interest + late fees + recoveries; repaid + open + written off
    = lent; the collection fee is at most what was recovered; the instalment is the annuity's.
    """
    columns = shipped(mapping).waterfall
    table = read_table(file.read_bytes(), How(encoding=encoding, sheet=sheet))
    lacking = [columns[name] for name in FIELDS if name in columns and columns[name] not in table]
    if lacking or not all(name in columns for name in NEEDED):
        told = ", ".join(lacking) or ", ".join(NEEDED)
        typer.echo(f"The file or the mapping does not give: {told}.", err=True)
        raise typer.Exit(2)
    found = reconcile(table.iter_rows(named=True), columns)
    if differences is not None:
        rows = [[*astuple(each)[:4], each.reason.value] for each in found.differences]
        differences.write_bytes(as_csv([HEAD, *rows]))
    show(_answer(found), as_json=as_json)
    for each in found.open_differences[:SHOWN]:
        typer.echo(
            f"loan {each.loan}, {each.figure}: {each.in_file} in the file, "
            f"{each.computed} computed ({each.reason.value})",
            err=True,
        )
    if found.open_differences:
        raise typer.Exit(DIFFERS)


def _answer(found: Reconciliation) -> dict[str, object]:
    return {
        "loans": found.loans,
        "equal": found.equal,
        **{f"total_{name}": amount for name, amount in found.totals.items()},
        "received_computed": found.received_computed,
        "written_off": found.written_off,
        "written_off_balance": found.written_off_balance,
        "recovered": found.recovered,
        "collection_fees": found.collection_fees,
        "differences": found.by_reason(),
    }
