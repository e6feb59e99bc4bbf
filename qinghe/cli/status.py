"""`qinghe status`."""

import typer

from config import postgres, serving, var
from config.processes import Identity
from qinghe.cli.output import AsJson, show

app = typer.Typer()


@app.command()
def status(as_json: AsJson = False) -> None:
    """Tell what runs in this data folder."""
    database = postgres.status()
    server = serving.server()
    answer = {
        "data_folder": str(var.root()),
        "serving": server is not None,
        "address": serving.address() if server else None,
        "server_pid": server.pid if server else None,
        **{name: who.pid for name, who in _children().items()},
        "database": database.place,
        "database_embedded": database.embedded,
        "database_running": database.running,
        "database_pid": database.pid,
    }
    show(answer, as_json=as_json)


def _children() -> dict[str, Identity]:
    noted = serving.children()
    return {f"{name}_pid": who for name, who in noted.items() if who.alive()}
