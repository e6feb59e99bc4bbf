"""`qinghe stop`."""

import typer

from config import postgres, serving
from qinghe.cli.output import AsJson, show

app = typer.Typer()


@app.command()
def stop(as_json: AsJson = False) -> None:
    """Stop what runs in this data folder, the database too."""
    server = serving.stop()
    database = postgres.stop()
    show({"stopped_server": server, "stopped_database": database}, as_json=as_json)
