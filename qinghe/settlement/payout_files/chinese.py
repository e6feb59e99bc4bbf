"""The batch payment file (批量代付) that Chinese banks take on their corporate pages."""

from __future__ import annotations

import csv
import io
from typing import Final

from qinghe.kernel.money import to_major
from qinghe.kernel.tables import harmless
from qinghe.settlement.payout_files.batch import Batch, Line

ENCODING: Final = "gb18030"
HEAD: Final = ("序号", "收款户名", "收款账号", "开户行", "联行号", "金额", "用途")


def batch_payment(batch: Batch) -> bytes:
    """Return a batch as CSV in GB18030; no cell of it runs in a spreadsheet."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(HEAD)
    for place, line in enumerate(batch.lines, start=1):
        writer.writerow([harmless(_flat(cell)) for cell in _cells(place, line, batch.currency)])
    return text.getvalue().encode(ENCODING)


def _cells(place: int, line: Line, currency: str) -> list[object]:
    amount = to_major(line.amount, currency)
    return [
        place,
        line.holder,
        line.number,
        line.bank_name,
        line.clearing,
        amount,
        f"{line.purpose} {line.end_to_end}",
    ]


def _flat(cell: object) -> str:
    """Return a cell on one line: banks read line by line."""
    return " ".join(str(cell).split())
