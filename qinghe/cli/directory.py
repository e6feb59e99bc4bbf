"""`qinghe directory`: who is listed, and requests for quotation that wait for their hour."""

from __future__ import annotations

from typing import Annotated

import typer

from qinghe.cli.output import AsJson, show, show_rows
from qinghe.kernel import clock
from qinghe.market.queries.listed import listed
from qinghe.market.services.introducing import lapse_introductions
from qinghe.market.services.quote_opening import open_quotes_due

app = typer.Typer(no_args_is_help=True)


@app.command("list")
def list_all(
    region: Annotated[str, typer.Option(help="Region code; empty means everywhere.")] = "",
    product: Annotated[str, typer.Option(help="Product, as in a claims file.")] = "",
    as_json: AsJson = False,
) -> None:
    """List the agencies that agreed to be listed and may work today."""
    regions = (region,) if region else ()
    rows = [
        {
            "agency": row.slug,
            "name": row.name,
            "size": row.size,
            "products": row.products,
            "stages": row.stages,
            "registered": [paper.region or "*" for paper in row.papers],
            "grade": row.standing.grade if row.standing else None,
            "ratio": row.standing.ratio if row.standing else None,
            "low": row.standing.low if row.standing else None,
            "high": row.standing.high if row.standing else None,
        }
        for row in listed(clock.now(), regions=regions, product=product)
    ]
    show_rows(rows, as_json=as_json)


@app.command("open")
def open_due(as_json: AsJson = False) -> None:
    """Open the requests whose hour has come, as the clock does each minute."""
    at = clock.now()
    show({"opened": open_quotes_due(at=at), "lapsed": lapse_introductions(at=at)}, as_json=as_json)
