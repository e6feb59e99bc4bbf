"""`qinghe simulate`: a whole market under a virtual clock."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any

import typer

from qinghe.cli.output import AsJson, show_json
from qinghe.kernel.errors import DomainError
from qinghe.simulation.commands import crowd_in_own_database, in_own_database, in_this_database
from qinghe.simulation.invariants import Broken

CLAIMS = 120
# A day, no moment: the option gives a naive midnight too.
FIRST = datetime(2026, 3, 2)  # noqa: DTZ001

app = typer.Typer()


@app.command()
def simulate(
    claims: Annotated[
        int | None,
        typer.Option(help="Claims that creditors deliver: 120, or 20 per collector.", min=1),
    ] = None,
    days: Annotated[int, typer.Option(help="Days to live.", min=1)] = 30,
    seed: Annotated[int, typer.Option(help="The same seed gives the same market.")] = 1,
    faults: Annotated[
        bool, typer.Option("--faults", help="Inject crashes, doubled and late messages.")
    ] = False,
    collectors: Annotated[
        int | None,
        typer.Option(help="Live a market of so many collectors, and report who got orders.", min=2),
    ] = None,
    dishonest: Annotated[
        float, typer.Option(help="The share of them that is dishonest.", min=0, max=1)
    ] = 0.05,
    start: Annotated[datetime, typer.Option(help="First day.", formats=["%Y-%m-%d"])] = FIRST,
    here: Annotated[
        bool, typer.Option("--here", help="Fill this empty database instead of a passing one.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """
    Run a market through the real services and check the invariants each day.

    It lives in a database of its own that is dropped afterwards, unless --here is given. With
    --collectors some of them are dishonest, and the report says what became of them.
    """
    common: dict[str, Any] = {"days": days, "seed": seed, "start": start.date()}
    if collectors is not None:
        if here or faults:
            raise typer.BadParameter("--collectors goes with neither --here nor --faults.")
        options = {"collectors": collectors, "dishonest": dishonest, "claims": claims}
        crowd = _told(crowd_in_own_database, **common, **options)
        show_json(crowd.as_dict() if as_json else crowd.figures)
        return
    run = in_this_database if here else in_own_database
    report = _told(run, claims=claims or CLAIMS, faults=faults, **common)
    if as_json:
        show_json(report.as_dict())
        return
    for name, number in {**report.done, **report.refused, **report.injected}.items():
        typer.echo(f"{number:8}  {name}")
    typer.echo(f"every invariant held on {days} days; digest {report.digest[:16]}")


def _told(run: Callable[..., Any], **options: Any) -> Any:
    try:
        return run(progress=lambda line: typer.echo(line, err=True), **options)
    except (Broken, DomainError) as refusal:
        typer.echo(str(refusal), err=True)
        raise typer.Exit(1) from refusal
