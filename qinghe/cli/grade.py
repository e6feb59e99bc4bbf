"""`qinghe grade`: what is published of collectors, why, and the nightly look by hand."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any
from uuid import UUID

import typer
from django.utils.translation import get_language

from qinghe.cli.output import AsJson, show, show_rows
from qinghe.kernel import clock
from qinghe.kernel.actor import system
from qinghe.market.queries import StandingRow, standing_of, standings
from qinghe.parties.queries import organisation, organisations
from qinghe.parties.terms import OrgKind
from qinghe.quality.queries import explained, places_of
from qinghe.quality.services import grade_changed, recognise_experience

ACTOR = system("cli.grade")
KINDS = (OrgKind.AGENCY, OrgKind.OWN_TEAM)

app = typer.Typer(no_args_is_help=True)
Slug = Annotated[str, typer.Argument(help="Short name of the collector.")]


@app.command("list")
def list_all(as_json: AsJson = False) -> None:
    """List every collector with its grade and ratio."""
    firms = {firm.pk: firm for firm in organisations(kinds=KINDS)}
    told = standing_of(list(firms), clock.now())
    rows = [{"collector": firms[pk].slug, **_told(told.get(pk))} for pk in firms]
    show_rows(rows, as_json=as_json)


@app.command("show")
def show_one(collector: Slug, as_json: AsJson = False) -> None:
    """Tell one collector's standing, what keeps the next step shut, and its history."""
    firm = organisation(collector)
    now = standing_of([firm.pk], clock.now()).get(firm.pk)
    told: dict[str, Any] = {"collector": firm.slug, **_told(now)}
    if now is not None:
        why = explained(
            firm.pk, grade=now.grade, review_on=now.review_on, language=get_language() or "en"
        )
        if why is not None:
            told["next_grade"] = why.above.key if why.above else None
            told["shut_by"] = [line.key for line in why.shut]
            told["accounts_missing"] = why.accounts_missing
            told["days_missing"] = why.days_missing
        told["places"] = _places(firm.pk, now.grade)
        told["history"] = [
            {"since": row.since, "grade": row.grade, "cause": row.cause}
            for row in standings(firm.pk)
        ]
    show(told, as_json=as_json)


@app.command("run")
def run(as_json: AsJson = False) -> None:
    """Grade the collectors of whom something changed, as the night does."""
    show({"graded": grade_changed(at=clock.now())}, as_json=as_json)


@app.command("recognise")
def recognise(
    collector: Slug,
    step: Annotated[str, typer.Argument(help="Grade that experience elsewhere opens.")],
    reason: Annotated[str, typer.Option(help="What was examined.")],
    as_json: AsJson = False,
) -> None:
    """Recognise experience elsewhere; conduct limits the grade as always."""
    made = recognise_experience(
        collector_id=organisation(collector).pk,
        step=step,
        reason=reason,
        actor=ACTOR,
        at=clock.now(),
    )
    show({"collector": collector, "step": made.step}, as_json=as_json)


def _places(collector_id: UUID, grade: str) -> dict[str, Any] | None:
    """Return what a collector may hold, what that comes from, and what opens more."""
    tongue = get_language() or "en"
    row = places_of(collector_id, grade=grade, language=tongue, at=clock.now())
    return {name: told for name, told in asdict(row).items() if name != "rungs"} if row else None


def _told(row: StandingRow | None) -> dict[str, Any]:
    if row is None:
        return {"grade": None}
    hidden = ("collector_id", "id")
    told = {name: value for name, value in asdict(row).items() if name not in hidden}
    return {**told, "too_little": row.too_little}
