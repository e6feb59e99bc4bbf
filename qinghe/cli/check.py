"""`qinghe check`: the rules as a program, for anybody's recorded contacts."""

import sys
from enum import StrEnum
from typing import Annotated

import typer

from qinghe.rules.check import check_lines
from qinghe.rules.telling import tell_lines

app = typer.Typer()


class Lang(StrEnum):
    """Languages of the words."""

    ZH = "zh"
    EN = "en"


@app.command()
def check(
    file: Annotated[
        typer.FileBinaryRead, typer.Argument(help="Cases as JSON lines; - reads standard input.")
    ],
    explain: Annotated[
        bool, typer.Option("--explain", help="In words: rules and steps with their law.")
    ] = False,
    lang: Annotated[Lang, typer.Option(help="Language of the words.")] = Lang.ZH,
) -> None:
    """Judge recorded contacts, in JSON lines, by the rules; one answer per case, in order."""
    out = sys.stdout.buffer
    answers = (
        (told.encode("utf-8", "replace") for told in tell_lines(file, lang.value))
        if explain
        else check_lines(file)
    )
    for answer in answers:
        out.write(answer + b"\n")
    out.flush()
