"""`qinghe explain`: why one contact was permitted or refused, from what was kept."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated
from uuid import UUID

import typer

from qinghe.cli.output import AsJson, show_json
from qinghe.contact.queries import Explanation, RuleText, explain
from qinghe.kernel.actor import system

ACTOR = system("cli.explain")

app = typer.Typer()


@app.command()
def explain_attempt(
    attempt: Annotated[UUID, typer.Argument(help="Number of a contact, permitted or refused.")],
    as_json: AsJson = False,
) -> None:
    """Tell why a contact was decided as it was: rules, counters, facts, what happened, seals."""
    told = explain(attempt_id=attempt, actor=ACTOR)
    if as_json:
        show_json(asdict(told))
        return
    typer.echo(f"{told.at:%Y-%m-%d %H:%M %Z}  {told.channel}  {told.state}")
    for rule in (*told.rules, *told.stopped_by):
        typer.echo(_line(rule))
    for line in _rest(told):
        typer.echo(line)


def _line(rule: RuleText) -> str:
    until = f" (until {rule.until:%Y-%m-%d %H:%M %Z})" if rule.until else ""
    return f"  {rule.id}: {rule.sentence} [{rule.citation}]{until}"


def _rest(told: Explanation) -> list[str]:
    counted = ", ".join(f"{name} {used}" for name, used in told.counters.items())
    lines = [f"packs: {told.pack}", f"counters: {counted}"]
    if told.next_allowed_at:
        lines.append(f"next allowed: {told.next_allowed_at:%Y-%m-%d %H:%M %Z}")
    lines += [f"changed since: {each.then} is now {each.now}" for each in told.changes]
    for each in told.history:
        seal = f"sealed in batch {each.seal.batch_id}" if each.seal else "not sealed yet"
        lines.append(f"journal {each.entry_id}: {each.kind} at {each.at:%Y-%m-%d %H:%M %Z}, {seal}")
    return lines
