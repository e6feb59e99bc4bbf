"""
Files for banks and their answers. Pure: facts in, bytes out; bytes in, facts out. No tables.

A file carries names and account numbers; nothing here keeps, prints or logs them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from qinghe.settlement.payout_files import chinese, pain001
from qinghe.settlement.payout_files.batch import Batch, Line, Payer
from qinghe.settlement.payout_terms import FileFormat

__all__ = ["EXTENSIONS", "MEDIA_TYPES", "NEED_PAYER", "Batch", "Line", "Payer", "write"]

WRITERS: Final[dict[FileFormat, Callable[[Batch], bytes]]] = {
    FileFormat.PAIN_09: pain001.version_09,
    FileFormat.PAIN_03: pain001.version_03,
    FileFormat.CHINESE: chinese.batch_payment,
}
EXTENSIONS: Final = {
    FileFormat.PAIN_09: "xml",
    FileFormat.PAIN_03: "xml",
    FileFormat.CHINESE: "csv",
}
MEDIA_TYPES: Final = {
    FileFormat.PAIN_09: "application/xml",
    FileFormat.PAIN_03: "application/xml",
    FileFormat.CHINESE: "text/csv; charset=gb18030",
}
# Formats that name the account paid from; with the others the bank's own page knows it.
NEED_PAYER: Final = (FileFormat.PAIN_09, FileFormat.PAIN_03)


def write(fmt: FileFormat, batch: Batch) -> bytes:
    """Return the file of a batch; equal facts give equal bytes."""
    return WRITERS[fmt](batch)
