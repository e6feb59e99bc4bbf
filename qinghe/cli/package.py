"""`qinghe package`: what is bundled and open; ends what is too small or too old."""

from __future__ import annotations

from typing import Annotated

import typer

from qinghe.cli.output import AsJson, show, show_rows
from qinghe.kernel import clock
from qinghe.kernel.actor import Actor, Role
from qinghe.market.queries.packages import packages
from qinghe.market.services import tidy_packages

app = typer.Typer(no_args_is_help=True)


@app.command("list")
def list_packages(
    page: Annotated[int, typer.Option(help="Which page of ten.", min=1)] = 1,
    as_json: AsJson = False,
) -> None:
    """List packages, the newest first: orders left, orders at first, where it ends."""
    found = packages(actor=Actor(role=Role.OPERATOR), at=clock.now(), page=page)
    rows = [
        {
            "number": row.number,
            "state": row.state,
            "orders": row.orders,
            "size": row.size,
            "minimum": row.minimum,
            "currency": row.currency,
            "worth": f"{row.worth[0]}-{row.worth[1]}",
            "commission": str(row.commission_rate),
            "expires_at": row.expires_at.isoformat(timespec="minutes"),
        }
        for row in found.rows
    ]
    show_rows(rows, as_json=as_json)


@app.command()
def tidy(as_json: AsJson = False) -> None:
    """Take out what was stopped or paid, and end packages too small or too old."""
    show({**tidy_packages(at=clock.now())}, as_json=as_json)
