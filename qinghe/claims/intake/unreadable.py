"""Why a file cannot be read as a table, in words that say what to do."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

from qinghe.kernel.errors import DomainError

MEGABYTE: Final = 1024 * 1024
MAX_MB: Final = 200
MAX_UNPACKED_MB: Final = 1000
MAX_COLUMNS: Final = 200
# Every row a sheet can have, at twenty columns: somewhat below one gigabyte while it is read.
MAX_CELLS: Final = 21_000_000
MAX_HEADER: Final = 200
# What one cell of a spreadsheet can hold.
MAX_FIELD: Final = 32_767


class FileUnreadable(DomainError):
    code = "claims.file-unreadable"
    text = _("The file cannot be read: {reason}.")


class EncodingUnsure(DomainError):
    code = "claims.encoding-unsure"
    text = _(
        "The letters of this file can be read in more than one way ({readings}). "
        "Say which encoding it has."
    )


NOTHING_IN_IT = _("there is nothing in it")
TOO_LARGE = _("it is larger than {mb} MB; split it")
TOO_MANY = _("it has more cells than can be read at once; split it")
TOO_WIDE = _("it has more than {columns} columns; delete those that are not needed")
TOO_LONG = _("row {row} holds a cell of more than {most} characters; check its quotation marks")
NO_ROWS = _("no row with data stands below the names of the columns")
NO_HEADER = _("its first row must hold the names of the columns")
NAMELESS = _("column {column} has no name; write one in the row of names, or delete the column")
NAMED_TWICE = _("columns {first} and {column} have the same name; rename one of them")
NAME_TOO_LONG = _(
    "the name of column {column} has more than {most} characters; the names of the columns must "
    "stand in the first row"
)
NOT_TEXT = _("its letters are in no known encoding; save it as UTF-8 or GB18030")
NOT_THIS_ENCODING = _("its letters are not in the encoding {encoding}; choose another one")
NULS = _("it holds NUL bytes, so it is no text; export it again as CSV or XLSX")
BROKEN_BOOK = _("the workbook is damaged; open and save it again")
UNEVEN = _("row {row} has more cells than the header has names; check quotes and delimiters")
BROKEN_QUOTES = _("a quotation mark is opened and never closed")
LOOSE_QUOTES = _(
    "row {row} has a quotation mark inside a cell; put the whole cell in quotation marks and "
    "write the mark twice"
)
NO_SUCH_SHEET = _("it has no sheet named {sheet}; its sheets are: {sheets}")

# What is not a table, told by its content.
OLD_FORMAT = _("it is a workbook in the old XLS format; save it as XLSX or CSV")
LOCKED = _("it is protected by a password; save it without one")
OPEN_DOCUMENT = _("it is an OpenDocument sheet; save it as XLSX or CSV")
BINARY_BOOK = _("it is a binary workbook (XLSB); save it as XLSX or CSV")
OTHER_ARCHIVE = _("it is an archive and no workbook; unpack it and send the table itself")
A_PDF = _("it is a PDF; export the table as CSV or XLSX")
A_PICTURE = _("it is a picture; export the table as CSV or XLSX")
A_PROGRAM = _("it is a program and no table")
A_WEB_PAGE = _("it is a web page or XML, whatever its name says; open it and save it as XLSX")
IS_JSON = _("it is JSON and no table; export it as CSV or XLSX")
VIRUS_TEST = _("it holds the test pattern of virus scanners and is not taken")

# What a workbook may not carry.
MACROS = _("the workbook holds macros; save it as XLSX without them")
LINKED = _("the workbook draws data from other files; break its links and save it again")
DOCTYPE = _("a part of the workbook declares entities, which no honest workbook does")
STRANGE_NAMES = _("the archive holds parts that would be unpacked outside of it")
TOO_MANY_PARTS = _("the archive holds more than {parts} parts")
A_BOMB = _("a part of the workbook unpacks to more than {times} times its size")


def unreadable(reason: object, **facts: object) -> FileUnreadable:
    """Return the refusal with its facts filled in, in the active language."""
    return FileUnreadable(reason=str(reason).format(**facts))
