"""`qinghe claim`: calculate a claim again, from its contract and the payments on record."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from qinghe.claims.queries import ClaimFilters, NoSuchClaim, claims_table
from qinghe.claims.queries.amounts import CheckedLine, VerificationView, recomputed
from qinghe.cli.output import AsJson, show_json
from qinghe.kernel import clock
from qinghe.kernel.actor import system
from qinghe.kernel.money import to_major

ACTOR = system("cli.claim")

app = typer.Typer(no_args_is_help=True)


@app.callback()
def claims() -> None:
    """Calculate a claim again from its contract."""


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
