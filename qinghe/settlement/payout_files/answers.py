"""What a bank answers: pain.002, camt.054, or a CSV with its states. Read, never run."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Final

from django.utils.translation import gettext_lazy as _
from lxml import etree

from qinghe.settlement.iso20022 import HasDocumentType, NotXml, root_of
from qinghe.settlement.return_codes import code_of

MOST_BYTES: Final = 20_000_000
NUMBER: Final = re.compile(r"(?:PO|DD)-\d{8}-\d{8}")
ENCODINGS: Final = ("utf-8-sig", "gb18030")
SETTLED: Final = ("ACSC", "ACCC", "ACWC")
REFUSED: Final = ("RJCT", "CANC")
# Words and columns of banks in a CSV.
FAILED_WORDS: Final = ("失败", "退票", "退汇", "拒绝", "退回", "failed", "returned", "rejected")
PAID_WORDS: Final = ("成功", "已付", "完成", "paid", "success", "settled")
STATE: Final = ("状态", "结果", "status", "state")
REASON: Final = ("原因", "附言", "说明", "reason")
MONEY: Final = ("金额", "amount")


class Said(StrEnum):
    """What the bank says of one payout."""

    PAID = "paid"
    RETURNED = "returned"
    PENDING = "pending"


@dataclass(frozen=True)
class Answer:
    """The bank's word about one payout, by its end-to-end number; an amount where it is told."""

    number: str
    said: Said
    code: str = ""
    amount: Decimal | None = None
    currency: str = ""


class Unreadable(ValueError):
    """The content is none of the known kinds; the text says why, without any of it."""


def read_answers(content: bytes, *, incoming: bool = False) -> list[Answer]:
    """
    Return what the bank says, in its order; of debits (`incoming`) it pays by money that comes in.

    :raises Unreadable: too long, broken, or of no known kind
    """
    if len(content) > MOST_BYTES:
        raise Unreadable(_("it is too long."))
    if content.lstrip().startswith((b"<", b"\xef\xbb\xbf<")):
        return list(_from_xml(content, incoming))
    return list(_from_csv(_decoded(content)))


def _from_xml(content: bytes, incoming: bool) -> Iterator[Answer]:
    try:
        root = root_of(content)
    except NotXml:
        raise Unreadable(_("the XML is broken.")) from None
    except HasDocumentType:
        raise Unreadable(_("it has a document type.")) from None
    kind = etree.QName(root).namespace or ""
    if ":pain.002." in kind:
        yield from _from_pain002(root)
    elif ":camt.054." in kind:
        yield from _from_camt054(root, incoming)
    else:
        raise Unreadable(_("the XML is neither pain.002 nor camt.054."))


def _from_pain002(root: etree._Element) -> Iterator[Answer]:
    named = list(root.iterfind(".//{*}TxInfAndSts"))
    for one in named:
        status = _text(one, "TxSts")
        yield Answer(
            _text(one, "OrgnlEndToEndId"),
            _said(status),
            _code(one.find("{*}StsRsnInf")) if status in REFUSED else "",
            *_money(one.find(".//{*}InstdAmt")),
        )
    group = root.find(".//{*}OrgnlGrpInfAndSts")
    if not named and group is not None:
        # The bank speaks of the whole file.
        status = _text(group, "GrpSts")
        code = _code(group.find("{*}StsRsnInf")) if status in REFUSED else ""
        yield Answer(_text(group, "OrgnlMsgId"), _said(status), code)


def _from_camt054(root: etree._Element, incoming: bool) -> Iterator[Answer]:
    for entry in root.iterfind(".//{*}Ntry"):
        outgoing, booked = _text(entry, "CdtDbtInd") == "DBIT", _status(entry) == "BOOK"
        for one in entry.iterfind(".//{*}TxDtls"):
            back = one.find("{*}RtrInf")
            # Money that moves the other way is a return only where the bank says so.
            paid = Said.PAID if outgoing != incoming else Said.PENDING
            said = Said.RETURNED if back is not None else paid
            yield Answer(
                _text(one, "Refs/{*}EndToEndId"),
                said if booked else Said.PENDING,
                _code(back) if back is not None else "",
                *_money(one.find("{*}Amt")),
            )


def _from_csv(text: str) -> Iterator[Answer]:
    rows = list(csv.reader(io.StringIO(text)))
    place = next((place for place, row in enumerate(rows) if _column(row, STATE) is not None), None)
    if place is None:
        raise Unreadable(_("no column of it is called state."))
    head = rows[place]
    state, reason, money = (_column(head, words) for words in (STATE, REASON, MONEY))
    for row in rows[place + 1 :]:
        named = NUMBER.search(" ".join(row))
        if named is None:
            continue
        said = _said_in_words(_cell(row, state))
        why = _cell(row, reason) or _cell(row, state)
        code = code_of(why) if said == Said.RETURNED else ""
        yield Answer(named[0], said, code, _amount(_cell(row, money)))


def _column(row: list[str], words: tuple[str, ...]) -> int | None:
    low = [cell.strip().casefold() for cell in row]
    return next((i for i, cell in enumerate(low) if any(word in cell for word in words)), None)


def _cell(row: list[str], place: int | None) -> str:
    return row[place].strip() if place is not None and place < len(row) else ""


def _said_in_words(told: str) -> Said:
    """Return what a state says; money comes back only by a word for it and none against it."""
    low = told.casefold()
    failed, paid = (any(word in low for word in words) for words in (FAILED_WORDS, PAID_WORDS))
    if failed == paid:
        return Said.PENDING
    return Said.RETURNED if failed else Said.PAID


def _decoded(content: bytes) -> str:
    for encoding in ENCODINGS:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Unreadable(_("its characters cannot be read."))


def _said(status: str) -> Said:
    if status in SETTLED:
        return Said.PAID
    return Said.RETURNED if status in REFUSED else Said.PENDING


def _code(reason: etree._Element | None) -> str:
    if reason is None:
        return code_of("")
    told = _text(reason, "Rsn/{*}Cd") or _text(reason, "Rsn/{*}Prtry")
    return code_of(told or _text(reason, "AddtlInf"))


def _status(entry: etree._Element) -> str:
    return _text(entry, "Sts/{*}Cd") or _text(entry, "Sts")


def _text(parent: etree._Element, path: str) -> str:
    found = parent.find(f"{{*}}{path}")
    return (found.text or "").strip() if found is not None else ""


def _money(element: etree._Element | None) -> tuple[Decimal | None, str]:
    return (None, "") if element is None else (_amount(element.text or ""), element.get("Ccy", ""))


def _amount(told: str) -> Decimal | None:
    plain = told.strip().lstrip("\u00a5\uffe5").replace(",", "")
    if not plain:
        return None
    try:
        amount = Decimal(plain)
    except InvalidOperation:
        raise Unreadable(_("an amount cannot be read.")) from None
    if not amount.is_finite():
        raise Unreadable(_("an amount cannot be read."))
    return amount
