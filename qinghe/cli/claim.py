"""`qinghe claim`: post one claim told by hand; calculate one again from its contract."""

from __future__ import annotations

import sys
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer
import yaml

from qinghe.claims.days import day_of
from qinghe.claims.queries import ClaimFilters, NoSuchClaim, claims_table
from qinghe.claims.queries.amounts import CheckedLine, VerificationView, recomputed
from qinghe.claims.services import ClaimRefused, Outlook, outlook_of, post_claim
from qinghe.cli.output import AsJson, show, show_json
from qinghe.kernel import clock
from qinghe.kernel.actor import system
from qinghe.kernel.money import to_major
from qinghe.parties.queries import organisation

REFUSED = 1
ACTOR = system("cli.claim")

app = typer.Typer(no_args_is_help=True)


@app.callback()
def claims() -> None:
    """Post one claim, or calculate one again from its contract."""


@app.command()
def post(
    file: Annotated[
        Path,
        typer.Argument(help="JSON or YAML with the fields of a claims file; - for standard input."),
    ],
    creditor: Annotated[str, typer.Option(help="Short name of the creditor.")],
    as_of: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Day on which the amounts are right; else today."),
    ] = None,
    dry_run: Annotated[
        bool,
        typer.Option("--dry-run", help="Lay it ready and say what would happen; post nothing."),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Post one claim for a creditor, checked like a file of one row."""
    at = clock.now()
    try:
        batch = post_claim(
            creditor_id=organisation(creditor).pk,
            told=_facts(file),
            as_of=as_of.date() if as_of else day_of(at),
            accept=not dry_run,
            actor=ACTOR,
            at=at,
        )
    except ClaimRefused as refusal:
        _refuse(refusal, as_json=as_json)
        raise typer.Exit(REFUSED) from None
    show(_told(outlook_of(batch_id=batch.pk, actor=ACTOR, at=at)), as_json=as_json)


def _facts(file: Path) -> dict[str, str]:
    """Return what a file tells; data of people stand in no argument, where others could see it."""
    text = sys.stdin.read() if str(file) == "-" else file.read_text("utf-8")
    # Every value stays the text it is: an amount is no fraction, a number no integer.
    told = yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506  it makes texts only
    if not isinstance(told, dict):
        raise typer.BadParameter("Write one claim: fields with their values.")
    return {str(name): str(value) for name, value in told.items()}


def _refuse(refusal: ClaimRefused, *, as_json: bool) -> None:
    faults: Any = refusal.facts["faults"]
    if as_json:
        show_json({"refused": faults})
        return
    for each in faults:
        typer.echo(f"{each['field']}: {each['reason']} {each['fix']}", err=True)
    typer.echo("Nothing was kept.", err=True)


def _told(found: Outlook) -> dict[str, Any]:
    check = found.check
    return {
        "number": found.number,
        "contract_number": found.contract_number,
        "state": found.state,
        "amount": f"{to_major(found.amount, found.currency)} {found.currency}",
        "time_barred": found.time_barred,
        "papers_needed": list(found.papers),
        "calculated": None if check is None else check.outcome,
        "lawful_minor": None if check is None else check.lawful,
        "batch": found.batch_id,
    }


@app.command()
def recompute(
    number: Annotated[str, typer.Argument(help="Number of a claim, such as QH-2611-000123.")],
    explain: Annotated[
        bool, typer.Option("--explain", help="Name the rules behind every line.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Show what is claimed, agreed and lawful, line by line; nothing is written."""
    found = claims_table(actor=ACTOR, filters=ClaimFilters(text=number))
    row = next((each for each in found.rows if each.number == number), None)
    if row is None:
        raise NoSuchClaim
    check = recomputed(claim_id=row.id, actor=ACTOR, at=clock.now())
    if as_json:
        show_json({"number": number, "currency": row.currency, **asdict(check)})
        return
    typer.echo(f"{number}  {check.as_of}  {check.outcome_label}  {check.law}")
    for line in _lines(check, row.currency, explain):
        typer.echo(line)


def _lines(check: VerificationView, currency: str, explain: bool) -> list[str]:
    told = []
    for line in check.lines:
        told.append(_amounts(line, currency))
        if explain:
            told += [f"    {each.rule}: {each.text} [{each.source}]" for each in line.why]
    told += [f"  ! {each.rule}: {each.text}" for each in check.cautions]
    if check.missing:
        told.append(f"  missing ({check.completeness} % known): {', '.join(check.missing_labels)}")
    return told


def _amounts(line: CheckedLine, currency: str) -> str:
    names = ("claimed", "contract", "lawful", "difference")
    amounts = "  ".join(f"{name} {to_major(getattr(line, name), currency)}" for name in names)
    return f"  {line.component}: {amounts}"
