"""`qinghe synthesise`: files of invented data, to try an import with."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from qinghe.bench.synthetic import IGNORED, write_claims
from qinghe.claims.days import day_of
from qinghe.cli.output import AsJson, show
from qinghe.kernel import clock

app = typer.Typer(no_args_is_help=True)


@app.callback()
def synthesise() -> None:
    """Write files of invented data; nobody can own what stands in them."""


@app.command()
def claims(
    file: Annotated[Path, typer.Argument(help="The CSV file to write.", dir_okay=False)],
    rows: Annotated[int, typer.Option(help="Rows.", min=1)] = 10_000,
    seed: Annotated[int, typer.Option(help="The same seed gives the same rows.", min=0)] = 1,
    as_of: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Day of the file; else today.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Write a file of claims, 25 columns. A real installation refuses every row of it."""
    day = as_of.date() if as_of else day_of(clock.now())
    write_claims(file, rows=rows, seed=seed, as_of=day)
    facts = {"file": str(file), "rows": rows, "seed": seed, "as_of": day.isoformat()}
    show({**facts, "ignore": ",".join(IGNORED)}, as_json=as_json)
