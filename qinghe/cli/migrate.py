"""`qinghe migrate`."""

import typer
from django.core.management import call_command

app = typer.Typer()


@app.command()
def migrate() -> None:
    """Bring the database to this release's tables."""
    call_command("migrate", interactive=False, verbosity=1)
