"""`qinghe payouts`: runs, the bank's file and its answers. Approving takes a person on the page."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from qinghe.claims.days import day_of
from qinghe.cli.output import AsJson, show, show_rows, write_private
from qinghe.kernel import clock
from qinghe.kernel.actor import system
from qinghe.settlement.payout_terms import FileFormat
from qinghe.settlement.queries import PayoutRow, payouts
from qinghe.settlement.queries.runs import RunRow, limits, payouts_of, run_named, runs
from qinghe.settlement.services import (
    hand_in,
    make_bank_file,
    open_bank_file,
    open_run,
    prepare_payouts,
    read_bank_answers,
)

ACTOR = system("cli.payouts")

app = typer.Typer(no_args_is_help=True)
Run = Annotated[str, typer.Argument(help="Number of the run, PR-…")]


@app.command("list")
def list_payouts(
    state: Annotated[str, typer.Option(help="draft, approved, sent, paid, failed, dropped.")] = "",
    as_json: AsJson = False,
) -> None:
    """List payouts, newest first."""
    show_rows([_payout(row) for row in payouts(actor=ACTOR, state=state or None)], as_json=as_json)


@app.command("runs")
def list_runs(as_json: AsJson = False) -> None:
    """List payout runs, newest first."""
    show_rows([_run(row) for row in runs(actor=ACTOR)], as_json=as_json)


@app.command("show")
def show_run(run: Run, as_json: AsJson = False) -> None:
    """List the payouts of a run."""
    found = run_named(number=run, actor=ACTOR)
    rows = payouts_of(run_id=found.id, actor=ACTOR)
    show_rows([_payout(row) for row in rows], as_json=as_json)


@app.command()
def prepare(as_json: AsJson = False) -> None:
    """Draft a payout for all that is payable now."""
    drafted = prepare_payouts(actor=ACTOR, at=clock.now())
    show({"payouts": len(drafted)}, as_json=as_json)


@app.command("open")
def open_one(
    currency: Annotated[str, typer.Option(help="Currency of the run.")] = "CNY",
    as_json: AsJson = False,
) -> None:
    """Collect what can go out now into a run; somebody approves it on the page."""
    run = open_run(currency=currency, actor=ACTOR, at=clock.now())
    show(_run(run_named(number=run.number, actor=ACTOR)), as_json=as_json)


@app.command("file")
def write_file(
    run: Run,
    folder: Annotated[Path, typer.Argument(help="Where to write it.", file_okay=False)],
    file_format: Annotated[
        FileFormat, typer.Option("--format", help="Used when the file is made.")
    ] = FileFormat.CHINESE,
    executes_on: Annotated[
        datetime | None,
        typer.Option("--on", formats=["%Y-%m-%d"], help="Day to pay on; else today."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Make the bank's file of an approved run, or write the one that was made, for you alone."""
    at, found = clock.now(), run_named(number=run, actor=ACTOR)
    if not found.file_sha256:
        day = executes_on.date() if executes_on else day_of(at)
        make_bank_file(
            run_id=found.id, file_format=file_format, executes_on=day, actor=ACTOR, at=at
        )
    file = open_bank_file(run_id=found.id, actor=ACTOR, at=at)
    path = folder / file.name
    write_private(path, file.content)
    sha256 = run_named(number=run, actor=ACTOR).file_sha256
    show({"run": run, "file": str(path), "sha256": sha256}, as_json=as_json)


@app.command()
def sent(run: Run, as_json: AsJson = False) -> None:
    """Say that the file of a run is with the bank."""
    found = run_named(number=run, actor=ACTOR)
    hand_in(run_id=found.id, actor=ACTOR, at=clock.now())
    show(_run(run_named(number=run, actor=ACTOR)), as_json=as_json)


@app.command()
def answers(
    file: Annotated[
        Path, typer.Argument(help="pain.002, camt.054 or CSV.", exists=True, dir_okay=False)
    ],
    as_json: AsJson = False,
) -> None:
    """Read the bank's answers; the same file again changes nothing."""
    report = read_bank_answers(content=file.read_bytes(), actor=ACTOR, at=clock.now())
    show({"counts": report.counts, "look_at": report.to_look_at}, as_json=as_json)


@app.command("limits")
def list_limits(as_json: AsJson = False) -> None:
    """List the limits that count now, in minor units; two persons change them on the page."""
    rows = [
        {
            "currency": row.currency,
            "per_payout": row.limits.per_payout,
            "per_run": row.limits.per_run,
            "per_day": row.limits.per_day,
            "asked": row.asked is not None,
        }
        for row in limits(actor=ACTOR)
    ]
    show_rows(rows, as_json=as_json)


def _payout(row: PayoutRow) -> dict[str, object]:
    return {
        "number": row.number,
        "organisation": row.organisation_name,
        "amount_minor": row.amount,
        "currency": row.currency,
        "state": row.state,
        "run": row.run_number,
        "return_code": row.return_code,
    }


def _run(row: RunRow) -> dict[str, object]:
    return {
        "number": row.number,
        "currency": row.currency,
        "state": row.state,
        "payouts": row.count,
        "total_minor": row.total,
        "format": row.file_format,
        "sha256": row.file_sha256,
    }
