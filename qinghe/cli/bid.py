"""`qinghe bid`: open boxes, prove an opening, keep the cost figures."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from qinghe.cli.output import AsJson, show
from qinghe.kernel import clock
from qinghe.kernel.actor import system
from qinghe.market.queries.bid_audit import audit
from qinghe.market.queries.bids import listing_numbered
from qinghe.market.queries.costs import figures_at, text_at
from qinghe.market.services import open_due, put_costs

ACTOR = system("cli.bid")
Number = Annotated[str, typer.Argument(help="Number of an order, such as 3F7KQ-9M2XA.")]

app = typer.Typer(no_args_is_help=True)
costs = typer.Typer(no_args_is_help=True, help="The cost figures behind the lowest bid.")
app.add_typer(costs, name="costs")


@app.callback()
def bid() -> None:
    """Sealed bids: nothing here shows one before its box is opened."""


@app.command("open")
def open_boxes(as_json: AsJson = False) -> None:
    """Open every box whose moment has come, as the clock does each minute."""
    show({"opened": open_due(at=clock.now())}, as_json=as_json)


@app.command()
def prove(number: Number, as_json: AsJson = False) -> None:
    """Prove from the journal that the opening of a box was honest; ends with 1 when it was not."""
    faults = audit(listing_id=listing_numbered(number))
    show({"order": number, "honest": not faults, "faults": faults}, as_json=as_json)
    if faults:
        raise typer.Exit(1)


@costs.command("show")
def show_costs(as_json: AsJson = False) -> None:
    """Print the figures in force, ready to be edited."""
    at = clock.now()
    if as_json:
        show({"version": figures_at(at).version, "text": text_at(at)}, as_json=True)
    else:
        typer.echo(text_at(at), nl=False)


@costs.command("put")
def put(
    file: Annotated[Path, typer.Argument(help="YAML as `costs show` prints it.", exists=True)],
    as_json: AsJson = False,
) -> None:
    """Put cost figures in force from now on; open orders keep the floor they have."""
    made = put_costs(text=file.read_text("utf-8"), actor=ACTOR, at=clock.now())
    show({"version": made.version, "since": made.starts_at}, as_json=as_json)
