"""`qinghe verify`: whether the installation keeps its promises."""

from dataclasses import asdict

import typer

from qinghe.cli.output import AsJson, show_json
from qinghe.kernel import clock
from qinghe.reporting.verification import verify as verify_all

BROKEN = 1

app = typer.Typer()


@app.command()
def verify(as_json: AsJson = False) -> None:
    """Check books, journal, budgets, holds, mandates and listings; end with code 1 if one fails."""
    result = verify_all(at=clock.now())
    if as_json:
        show_json({"ok": result.ok, "checks": [asdict(check) for check in result]})
    else:
        for check in result:
            typer.echo(f"{'ok    ' if check.ok else 'BROKEN'}  {check.name}: {check.detail}")
    if not result.ok:
        raise typer.Exit(BROKEN)
