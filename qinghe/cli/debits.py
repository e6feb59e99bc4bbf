"""`qinghe debits`: direct debits, the bank's file, its answers. Approving is on the page."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Annotated

import typer

from qinghe.cli.output import AsJson, show, show_rows, write_private
from qinghe.kernel import clock
from qinghe.kernel.actor import system
from qinghe.settlement.queries.debits import (
    DebitRow,
    RunPage,
    debit_run_named,
    debit_runs,
    planned,
    to_recall,
)
from qinghe.settlement.services import (
    drop_debit_run,
    hand_in_debits,
    make_debit_file,
    open_debit_file,
    open_debit_run,
    plan_debits,
    read_debit_answers,
)

ACTOR = system("cli.debits")

app = typer.Typer(no_args_is_help=True)
Run = Annotated[str, typer.Argument(help="Number of the run, DR-…")]


@app.command("list")
def list_debits(as_json: AsJson = False) -> None:
    """List debits that were announced and wait for a run, and why one cannot be collected."""
    show_rows([_debit(row) for row in planned(actor=ACTOR, at=clock.now())], as_json=as_json)


@app.command("recall")
def list_recalls(as_json: AsJson = False) -> None:
    """List debits to be called back: with the bank or collected, though nothing is allowed now."""
    show_rows([_debit(row) for row in to_recall(actor=ACTOR, at=clock.now())], as_json=as_json)


@app.command("runs")
def list_runs(as_json: AsJson = False) -> None:
    """List runs, newest first."""
    show_rows([_run(RunPage(run, ())) for run in debit_runs(actor=ACTOR)], as_json=as_json)


@app.command("show")
def show_run(run: Run, as_json: AsJson = False) -> None:
    """List the debits of a run."""
    found = debit_run_named(number=run, actor=ACTOR, at=clock.now())
    show_rows([_debit(row) for row in found.rows], as_json=as_json)


@app.command()
def plan(as_json: AsJson = False) -> None:
    """Announce debits of instalments that fall due soon, as the daily clock does."""
    show({"announced": plan_debits(at=clock.now())}, as_json=as_json)


@app.command("open")
def open_one(
    currency: Annotated[str, typer.Option(help="Currency of the run.")] = "CNY",
    as_json: AsJson = False,
) -> None:
    """Collect what can be debited now into a run; somebody approves it on the page."""
    run = open_debit_run(currency=currency, actor=ACTOR, at=clock.now())
    _show(run.number, as_json)


@app.command("file")
def write_file(
    run: Run,
    folder: Annotated[Path, typer.Argument(help="Where to write it.", file_okay=False)],
    as_json: AsJson = False,
) -> None:
    """Make the bank's file (pain.008) of an approved run, or write the one that was made."""
    at = clock.now()
    found = debit_run_named(number=run, actor=ACTOR, at=at).run
    if not found.file_sha256:
        found = make_debit_file(run_id=found.pk, actor=ACTOR, at=at)
    file = open_debit_file(run_id=found.pk, actor=ACTOR, at=at)
    write_private(folder / file.name, file.content)
    told = {"run": run, "file": str(folder / file.name), "sha256": found.file_sha256}
    show(told, as_json=as_json)


@app.command()
def sent(run: Run, as_json: AsJson = False) -> None:
    """Say that the file of a run is with the bank."""
    at = clock.now()
    found = debit_run_named(number=run, actor=ACTOR, at=at).run
    hand_in_debits(run_id=found.pk, actor=ACTOR, at=at)
    _show(run, as_json)


@app.command()
def drop(run: Run, as_json: AsJson = False) -> None:
    """Give a run up before it is with the bank; its debits wait for another."""
    at = clock.now()
    found = debit_run_named(number=run, actor=ACTOR, at=at).run
    drop_debit_run(run_id=found.pk, actor=ACTOR, at=at)
    _show(run, as_json)


@app.command()
def answers(
    file: Annotated[
        Path, typer.Argument(help="pain.002, camt.054 or CSV.", exists=True, dir_okay=False)
    ],
    as_json: AsJson = False,
) -> None:
    """Read the bank's answers; the same file again changes nothing."""
    heard = read_debit_answers(content=file.read_bytes(), actor=ACTOR, at=clock.now())
    counts = Counter(what.value for _number, what in heard)
    show({"counts": dict(counts), "debits": dict(heard)}, as_json=as_json)


def _debit(row: DebitRow) -> dict[str, object]:
    return {
        "number": row.number,
        "claim": row.claim_number,
        "amount_minor": row.amount,
        "currency": row.currency,
        "collects_on": row.collects_on,
        "state": row.state,
        "why_not": row.why,
        "return_code": row.return_code,
    }


def _show(number: str, as_json: bool) -> None:
    show(_run(debit_run_named(number=number, actor=ACTOR, at=clock.now())), as_json=as_json)


def _run(page: RunPage) -> dict[str, object]:
    run = page.run
    return {
        "number": run.number,
        "currency": run.currency,
        "state": run.state,
        "debits": run.count,
        "total_minor": run.total,
        "sha256": run.file_sha256,
    }
