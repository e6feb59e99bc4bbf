"""What a bank answers: pain.002, camt.054, or a CSV with its states. Read, never run."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Final

from django.utils.translation import gettext_lazy as _
from lxml import etree

from qinghe.kernel.money import ungrouped
from qinghe.settlement.iso20022 import HasDocumentType, NotXml, root_of
from qinghe.settlement.payout_files.answers_table import Meaning, read_table
from qinghe.settlement.return_codes import code_of

MOST_BYTES: Final = 20_000_000
ENCODINGS: Final = ("utf-8-sig", "gb18030")
SETTLED: Final = ("ACSC", "ACCC", "ACWC")
REFUSED: Final = ("RJCT", "CANC")


class Said(StrEnum):
    """What the bank says of one payout."""

    PAID = "paid"
    RETURNED = "returned"
    PENDING = "pending"


SAID: Final = {
    Meaning.PAID: Said.PAID,
    Meaning.RETURNED: Said.RETURNED,
    Meaning.WAITING: Said.PENDING,
    Meaning.UNCLEAR: Said.PENDING,
}


@dataclass(frozen=True)
class Answer:
    """The bank's word about one payout, by its end-to-end number; an amount where it is told."""

    number: str
    said: Said
    code: str = ""
    amount: Decimal | None = None
    currency: str = ""
    # Not decided, and in words that are not known here.
    unclear: bool = False


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
    blocks = list(root.iterfind(".//{*}OrgnlPmtInfAndSts"))
    told = [one for block in blocks for one in _of_block(block)]
    loose = (one for one in root.iterfind(".//{*}TxInfAndSts") if one.getparent() not in blocks)
    told += map(_of_one, loose)
    group = root.find(".//{*}OrgnlGrpInfAndSts")
    if not told and group is not None:
        # The bank speaks of the whole file.
        told = [_of_many(group, "OrgnlMsgId", "GrpSts")]
    yield from told


def _of_block(block: etree._Element) -> list[Answer]:
    """Return what is said of each payment of a block; of all of it where they are not named."""
    named = [_of_one(one) for one in block.iterfind(".//{*}TxInfAndSts")]
    status = _text(block, "PmtInfSts")
    refused = status in REFUSED and all(one.said == Said.RETURNED for one in named)
    if refused or (status and not named):
        named.append(_of_many(block, "OrgnlPmtInfId", "PmtInfSts"))
    return named


def _of_one(one: etree._Element) -> Answer:
    status = _text(one, "TxSts")
    return Answer(
        _text(one, "OrgnlEndToEndId"),
        _said(status),
        _code(one.find("{*}StsRsnInf")) if status in REFUSED else "",
        *_money(one.find(".//{*}InstdAmt")),
    )


def _of_many(part: etree._Element, number: str, state: str) -> Answer:
    status = _text(part, state)
    code = _code(part.find("{*}StsRsnInf")) if status in REFUSED else ""
    return Answer(_text(part, number), _said(status), code)


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
    table = read_table(text)
    if table is None:
        raise Unreadable(_("no line of it is a head with a column for the state and another one."))
    if table.rows and not table.known:
        told = _("none of its words for the state is known here: {words}.")
        raise Unreadable(told.format(words=", ".join(table.strange)))
    for row in table.rows:
        said = SAID[row.meaning]
        code = code_of(row.reason) if said == Said.RETURNED else ""
        unclear = row.meaning == Meaning.UNCLEAR
        yield Answer(row.number, said, code, _amount(row.amount), unclear=unclear)


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
    plain = told.strip().lstrip("\u00a5\uffe5")
    if not plain:
        return None
    try:
        amount = Decimal(ungrouped(plain))
    except (InvalidOperation, ValueError):
        raise Unreadable(_("an amount cannot be read.")) from None
    if not amount.is_finite():
        raise Unreadable(_("an amount cannot be read."))
    return amount
