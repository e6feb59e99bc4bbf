"""`qinghe hold`: stop contact for what the platform learns by telephone or letter."""

from __future__ import annotations

from datetime import datetime, time
from enum import StrEnum
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from django.conf import settings

from qinghe.claims.queries import ClaimFilters, ClaimView, NoSuchClaim, claim_view, claims_table
from qinghe.claims.services import lift_hold, place_hold
from qinghe.claims.terms import HoldKind
from qinghe.cli.output import AsJson, show
from qinghe.kernel import clock
from qinghe.kernel.actor import system
from qinghe.kernel.ids import new_id

ACTOR = system("cli.hold")

app = typer.Typer(no_args_is_help=True)


class Kind(StrEnum):
    """Reasons that no page of the platform learns by itself; the other holds have their verbs."""

    DEATH = HoldKind.DEATH.value
    REPRESENTATION = HoldKind.REPRESENTATION.value
    MORATORIUM = HoldKind.MORATORIUM.value


@app.command()
def place(
    claim: Annotated[str, typer.Argument(help="Number of a claim, such as QH-2611-000123.")],
    kind: Annotated[Kind, typer.Option(help="What was learnt.")],
    until: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="First day without the hold; else until lifted."),
    ] = None,
    claim_only: Annotated[
        bool, typer.Option("--claim-only", help="Stop contact about this claim only.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Stop contact with a claim's debtor at once; prints the cause that lifts it again."""
    view = _claim(claim)
    hold = place_hold(
        person_id=view.debtor_id,
        claim_id=view.id if claim_only else None,
        kind=kind.value,
        cause=f"cli:{new_id()}",
        ends_at=_midnight(until) if until else None,
        actor=ACTOR,
        at=clock.now(),
    )
    show({"cause": hold.cause, "kind": hold.kind, "ends_at": hold.ends_at}, as_json=as_json)


@app.command()
def lift(
    cause: Annotated[str, typer.Argument(help="The cause that was printed.")],
    as_json: AsJson = False,
) -> None:
    """Let contact go on as far as this cause stopped it."""
    show({"lifted": lift_hold(cause=cause, actor=ACTOR, at=clock.now())}, as_json=as_json)


def _claim(number: str) -> ClaimView:
    found = claims_table(actor=ACTOR, filters=ClaimFilters(text=number))
    ids = [row.id for row in found.rows if row.number == number]
    if not ids:
        raise NoSuchClaim
    return claim_view(ids[0])


def _midnight(day: datetime) -> datetime:
    return datetime.combine(day.date(), time(), ZoneInfo(settings.DISPLAY_ZONE))
