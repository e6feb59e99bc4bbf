"""`qinghe bench NAME`: the speed of a hot path, with its ratio to the limit in the same run."""

from typing import Annotated

import typer

from qinghe.bench.check import check
from qinghe.bench.pages import pages
from qinghe.bench.sweep import sweep
from qinghe.cli.output import AsJson, show_json

app = typer.Typer(no_args_is_help=True)


@app.callback()
def bench() -> None:
    """Measure a hot path, in a database of its own if it needs one; one JSON object with --json."""


@app.command("sweep")
def bench_sweep(
    claims: Annotated[int, typer.Option(help="Open claims in the market.", min=1000)] = 1_000_000,
    as_json: AsJson = False,
) -> None:
    """Measure the nightly sweep: ageing, interest, promises, plans and holds of a normal day."""
    result = sweep(claims=claims, progress=lambda line: typer.echo(line, err=True))
    if as_json:
        show_json(result.as_dict())
        return
    typer.echo(f"{result.seconds:.1f} s; {result.ours:,.0f} {result.unit}; ratio {result.ratio}")


@app.command("pages")
def bench_pages(
    claims: Annotated[int, typer.Option(help="Claims in the market.", min=1000)] = 1_000_000,
    visits: Annotated[int, typer.Option(help="Requests per page.", min=10)] = 200,
    as_json: AsJson = False,
) -> None:
    """Measure the pages people open all day: case, hall, worklist, claims and the queues."""
    result = pages(claims=claims, visits=visits, progress=lambda line: typer.echo(line, err=True))
    if as_json:
        show_json(result.as_dict())
        return
    for name, part in result.parts.items():
        typer.echo(
            f"{name}: p50 {part['p50_ms']} ms, p95 {part['p95_ms']} ms, "
            f"{part['queries']:.0f} queries, {part['kb']} kB"
        )


@app.command("check")
def bench_check(
    cases: Annotated[int, typer.Option(help="Cases to answer.", min=1000)] = 100_000,
    as_json: AsJson = False,
) -> None:
    """Measure `qinghe check` on one core: contact cases per second, beside bare JSON."""
    result = check(cases=cases)
    if as_json:
        show_json(result.as_dict())
        return
    typer.echo(f"{result.ours:,.0f} {result.unit} on one core; ratio {result.ratio} to bare JSON")
