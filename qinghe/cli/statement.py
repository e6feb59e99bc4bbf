"""`qinghe statement`: what the bank says, and the money whose purpose is not known yet."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from qinghe.cli.output import AsJson, show
from qinghe.kernel import clock
from qinghe.kernel.actor import system
from qinghe.settlement.queries.gaps import gaps
from qinghe.settlement.queries.suspense import ages, in_suspense, unexplained
from qinghe.settlement.services import import_statement

ACTOR = system("statement.import")

app = typer.Typer(no_args_is_help=True)


@app.callback()
def statement() -> None:
    """Take in statements of the platform's account, and tell what waits in suspense."""


@app.command("import")
def import_file(
    file: Annotated[
        Path,
        typer.Argument(
            help="camt.053, MT940, CSV or XLSX.", exists=True, dir_okay=False, readable=True
        ),
    ],
    mapping: Annotated[str, typer.Option(help="Columns of a table: qinghe.")] = "qinghe",
    as_json: AsJson = False,
) -> None:
    """Take in a statement; the same file or entry again changes nothing."""
    result = import_statement(
        content=file.read_bytes(), mapping=mapping, actor=ACTOR, at=clock.now()
    )
    show(asdict(result), as_json=as_json)


@app.command()
def suspense(as_json: AsJson = False) -> None:
    """Tell what waits, how long, what left unexplained, and which statements are missing."""
    at = clock.now()
    waiting = in_suspense(actor=ACTOR, limit=10_000)
    show(
        {
            "waiting": len(waiting),
            "oldest": waiting[0].since if waiting else None,
            "ages": [asdict(each) for each in ages(actor=ACTOR, at=at)],
            "unexplained": len(unexplained(actor=ACTOR, limit=10_000)),
            "gaps": [asdict(each) for each in gaps(actor=ACTOR)],
        },
        as_json=as_json,
    )
