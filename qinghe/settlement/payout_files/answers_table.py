"""Read a table of a bank's answers: its head, its column of states, and what each row says."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from qinghe.settlement.payout_files import state_words

NUMBER: Final = re.compile(r"(?:PO|DD)-\d{8}-\d{8}")
# Best first: a bank that tells the state of the account or of the batch tells this one as well.
STATE: Final = (
    "交易状态", "付款状态", "支付状态", "扣款状态", "代付状态", "处理状态", "交易结果", "付款结果",
    "处理结果", "状态", "结果", "transaction status", "payment status", "status", "state", "result",
)  # fmt: skip
# A state of something else than the payment.
NOT_OF_IT: Final = (
    "账户", "账号", "帐号", "客户", "批次", "审核", "审批", "复核", "account", "statement", "batch",
    "approval",
)  # fmt: skip
REASON: Final = ("原因", "附言", "说明", "reason")
MONEY: Final = ("金额", "amount")
# What a head names besides the state.
BESIDES: Final = (
    *MONEY, *REASON, "序号", "编号", "流水", "用途", "摘要", "凭证", "参考", "户名", "姓名", "名称",
    "账号", "账户", "帐号", "卡号", "number", "reference", "end-to-end", "endtoend", "name",
    "account", "purpose",
)  # fmt: skip
# So many words of the bank are shown where none of them is known.
MOST_WORDS: Final = 5
LONGEST_WORD: Final = 20


class Meaning(StrEnum):
    """What a cell says of a payment."""

    PAID = "paid"
    RETURNED = "returned"
    WAITING = "waiting"
    UNCLEAR = "unclear"


@dataclass(frozen=True)
class TableRow:
    """One row that names a payment of ours, in the bank's words."""

    number: str
    meaning: Meaning
    reason: str
    amount: str


@dataclass(frozen=True)
class AnswerTable:
    """The rows, and the bank's words of them that no list here has."""

    rows: tuple[TableRow, ...]
    strange: tuple[str, ...]
    # Whether the column of states says anything of what a state can say.
    known: bool


def read_table(text: str) -> AnswerTable | None:
    """Return the first table whose states are known; else the first there is; none without."""
    rows = list(csv.reader(io.StringIO(text)))
    tables = (_table(rows, place) for place, row in enumerate(rows) if _is_head(row))
    first: AnswerTable | None = None
    for table in tables:
        if table.known:
            return table
        first = first or table
    return first


def meaning_of(cell: str) -> Meaning:
    """Return what a state says, known as a whole or not at all."""
    told = state_words.bare(cell)
    if told in state_words.PAID:
        return Meaning.PAID
    if told in state_words.RETURNED:
        return Meaning.RETURNED
    return Meaning.WAITING if told in state_words.WAITING else Meaning.UNCLEAR


def _table(rows: Sequence[list[str]], place: int) -> AnswerTable:
    head = rows[place]
    states = _states(head)
    reason, money = (_column(head, words, states) for words in (REASON, MONEY))
    found, strange, known = [], dict[str, None](), False
    for row in rows[place + 1 :]:
        named = NUMBER.search(" ".join(row))
        if named is None:
            continue
        meaning = _agreed([_cell(row, state) for state in states])
        told = _cell(row, states[0])
        known = known or meaning_of(told) != Meaning.UNCLEAR
        if meaning == Meaning.UNCLEAR:
            strange[told[:LONGEST_WORD]] = None
        found.append(TableRow(named[0], meaning, _cell(row, reason) or told, _cell(row, money)))
    return AnswerTable(tuple(found), tuple(strange)[:MOST_WORDS], known)


def _agreed(cells: Sequence[str]) -> Meaning:
    """Return what the best column says, unless another one decides otherwise."""
    first, *others = map(meaning_of, cells)
    known = {each for each in others if each != Meaning.UNCLEAR}
    return first if known <= {first} else Meaning.UNCLEAR


def _is_head(row: list[str]) -> bool:
    states = _states(row)
    if not states or NUMBER.search(" ".join(row)):
        return False
    return _column(row, BESIDES, states) is not None


def _states(row: list[str]) -> list[int]:
    """Return the columns that tell the state of a payment, the best first."""
    low = [state_words.bare(cell) for cell in row]
    found = {place: rank for place, cell in enumerate(low) if (rank := _rank(cell)) is not None}
    return sorted(found, key=lambda place: (found[place], place))


def _rank(cell: str) -> int | None:
    if any(word in cell for word in (*NOT_OF_IT, *REASON)):
        return None
    return next((rank for rank, word in enumerate(STATE) if word in cell), None)


def _column(row: list[str], words: Sequence[str], taken: Sequence[int]) -> int | None:
    low = [state_words.bare(cell) for cell in row]
    free = (place for place in range(len(low)) if place not in taken)
    return next((place for place in free if any(word in low[place] for word in words)), None)


def _cell(row: list[str], place: int | None) -> str:
    return row[place].strip() if place is not None and place < len(row) else ""
