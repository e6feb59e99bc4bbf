"""`qinghe`: the command line of an installation."""

from importlib.metadata import version
from typing import Annotated

import typer

from qinghe.cli.frame import Frame

app = typer.Typer(
    cls=Frame,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _print_version(asked: bool) -> None:
    if asked:
        typer.echo(version("qinghe"))
        raise typer.Exit


@app.callback()
def qinghe(
    _version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Print the version."
        ),
    ] = False,
) -> None:
    """Qinghe (清和): a self-hosted debt-collection order platform.

    Environment: QINGHE_VAR names the data folder (default ./var), PORT the port of the web
    (default 8000), DATABASE_URL a PostgreSQL of your own instead of the embedded one.
    """
