"""`qinghe check`: the rules as a program, for anybody's recorded contacts."""

import sys
from typing import Annotated

import typer

from qinghe.rules.check import check_lines

app = typer.Typer()


@app.command()
def check(
    file: Annotated[
        typer.FileBinaryRead, typer.Argument(help="Cases as JSON lines; - reads standard input.")
    ],
) -> None:
    """Judge recorded contacts, in JSON lines, by the rules; one answer per case, in order."""
    out = sys.stdout.buffer
    for answer in check_lines(file):
        out.write(answer + b"\n")
    out.flush()
