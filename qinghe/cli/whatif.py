"""`qinghe whatif`: what a draft of the operator's own pack would have changed."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
import yaml

from qinghe.cli.output import AsJson, show_json
from qinghe.contact.queries.replay import replay
from qinghe.contact.services.house import checked_content
from qinghe.kernel import clock
from qinghe.kernel.actor import system
from qinghe.rules.packs import rule

ACTOR = system("cli.whatif")

app = typer.Typer()


@app.command()
def whatif(
    pack: Annotated[
        Path,
        typer.Option(help="The draft, as YAML.", exists=True, dir_okay=False, readable=True),
    ],
    days: Annotated[int, typer.Option(help="Days to look back.", min=1, max=366)] = 30,
    as_json: AsJson = False,
) -> None:
    """Replay past attempts against a draft of house rules; nothing is written.

    A draft names stricter values, closed days, or both. The page "New draft" of the house rules
    lists every value that may be tightened.

    \b
    tighten:
      - {rule: CN-FRQ-01, parameter: max, value: 2}
      - {rule: CN-WIN-01, parameter: close, value: "20:00"}
    close:
      - {from: 2026-12-25, until: 2026-12-27}
    """
    content = checked_content(_content(pack))
    found = replay(content=content, days=days, actor=ACTOR, at=clock.now(), limit=None)
    if as_json:
        show_json(found)
        return
    typer.echo(
        f"{found['asked']} attempts of {found['persons']} persons since {found['since'][:10]}: "
        f"{found['newly_refused']} would have been refused, "
        f"{found['newly_permitted']} newly permitted."
    )
    for name in ("by_rule", "by_collector", "by_creditor"):
        typer.echo(f"{name.replace('_', ' ')}\trefused\tpermitted")
        for row in found[name]:
            label = _rule(row["id"]) if name == "by_rule" else row["name"] or row["id"]
            typer.echo(f"\t{label}\t{row['refused']}\t{row['permitted']}")


def _rule(rule_id: str) -> str:
    return f"{rule_id} {rule(rule_id).title('en')}"


def _content(pack: Path) -> Any:
    try:
        content = yaml.safe_load(pack.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as fault:
        raise typer.BadParameter(f"{pack} is not YAML.", param_hint="--pack") from fault
    if not isinstance(content, dict):
        raise typer.BadParameter("It must have `tighten` or `close`.", param_hint="--pack")
    return content
