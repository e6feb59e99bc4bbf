"""`qinghe papers`: a creditor's papers for many claims, from the command line."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated, Final
from uuid import UUID

import typer

from qinghe.claims.queries.bundles import OPEN, BundleView, bundle_for, files_of, report
from qinghe.claims.services import (
    Sent,
    accept_bundle,
    cancel_bundle,
    send_papers,
    work_on_bundle,
)
from qinghe.claims.terms import BUNDLE_WORKING, BundleState, EvidenceKind
from qinghe.cli.output import AsJson, show
from qinghe.kernel import clock
from qinghe.kernel.actor import system
from qinghe.kernel.errors import DomainError
from qinghe.parties.queries import organisation

SHOWN: Final = 20
REFUSED: Final = 1
PAUSE_SECONDS: Final = 1
ACTOR: Final = system("cli.papers")

app = typer.Typer(no_args_is_help=True)


@app.callback()
def papers() -> None:
    """Papers for many claims: one ZIP, or files; look first, then add them."""


@app.command()
def send(
    files: Annotated[
        list[Path],
        typer.Argument(help="One ZIP, or several files.", exists=True, dir_okay=False),
    ],
    creditor: Annotated[str, typer.Option(help="Short name of the creditor.")],
    batch: Annotated[UUID | None, typer.Option(help="Only claims of this batch.")] = None,
    otherwise: Annotated[
        str,
        typer.Option(help=f"Kind when a name tells none: {', '.join(EvidenceKind.values)}."),
    ] = "",
    take: Annotated[
        bool, typer.Option("--take", help="Add what fits; without it, only look.")
    ] = False,
    report_to: Annotated[
        Path | None, typer.Option("--report", help="Write what became of each file here, as CSV.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Look at papers and, with --take, add those that fit a claim."""
    try:
        bundle = _worked(_sent(files, creditor, batch, otherwise))
    except DomainError as refusal:
        typer.echo(refusal.user_message, err=True)
        raise typer.Exit(REFUSED) from refusal
    bundle = _decided(bundle, take=take)
    if report_to is not None:
        report_to.write_bytes(report(bundle))
    _say(bundle, as_json=as_json)


def _sent(files: list[Path], creditor: str, batch: UUID | None, otherwise: str) -> UUID:
    with ExitStack() as stack:
        return send_papers(
            creditor_id=organisation(creditor).pk,
            files=[Sent(each.name, stack.enter_context(each.open("rb"))) for each in files],
            otherwise=otherwise,
            batch_id=batch,
            actor=ACTOR,
            at=clock.now(),
        ).pk


def _worked(bundle_id: UUID) -> BundleView:
    """Work on papers here, unless a worker of the installation does; return them when done."""

    def tell() -> None:
        progress = bundle_for(bundle_id=bundle_id, actor=ACTOR).progress
        if progress:
            typer.echo(f"{progress.done:,} of {progress.of:,}", err=True)

    while (bundle := bundle_for(bundle_id=bundle_id, actor=ACTOR)).state in BUNDLE_WORKING:
        if not work_on_bundle(bundle_id=bundle_id, clock=clock.now, told=tell):
            time.sleep(PAUSE_SECONDS)
    return bundle


def _decided(bundle: BundleView, *, take: bool) -> BundleView:
    if bundle.state != BundleState.CHECKED:
        return bundle
    if take and bundle.matched:
        accept_bundle(bundle_id=bundle.id, actor=ACTOR, at=clock.now())
        return _worked(bundle.id)
    cancel_bundle(bundle_id=bundle.id, actor=ACTOR, at=clock.now())
    return bundle_for(bundle_id=bundle.id, actor=ACTOR)


def _say(bundle: BundleView, *, as_json: bool) -> None:
    counts = dict(bundle.figures)
    answer = {"state": bundle.state, "files": bundle.files, **counts, "papers": bundle.id}
    show(answer, as_json=as_json)
    for line in _left_out(bundle):
        typer.echo(line, err=True)
    if bundle.failed_because:
        typer.echo(bundle.failed_because, err=True)
    if bundle.open or bundle.state == BundleState.FAILED:
        raise typer.Exit(REFUSED)


def _left_out(bundle: BundleView) -> Iterator[str]:
    for verdict in OPEN:
        for row in files_of(bundle, verdict=verdict, limit=SHOWN):
            yield f"{row.place + 1}, {row.verdict}: {row.reason}"
