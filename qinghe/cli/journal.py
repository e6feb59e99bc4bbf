"""`qinghe journal`: seal the journal and prove that nobody changed it."""

from dataclasses import asdict

import typer

from qinghe.cli.output import AsJson, show
from qinghe.journal import queries, services
from qinghe.kernel import clock

BROKEN = 1

app = typer.Typer(help="Seal the journal, and prove that nobody changed it.")


@app.command()
def verify(as_json: AsJson = False) -> None:
    """Recompute every seal from the entries; end with code 1 if one does not match."""
    report = queries.verify()
    show({"ok": report.ok, **asdict(report)}, as_json=as_json)
    if not report.ok:
        raise typer.Exit(BROKEN)


@app.command()
def seal(as_json: AsJson = False) -> None:
    """Seal what was recorded since the last seal."""
    batches = services.seal(at=clock.now())
    show(
        {"batches": len(batches), "entries": sum(batch.size for batch in batches)},
        as_json=as_json,
    )


@app.command()
def prove(entry: int, as_json: AsJson = False) -> None:
    """Show the proof that one entry is sealed: its leaf, the root, and the path between."""
    found = queries.proof(entry_id=entry)
    if found is None:
        typer.echo("This entry is not sealed yet, or there is none with this number.", err=True)
        raise typer.Exit(BROKEN)
    show(asdict(found), as_json=as_json)
