"""`qinghe month`: months that wait to be closed, those that are, and their statements."""

from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer

from qinghe.cli.output import AsJson, show, show_rows
from qinghe.kernel import clock
from qinghe.kernel.actor import system
from qinghe.settlement.closing_terms import CloseState
from qinghe.settlement.queries.closing import CloseRow, closes, next_month, open_matters
from qinghe.settlement.queries.monthly import FORMATS, kept, kept_file
from qinghe.settlement.services import list_statements, make_statements

ACTOR = system("month")
Month = Annotated[
    datetime, typer.Argument(formats=["%Y-%m"], help="Year and month, such as 2026-11.")
]

app = typer.Typer(no_args_is_help=True)


@app.callback()
def month() -> None:
    """Look at months and their papers; two persons close one on the page."""


@app.command("list")
def list_months(as_json: AsJson = False) -> None:
    """List months that are closed or wait for a second person, the newest first."""
    show_rows([_told(each) for each in closes(actor=ACTOR)], as_json=as_json)


@app.command("open")
def still_open(as_json: AsJson = False) -> None:
    """Tell what is open in the month that is closed next."""
    coming = next_month(at=clock.now())
    rows = open_matters(month=coming) if coming else []
    show_rows(
        [{"month": f"{coming:%Y-%m}", **asdict(each), "weight": each.weight} for each in rows],
        as_json=as_json,
    )


@app.command()
def state(month: Month, as_json: AsJson = False) -> None:
    """Make the statements of a closed month that are not made yet."""
    close = _closed(month.date())
    listed = list_statements(close_id=close.id, actor=ACTOR, at=clock.now())
    made = make_statements(close_id=close.id, actor=ACTOR, at=clock.now())
    show({"month": f"{month:%Y-%m}", "statements": listed, "made_now": made}, as_json=as_json)


@app.command()
def statements(
    month: Month,
    to: Annotated[Path | None, typer.Option(help="Write the files into this folder.")] = None,
    as_json: AsJson = False,
) -> None:
    """List the kept statements of a month, and write their files where asked."""
    rows = kept(actor=ACTOR, month=month.date(), limit=100_000)
    if to is not None:
        to.mkdir(parents=True, exist_ok=True)
        for row in rows:
            for fmt in FORMATS:
                content = kept_file(statement_id=row.id, fmt=fmt, actor=ACTOR)[1]
                (to / f"{row.number}.{fmt}").write_bytes(content)
    show_rows([asdict(row) for row in rows], as_json=as_json)


def _closed(month: date) -> CloseRow:
    for row in closes(actor=ACTOR):
        if row.month == month and row.state == CloseState.CLOSED:
            return row
    raise typer.BadParameter("this month is not closed", param_hint="MONTH")


def _told(row: CloseRow) -> dict[str, object]:
    return {
        "month": f"{row.month:%Y-%m}",
        "state": row.state,
        "transfers": row.transfers,
        "root": row.root,
        "closed_at": row.confirmed_at,
        "stated_at": row.stated_at,
    }
