"""`qinghe simulate`: a whole market under a virtual clock."""

from datetime import datetime
from typing import Annotated

import typer

from qinghe.cli.output import AsJson, show_json
from qinghe.kernel.errors import DomainError
from qinghe.simulation.commands import in_own_database, in_this_database
from qinghe.simulation.invariants import Broken

# A day, no moment: the option gives a naive midnight too.
FIRST = datetime(2026, 3, 2)  # noqa: DTZ001

app = typer.Typer()


@app.command()
def simulate(
    claims: Annotated[int, typer.Option(help="Claims that creditors deliver.", min=1)] = 120,
    days: Annotated[int, typer.Option(help="Days to live.", min=1)] = 30,
    seed: Annotated[int, typer.Option(help="The same seed gives the same market.")] = 1,
    faults: Annotated[
        bool, typer.Option("--faults", help="Inject crashes, doubled and late messages.")
    ] = False,
    start: Annotated[datetime, typer.Option(help="First day.", formats=["%Y-%m-%d"])] = FIRST,
    here: Annotated[
        bool, typer.Option("--here", help="Fill this empty database instead of a passing one.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """
    Run a market through the real services and check the invariants each day.

    It lives in a database of its own that is dropped afterwards, unless --here is given.
    """
    run = in_this_database if here else in_own_database
    try:
        report = run(
            claims=claims,
            days=days,
            seed=seed,
            faults=faults,
            start=start.date(),
            progress=lambda line: typer.echo(line, err=True),
        )
    except (Broken, DomainError) as refusal:
        typer.echo(str(refusal), err=True)
        raise typer.Exit(1) from refusal
    if as_json:
        show_json(report.as_dict())
        return
    for name, number in {**report.done, **report.refused, **report.injected}.items():
        typer.echo(f"{number:8}  {name}")
    typer.echo(f"every invariant held on {days} days; digest {report.digest[:16]}")
