"""`qinghe payments`: payments that reached a creditor directly; one taken back; ways to pay."""

from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer

from qinghe.claims.days import day_of
from qinghe.cli.output import AsJson, show
from qinghe.kernel import clock
from qinghe.kernel.actor import system
from qinghe.parties.queries import organisation
from qinghe.settlement.queries import PaymentRow, payment_for, payments_named
from qinghe.settlement.refusals import NoSuchPayment
from qinghe.settlement.services import (
    ask_provider,
    check_ways,
    import_payments,
    reverse_alone,
)
from qinghe.settlement.terms import PaymentState

ACTOR = system("payments.reverse")

app = typer.Typer(no_args_is_help=True)


@app.callback()
def payments() -> None:
    """Book payments, reverse one, and look after the ways to pay."""


@app.command("import")
def import_file(
    file: Annotated[
        Path, typer.Argument(help="CSV or XLSX.", exists=True, dir_okay=False, readable=True)
    ],
    creditor: Annotated[str, typer.Option(help="Short name of the creditor.")],
    mapping: Annotated[str, typer.Option(help="Column mapping: qinghe or ar_ibm.")] = "qinghe",
    until: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Last day of payment to book; else today."),
    ] = None,
    excess: Annotated[
        int, typer.Option(min=0, help="Minor units known to be more than is owed, in all.")
    ] = 0,
    as_json: AsJson = False,
) -> None:
    """Book the payments of a file; the same file again books nothing."""
    at = clock.now()
    result = import_payments(
        creditor_id=organisation(creditor).pk,
        content=file.read_bytes(),
        mapping=mapping,
        until=until.date() if until else day_of(at),
        excess=excess,
        actor=system("payments.import"),
        at=at,
    )
    show(asdict(result), as_json=as_json)


@app.command()
def reverse(
    payment: Annotated[str, typer.Argument(help="Reference of the payment, or its id.")],
    reason: Annotated[str, typer.Option(help="Why; it stays in the journal, so no names.")],
    as_json: AsJson = False,
) -> None:
    """Undo a payment that one person may undo: commission is taken back, later ones count anew."""
    if not reason.strip():
        raise typer.BadParameter("say why", param_hint="--reason")
    row = _payment(payment)
    undone = reverse_alone(payment_id=row.id, reason=reason.strip(), actor=ACTOR, at=clock.now())
    answer = {
        "id": row.id,
        "claim": row.claim_number,
        "amount_minor": row.amount,
        "currency": row.currency,
        "state": undone.state,
    }
    show(answer, as_json=as_json)


@app.command()
def ways(as_json: AsJson = False) -> None:
    """Say which ways to pay are offered, and what each still lacks."""
    show({way: lack or "ready" for way, lack in check_ways()}, as_json=as_json)


@app.command()
def ask(
    order: Annotated[UUID, typer.Argument(help="Id of the order.")], as_json: AsJson = False
) -> None:
    """Ask the provider about one order now, and book what it answers."""
    show({"order": order, "state": ask_provider(order_id=order, at=clock.now())}, as_json=as_json)


def _payment(name: str) -> PaymentRow:
    """Return the payment of an id or a reference; those reversed before do not count."""
    try:
        return payment_for(payment_id=UUID(name), actor=ACTOR)
    except ValueError:
        pass
    found = payments_named(reference=name, actor=ACTOR)
    rows = [row for row in found if row.state == PaymentState.POSTED] or found
    if not rows:
        raise NoSuchPayment
    if len(rows) > 1:
        ids = ", ".join(str(row.id) for row in rows)
        raise typer.BadParameter(f"several payments have this reference; give an id: {ids}")
    return rows[0]
