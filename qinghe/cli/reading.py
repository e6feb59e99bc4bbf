"""How a file is to be read, as options of commands that take one."""

from typing import Annotated

import typer

from qinghe.claims.intake.encodings import CODECS

Encoding = Annotated[
    str, typer.Option(help=f"Encoding of a text file, when unsure: {', '.join(CODECS)}.")
]
Sheet = Annotated[str, typer.Option(help="Sheet of a workbook; else the first that holds a table.")]
