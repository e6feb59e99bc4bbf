"""`qinghe prospect`: what offering some claims would bring; nothing is written."""

from __future__ import annotations

from dataclasses import asdict
from decimal import Decimal
from typing import Annotated, Any

import typer

from qinghe.cli.output import AsJson, show, show_json
from qinghe.kernel import clock
from qinghe.kernel.actor import Actor, Role
from qinghe.kernel.money import to_major
from qinghe.market.commission import one_row
from qinghe.market.queries.prospect import Prospect, prospect
from qinghe.market.queries.reach import Span
from qinghe.parties.queries import organisation

app = typer.Typer()
Share = Annotated[float, typer.Option(min=0, max=0.99, help="A share of one: 0.12 is 12 %.")]


@app.command()
def tell(
    creditor: Annotated[str, typer.Argument(help="Short name of the creditor.")],
    commission: Share = 0.12,
    quality: Share = 0.25,
    as_json: AsJson = False,
) -> None:
    """Tell what offering all ready claims of a creditor would bring at a rate."""
    actor = Actor(role=Role.CREDITOR, org_id=organisation(creditor).pk)
    plan = one_row(Decimal(str(commission)), Decimal(str(quality)))
    found = prospect(claim_ids=None, actor=actor, at=clock.now(), plan=plan)
    if as_json:
        show_json(_json(found))
        return
    show(_short(found), as_json=False)


def _json(found: Prospect) -> dict[str, Any]:
    told = asdict(found)
    told["preview"] = {
        "asked": found.preview.asked,
        "placeable": len(found.preview.placeable),
        "skipped": found.preview.skipped,
    }
    told["shapes"] = [{**shape._asdict(), "orders": n} for shape, n in found.shapes]
    told["advice"] = [{**vars(each), "why": str(each.why)} for each in found.advice]
    return told


def _short(found: Prospect) -> dict[str, Any]:
    sums = {
        f"{name}_{row.currency}": f"{to_major(getattr(row, name), row.currency):,}"
        for row in found.money
        for name in ("owed", "recovered", "fee")
    }
    return {
        "asked": found.preview.asked,
        "placeable": len(found.preview.placeable),
        "collectors": f"{_span(found.least)} to {_span(found.most)}",
        "nobody_registered": found.nobody,
        "fewer_than_five": found.few,
        **sums,
        "best_mode": found.advice[0].mode.value if found.advice else None,
    }


def _span(span: Span) -> str:
    return f"{span.low}+" if span.high is None else f"{span.low}-{span.high}"
