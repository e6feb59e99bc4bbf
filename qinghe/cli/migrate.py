"""`qinghe migrate`."""

import typer
from django.core.management import call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from qinghe.cli.output import AsJson, show

app = typer.Typer()


@app.command()
def migrate(as_json: AsJson = False) -> None:
    """Bring the database to this release's tables."""
    before = _applied()
    call_command("migrate", interactive=False, verbosity=0 if as_json else 1)
    if as_json:
        show({"applied": sorted(_applied() - before)}, as_json=True)


def _applied() -> set[str]:
    return {".".join(each) for each in MigrationRecorder(connection).applied_migrations()}
