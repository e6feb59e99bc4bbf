"""`qinghe bench NAME`: the speed of a hot path, with its ratio to the limit in the same run."""

from typing import Annotated

import typer

from qinghe.bench.check import check
from qinghe.bench.closing import closing
from qinghe.bench.dispatch import dispatch
from qinghe.bench.gate import CLIENTS, gate
from qinghe.bench.hall import hall
from qinghe.bench.importing import importing
from qinghe.bench.ledger import ledger
from qinghe.bench.pages import pages
from qinghe.bench.screening import screening
from qinghe.bench.sweep import sweep
from qinghe.bench.take import taking
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


@app.command("gate")
def bench_gate(
    persons: Annotated[int, typer.Option(help="Persons.", min=1000)] = 1_000_000,
    contacts: Annotated[int, typer.Option(help="Past contacts.", min=1000)] = 10_000_000,
    seconds: Annotated[int, typer.Option(help="Seconds per measurement.", min=1)] = 10,
    clients: Annotated[list[int], typer.Option(help="Clients at once.", min=1)] = [*CLIENTS],  # noqa: B006
    as_json: AsJson = False,
) -> None:
    """Measure the contact gate at 1, 4, 16 and 64 clients, beside its bare SQL under pgbench."""
    result = gate(
        persons=persons,
        contacts=contacts,
        seconds=seconds,
        clients=tuple(clients),
        progress=lambda line: typer.echo(line, err=True),
    )
    if as_json:
        show_json(result.as_dict())
        return
    for name, part in result.parts.items():
        typer.echo(
            f"{name}: {part['ours']:,.0f} decisions/s, ratio {part['ratio']:.2f}, "
            f"p50 {part['p50_ms']} ms, p99 {part['p99_ms']} ms"
        )


@app.command("take")
def bench_take(
    orders: Annotated[int, typer.Option(help="Open orders.", min=10_000)] = 1_000_000,
    seconds: Annotated[int, typer.Option(help="Seconds per measurement.", min=1)] = 10,
    clients: Annotated[list[int], typer.Option(help="Clients at once.", min=1)] = [*CLIENTS],  # noqa: B006
    as_json: AsJson = False,
) -> None:
    """Measure taking orders at 1, 4, 16 and 64 clients, beside its bare SQL under pgbench."""
    result = taking(
        orders=orders,
        seconds=seconds,
        clients=tuple(clients),
        progress=lambda line: typer.echo(line, err=True),
    )
    if as_json:
        show_json(result.as_dict())
        return
    race, proof = result.parts.pop("race"), result.parts.pop("proof")
    for name, part in result.parts.items():
        typer.echo(
            f"{name}: {part['ours']:,.0f} orders/s, ratio {part['ratio']:.2f}, "
            f"p50 {part['p50_ms']} ms, p99 {part['p99_ms']} ms; processor an order: "
            f"{part['cpu_ms']} ms of Python, {part['server_cpu_ms']} ms of PostgreSQL"
        )
    typer.echo(f"race: {race}")
    typer.echo(f"what must not be there: {proof}")


@app.command("ledger")
def bench_ledger(
    accounts: Annotated[int, typer.Option(help="Accounts of each kind.", min=1000)] = 100_000,
    seconds: Annotated[int, typer.Option(help="Seconds per measurement.", min=1)] = 10,
    clients: Annotated[list[int], typer.Option(help="Clients at once.", min=1)] = [*CLIENTS],  # noqa: B006
    as_json: AsJson = False,
) -> None:
    """Measure postings at 1, 4, 16 and 64 clients, spread and on one account, beside bare SQL."""
    result = ledger(
        accounts=accounts,
        seconds=seconds,
        clients=tuple(clients),
        progress=lambda line: typer.echo(line, err=True),
    )
    if as_json:
        show_json(result.as_dict())
        return
    for name, part in result.parts.items():
        typer.echo(
            f"{name}: {part['ours']:,.0f} postings/s, ratio {part['ratio']:.2f}, "
            f"p50 {part['p50_ms']} ms, p99 {part['p99_ms']} ms; processor a posting: "
            f"{part['cpu_ms']} ms of Python, {part['server_cpu_ms']} ms of PostgreSQL"
        )


