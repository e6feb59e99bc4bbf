"""`qinghe dispatch`: run a window now, and tell what the latest ones decided."""

from __future__ import annotations

from typing import Annotated

import typer

from qinghe.cli.output import AsJson, show, show_rows
from qinghe.kernel import clock
from qinghe.kernel.actor import Actor, Role
from qinghe.market.queries.offers import rounds
from qinghe.market.services import dispatch

app = typer.Typer(no_args_is_help=True)


@app.command()
def run(as_json: AsJson = False) -> None:
    """Match the orders that wait and offer them; prints how many lapsed and were offered."""
    show({**dispatch(at=clock.now())}, as_json=as_json)


@app.command("list")
def list_windows(
    limit: Annotated[int, typer.Option(help="So many of the latest.", min=1)] = 20,
    as_json: AsJson = False,
) -> None:
    """List the latest windows: orders, value, bound; a gap of 0 is a proven optimum."""
    rows = [
        {
            "id": row.pk,
            "at": row.ran_at.isoformat(timespec="minutes"),
            "currency": row.currency,
            "orders": row.orders,
            "assigned": row.assigned,
            "value": row.value,
            "greedy": row.greedy,
            "gap": row.bound - row.objective,
            "seconds": row.seconds,
        }
        for row in rounds(actor=Actor(role=Role.OPERATOR), limit=limit)
    ]
    show_rows(rows, as_json=as_json)
