"""`qinghe run`."""

from typing import Annotated

import typer

from config import supervisor
from config.ports import port_from_environment

app = typer.Typer()


@app.command()
def run(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(help="Port to listen on.", min=0, show_default="PORT, else 8000")
    ] = 0,
    web_processes: Annotated[int, typer.Option(help="Web processes.", min=1)] = 2,
    web_threads: Annotated[int, typer.Option(help="Threads of each web process.", min=1)] = 8,
    worker_jobs: Annotated[int, typer.Option(help="Jobs that run at the same time.", min=1)] = 4,
    verbose: Annotated[
        bool, typer.Option("--verbose", "-v", help="Show the logs here too.")
    ] = False,
) -> None:
    """Serve the platform: database, web and worker, until Ctrl-C."""
    options = supervisor.Options(
        host=host,
        port=port or port_from_environment(),
        web_processes=web_processes,
        web_threads=web_threads,
        worker_jobs=worker_jobs,
        echo=verbose,
    )
    raise typer.Exit(supervisor.run(options))
