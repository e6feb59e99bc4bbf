"""`qinghe bench NAME`: the speed of a hot path, with its ratio to the limit in the same run."""

from typing import Annotated

import typer

from qinghe.bench.pages import pages
from qinghe.bench.screening import screening
from qinghe.bench.sweep import sweep
from qinghe.cli.output import AsJson, show_json

app = typer.Typer(no_args_is_help=True)


@app.callback()
def bench() -> None:
    """Measure a hot path in a database of its own; prints one JSON object with --json."""


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


@app.command("screen")
def bench_screen(
    rounds: Annotated[int, typer.Option(help="Times every sentence is read.", min=1)] = 50,
    as_json: AsJson = False,
) -> None:
    """Measure the screening of one sentence: all layers, lawful and unlawful, in two languages."""
    result = screening(rounds=rounds)
    if as_json:
        show_json(result.as_dict())
        return
    typer.echo(f"{result.ours:,.0f} {result.unit}; p50 {result.p50_ms} ms, p99 {result.p99_ms} ms")
