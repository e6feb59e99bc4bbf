"""`qinghe organisation`: creditors, collectors, the operator; how an empty installation begins."""

from __future__ import annotations

from typing import Annotated

import typer
from django.db import transaction

from qinghe.cli.output import AsJson, show, show_rows
from qinghe.kernel import clock
from qinghe.kernel.actor import system
from qinghe.parties import queries, services
from qinghe.parties.terms import OrgKind

app = typer.Typer(no_args_is_help=True)


@app.command()
def create(
    slug: Annotated[str, typer.Argument(help="Short name, such as demo-operator.")],
    name: Annotated[str, typer.Option(help="The name that everybody sees.")],
    kind: Annotated[OrgKind, typer.Option(help="What it is.")],
    lender_kind: Annotated[
        str, typer.Option(help="Kind of lender in the rules of interest, such as bank.")
    ] = "",
    region: Annotated[str, typer.Option(help="City or province code.")] = "",
    credit_code: Annotated[str, typer.Option(help="Unified social credit code.")] = "",
    group: Annotated[str, typer.Option(help="Creditors of one group share a contact budget.")] = "",
    as_json: AsJson = False,
) -> None:
    """Register an organisation and let it work; whoever has this shell vouches for it."""
    actor, at = system("cli"), clock.now()
    with transaction.atomic():
        made = services.register_organisation(
            slug=slug,
            name=name,
            kind=kind,
            lender_kind=lender_kind,
            region=region,
            credit_code=credit_code,
            group=group,
            actor=actor,
            at=at,
        )
        services.verify_organisation(org_id=made.pk, actor=actor, at=at)
    show({"id": made.pk, "slug": made.slug, "kind": made.kind}, as_json=as_json)


@app.command("list")
def list_organisations(as_json: AsJson = False) -> None:
    """List the organisations by name."""
    rows = [
        {"slug": each.slug, "kind": each.kind, "state": each.state, "name": each.name}
        for each in queries.organisations()
    ]
    show_rows(rows, as_json=as_json)