@app.command("hall")
def bench_hall(
    orders: Annotated[int, typer.Option(help="Open orders.", min=1000)] = 940_000,
    visits: Annotated[int, typer.Option(help="Random combinations.", min=100)] = 1000,
    as_json: AsJson = False,
) -> None:
    """Measure the order hall: whole pages under random combinations of filters, and their plans."""
    result = hall(orders=orders, visits=visits, progress=lambda line: typer.echo(line, err=True))
    if as_json:
        show_json(result.as_dict())
        return
    typer.echo(f"{result.sizes['orders']:,} open orders, {visits} combinations of filters")
    typer.echo(f"p50 {result.p50_ms} ms, p95 {result.ours} ms, p99 {result.p99_ms} ms")
    cpu, plans = result.parts["python_cpu"], result.parts["plans_executed"]
    typer.echo(f"processor of a page in Python: p50 {cpu['p50_ms']} ms, p95 {cpu['p95_ms']} ms")
    typer.echo(f"its reads, as planned and run: p50 {plans['p50_ms']} ms, p95 {plans['p95_ms']} ms")
    typer.echo(f"plans without an index: {result.sizes['plans without an index']}")


@app.command("close")
def bench_close(
    payments: Annotated[int, typer.Option(help="Payments in the month.", min=100)] = 100_000,
    organisations: Annotated[int, typer.Option(help="Creditors; as many agencies.", min=2)] = 200,
    workers: Annotated[int, typer.Option(help="Processes that make statements.", min=1)] = 2,
    as_json: AsJson = False,
) -> None:
    """Measure a month's close: balances kept and sealed, statements made, books proven."""
    result = closing(
        payments=payments,
        organisations=organisations,
        workers=workers,
        progress=lambda line: typer.echo(line, err=True),
    )
    if as_json:
        show_json(result.as_dict())
        return
    typer.echo(f"{result.ours} {result.unit}; {result.sizes['statements']} statements")
    for name, seconds in result.parts["seconds"].items():
        typer.echo(f"  {name}: {seconds} s")
    typer.echo(f"one sum over the same transfers takes {result.ratio} of the close")
    typer.echo(f"highest memory of a worker: {result.peak_mb} MB")


@app.command("import")
def bench_import(
    rows: Annotated[int, typer.Option(help="Rows in the file.", min=1000)] = 1_000_000,
    as_json: AsJson = False,
) -> None:
    """Measure the import of a file of claims, checked and taken over, beside two bare COPYs."""
    result = importing(rows=rows, progress=lambda line: typer.echo(line, err=True))
    if as_json:
        show_json(result.as_dict())
        return
    typer.echo(f"{result.ours:,.0f} {result.unit}; {result.seconds} s; {result.peak_mb:,.0f} MB")
    for name in ("file_copy", "same_tables"):
        typer.echo(f"bare COPY, {name.replace('_', ' ')}: {result.parts[name]['seconds']} s")
    for name in ("read_and_validated", "sealed_and_staged", "merged", "whole"):
        part = result.parts[name]
        typer.echo(
            f"{name.replace('_', ' ')}: {part['seconds']} s; {part['times_same_tables']} times the "
            f"same rows into the same tables, {part['times_file_copy']} times the file"
        )
    cpu = result.parts["processor"]
    typer.echo(f"processor: {cpu['whole']} s, {cpu['times_same_tables']} times the same tables")
    for name, seconds in result.parts["stages"].items():
        typer.echo(f"  {name}: {seconds} s")


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


@app.command("dispatch")
def bench_dispatch(
    orders: Annotated[int, typer.Option(help="Orders that wait.", min=100)] = 10_000,
    collectors: Annotated[list[int], typer.Option(help="Collectors.", min=10)] = [2_000, 23_500],  # noqa: B006
    as_json: AsJson = False,
) -> None:
    """Measure a dispatch window: candidates, proven optimum, explanations, warm re-run."""
    result = dispatch(
        orders=orders, collectors=collectors, progress=lambda line: typer.echo(line, err=True)
    )
    if as_json:
        show_json(result.as_dict())
        return
    for name, part in result.parts.items():
        typer.echo(
            f"{name} collectors: {part['seconds']} s, gap {part['gap']}, warm {part['warm_s']} s; "
            f"greedy {part['greedy']:.2%}, first come {part['first_come']:.2%} of the optimum"
        )
