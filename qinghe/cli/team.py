"""`qinghe team`: name a lead, tell what members hold, give out what waits."""

from __future__ import annotations

from typing import Annotated

import typer

from qinghe.cli.output import AsJson, show, show_rows
from qinghe.kernel import clock
from qinghe.kernel.actor import system
from qinghe.market.queries.teams import team
from qinghe.market.services.queueing import distribute_all
from qinghe.market.services.teams import name_lead
from qinghe.market.team_refusals import NoSuchMember
from qinghe.parties.queries import account_named, organisation

ACTOR = system("cli.team")

app = typer.Typer(no_args_is_help=True)
Slug = Annotated[str, typer.Argument(help="Short name of the collector.")]


@app.command("list")
def list_all(collector: Slug, as_json: AsJson = False) -> None:
    """List the members of a team with their room and whether they are here."""
    rows = [
        {
            "name": row.name,
            "lead": row.lead,
            "held": row.held,
            "capacity": row.capacity,
            "here": row.here,
        }
        for row in team(organisation(collector).pk, clock.now())
    ]
    show_rows(rows, as_json=as_json)


@app.command("lead")
def lead(
    collector: Slug,
    email: Annotated[str, typer.Argument(help="Address that the account signs in with.")],
    as_json: AsJson = False,
) -> None:
    """Let an account lead a collector's team; the first one makes the team."""
    user_id = account_named(email=email, actor=ACTOR)
    if user_id is None:
        raise NoSuchMember
    firm = organisation(collector)
    made = name_lead(org_id=firm.pk, user_id=user_id, actor=ACTOR, at=clock.now())
    show({"collector": collector, "lead": made.lead}, as_json=as_json)


@app.command("distribute")
def distribute(as_json: AsJson = False) -> None:
    """Give out what waits in every team, as the clock does."""
    show({"given": distribute_all(at=clock.now())}, as_json=as_json)
