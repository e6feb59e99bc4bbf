"""`qinghe integrity`: look at the market now, list what waits, show one flag, the rules' record."""

from __future__ import annotations

from typing import Annotated

import typer

from qinghe.cli.output import AsJson, show, show_rows
from qinghe.kernel import clock
from qinghe.kernel.actor import system
from qinghe.quality.integrity_refusals import NoSuchFlag
from qinghe.quality.queries.integrity.desk import flag_for, queue, rule_figures
from qinghe.quality.services.integrity.sweeping import sweep

ACTOR = system("cli.integrity")

app = typer.Typer(no_args_is_help=True)


@app.command()
def look(as_json: AsJson = False) -> None:
    """Look at what changed since the last look; tells how many signs and flags are new."""
    found = sweep(actor=ACTOR, at=clock.now())
    show({"until": found.until, "signs": found.signs, "flags": found.flags}, as_json=as_json)


@app.command("list")
def list_(
    decided: Annotated[bool, typer.Option("--decided", help="Those decided, instead.")] = False,
    as_json: AsJson = False,
) -> None:
    """List the flags that wait for a person, the oldest first."""
    now = clock.now()
    rows = queue(actor=ACTOR, decided=decided)
    show_rows(
        [
            {
                "number": row.number,
                "rule": row.rule,
                "state": row.state,
                "score": row.score,
                "days": row.age(now),
                "parties": list(row.parties),
            }
            for row in rows
        ],
        as_json=as_json,
    )


@app.command("show")
def show_flag(
    number: Annotated[str, typer.Argument(help="Number of a flag, such as CX261128123456.")],
    as_json: AsJson = False,
) -> None:
    """Show one flag: its parties, its signs by kind, and what was decided."""
    rows = [*queue(actor=ACTOR), *queue(actor=ACTOR, decided=True)]
    ids = [row.id for row in rows if row.number == number.upper()]
    if not ids:
        raise NoSuchFlag
    view = flag_for(flag_id=ids[0], actor=ACTOR)
    told = {
        "number": view.row.number,
        "rule": view.row.rule,
        "state": view.row.state,
        "score": view.row.score,
        "least": view.rule.least,
        "signs": dict(view.links),
        "parties": [
            {
                "name": party.name,
                "asked": party.respondent.asked_at,
                "answered": party.respondent.stated_at,
                "outcome": party.ruling.outcome if party.ruling else None,
                "ruling": party.ruling.state if party.ruling else None,
            }
            for party in view.parties
        ],
    }
    show(told, as_json=as_json)


@app.command()
def rules(as_json: AsJson = False) -> None:
    """Tell how often each rule was confirmed and how often unfounded."""
    show_rows(
        [
            {
                "rule": row.rule.code,
                "waiting": row.waiting,
                "confirmed": row.confirmed,
                "unfounded": row.unfounded,
                "retired": row.retired is not None,
            }
            for row in rule_figures(actor=ACTOR)
        ],
        as_json=as_json,
    )
