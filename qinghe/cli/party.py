"""`qinghe party`: what is proven of creditors and collectors, and what waits for somebody."""

from __future__ import annotations

from typing import Annotated

import typer

from qinghe.cli.output import AsJson, show, show_rows
from qinghe.kernel import clock
from qinghe.kernel.actor import system
from qinghe.parties import queries, services
from qinghe.parties.levels import TOP
from qinghe.parties.queries import onboarding, standing
from qinghe.parties.services.micro import NoSuchTransfer

ACTOR = system("cli.party")
Slug = Annotated[str, typer.Argument(help="Short name of an organisation.")]
Code = Annotated[str, typer.Argument(help="Code of a small transfer, such as QH12345678.")]

app = typer.Typer(no_args_is_help=True)


@app.command("list")
def list_parties(
    below: Annotated[
        int, typer.Option(help="Only parties below this level.", min=0, max=TOP + 1)
    ] = TOP + 1,
    as_json: AsJson = False,
) -> None:
    """List the parties with their level and the day on which it falls."""
    rows = [
        {
            "slug": each.slug,
            "kind": each.kind,
            "state": each.state,
            "level": each.level,
            "until": each.level_until,
        }
        for each in queries.organisations()
        if each.level < below
    ]
    show_rows(rows, as_json=as_json)


@app.command("show")
def show_party(slug: Slug, as_json: AsJson = False) -> None:
    """Show one party: its level today, what it is made of, what is missing, its doubts."""
    found, at = queries.organisation(slug), clock.now()
    now = standing.standing_now(found, at)
    show(
        {
            "slug": found.slug,
            "level": now.level,
            "until": now.until,
            "missing": [kind.value for kind in now.missing],
            "proofs": [
                {"kind": each.kind, "until": each.expires_on, "by": each.decided_by}
                for each in standing.proofs(org_id=found.pk)
                if each.ended_at is None
            ],
            "doubts": [
                each.kind
                for each in standing.party_flags(org_id=found.pk)
                if each.decided_at is None
            ],
        },
        as_json=as_json,
    )


@app.command()
def ending(
    days: Annotated[int, typer.Option(help="How far ahead to look.", min=1)] = 60,
    as_json: AsJson = False,
) -> None:
    """List proofs and certificates that end soon, the soonest first."""
    rows = [
        {"slug": each.slug, "what": each.what, "ends_on": each.ends_on, "days_left": each.left}
        for each in standing.ending(within_days=days, actor=ACTOR, at=clock.now())
    ]
    show_rows(rows, as_json=as_json)


@app.command()
def applications(as_json: AsJson = False) -> None:
    """List the applications that wait for a reviewer, the soonest due first."""
    rows = [
        {
            "id": each.pk,
            "party": each.organisation.slug if each.organisation else "",
            "kind": each.kind,
            "state": each.state,
            "due_at": each.due_at,
        }
        for each in onboarding.desk(actor=ACTOR)
    ]
    show_rows(rows, as_json=as_json)


@app.command()
def recount(slug: Slug, as_json: AsJson = False) -> None:
    """Count the level of a party anew from its proofs."""
    made = services.recount(org_id=queries.organisation(slug).pk, actor=ACTOR, at=clock.now())
    show({"slug": made.slug, "level": made.level, "until": made.level_until}, as_json=as_json)


@app.command()
def transfers(as_json: AsJson = False) -> None:
    """List the small transfers that a clerk sends by hand; amounts are on the bank desk only."""
    rows = [
        {
            "code": each.code,
            "party": each.account.organisation.slug,
            "asked_at": each.asked_at,
        }
        for each in onboarding.transfers_to_send(actor=ACTOR)
    ]
    show_rows(rows, as_json=as_json)


@app.command()
def sent(
    code: Code,
    reference: Annotated[str, typer.Option(help="The bank's own reference.")] = "",
    as_json: AsJson = False,
) -> None:
    """Say that the bank sent a small transfer."""
    waiting = onboarding.transfers_to_send(actor=ACTOR)
    found = next((each for each in waiting if each.code == code), None)
    if found is None:
        raise NoSuchTransfer
    made = services.record_sent(
        transfer_id=found.pk, reference=reference, actor=ACTOR, at=clock.now()
    )
    show({"code": made.code, "state": made.state}, as_json=as_json)
