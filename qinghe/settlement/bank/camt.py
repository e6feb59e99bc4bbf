"""
Read camt.053, the XML statement of ISO 20022, in any of its versions.

A document type or an entity is refused before anything is made of it; nothing is fetched.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Final

from lxml import etree

from qinghe.settlement.bank.refusals import (
    BadStatement,
    StatementHostile,
    StatementTooLong,
    StatementUnknown,
)
from qinghe.settlement.bank.sheets import MOST_LINES, Line, Sheet, day, minor, plain
from qinghe.settlement.iso20022 import Element, HasDocumentType, NotXml, root_of

BOOKED: Final = ("BOOK", "")
OPENING: Final = ("OPBD", "PRCD")
CLOSING: Final = ("CLBD",)
SIGNS: Final = {"CRDT": True, "DBIT": False}


def read_camt(content: bytes) -> list[Sheet]:
    """
    Return the statements of a camt.053 file; entries that are not booked yet are passed over.

    :raises StatementUnknown: XML of another kind
    :raises StatementHostile: it declares a document type or entities
    :raises BadStatement: a field cannot be read
    :raises StatementTooLong: more entries than one file may have
    """
    root = _root(content)
    found = list(root.iter("{*}Stmt"))
    if etree.QName(root).localname != "Document" or not found:
        raise StatementUnknown
    return [_sheet(each) for each in found]


def _root(content: bytes) -> Element:
    try:
        return root_of(content)
    except NotXml as fault:
        raise BadStatement(row=fault.line, field="XML") from None
    except HasDocumentType:
        raise StatementHostile from None


def _sheet(statement: Element) -> Sheet:
    currency = _text(statement, "Acct/Ccy") or _currency(statement)
    lines = [line for entry in statement.iterfind("{*}Ntry") for line in _lines(entry, currency)]
    if len(lines) > MOST_LINES:
        raise StatementTooLong(most=MOST_LINES)
    return Sheet(
        kind="camt.053",
        account=_text(statement, "Acct/Id/IBAN") or _text(statement, "Acct/Id/Othr/Id"),
        currency=currency,
        lines=tuple(lines),
        number=_text(statement, "Id"),
        opening=_balance(statement, OPENING, currency),
        closing=_balance(statement, CLOSING, currency),
        starts_on=_maybe_day(statement, "FrToDt/FrDtTm"),
        ends_on=_maybe_day(statement, "FrToDt/ToDtTm"),
    )


def _lines(entry: Element, currency: str) -> Iterator[Line]:
    if (_text(entry, "Sts/Cd") or _text(entry, "Sts")) not in BOOKED:
        return
    details = list(entry.iterfind("{*}NtryDtls/{*}TxDtls"))
    whole = _amount(entry, currency)
    if len(details) < 2:
        yield _line(entry, details[0] if details else entry, whole, currency, "")
        return
    # One booking of many payments: each its own line, if the bank tells the amounts.
    parts = [_amount(each, currency) for each in details]
    if sum(parts) != whole:
        raise BadStatement(row=entry.sourceline, field="TxDtls/Amt")
    for place, (each, part) in enumerate(zip(details, parts, strict=True), start=1):
        yield _line(entry, each, part, currency, f"/{place}")


def _line(entry: Element, detail: Element, amount: int, currency: str, part: str) -> Line:
    credit = _sign(entry)
    side = "Dbtr" if credit else "Cdtr"
    booked = _maybe_day(entry, "BookgDt/Dt") or _maybe_day(entry, "BookgDt/DtTm")
    if booked is None:
        raise BadStatement(row=entry.sourceline, field="BookgDt")
    value = _maybe_day(entry, "ValDt/Dt") or _maybe_day(entry, "ValDt/DtTm") or booked
    parties = "RltdPties"
    reference = _text(entry, "AcctSvcrRef") or _text(entry, "NtryRef")
    return Line(
        row=entry.sourceline,
        booked_on=booked,
        value_on=value,
        amount=amount,
        credit=credit,
        reference=reference + part if reference else "",
        text=plain(_words(detail, entry)),
        payer=_text(detail, f"{parties}/{side}/Nm") or _text(detail, f"{parties}/{side}/Pty/Nm"),
        payer_account=_text(detail, f"{parties}/{side}Acct/Id/IBAN")
        or _text(detail, f"{parties}/{side}Acct/Id/Othr/Id"),
    )


def _words(detail: Element, entry: Element) -> Iterator[str]:
    """Return what the payer wrote: the structured reference first, as it is the surest."""
    yield from _all(detail, "RmtInf/Strd/CdtrRefInf/Ref")
    yield from _all(detail, "RmtInf/Ustrd")
    yield _text(detail, "Refs/EndToEndId")
    if detail is not entry:
        yield from _all(entry, "AddtlNtryInf")


def _amount(element: Element, currency: str) -> int:
    amount = element.find("{*}Amt")
    if amount is None:
        amount = element.find("{*}AmtDtls/{*}TxAmt/{*}Amt")
    if amount is None or amount.get("Ccy") != currency:
        raise BadStatement(row=element.sourceline, field="Amt")
    return minor((amount.text or "").strip(), currency, amount.sourceline, "Amt")


def _sign(element: Element) -> bool:
    sign = SIGNS.get(_text(element, "CdtDbtInd"))
    if sign is None:
        raise BadStatement(row=element.sourceline, field="CdtDbtInd")
    return sign


def _balance(statement: Element, codes: tuple[str, ...], currency: str) -> int | None:
    for balance in statement.iterfind("{*}Bal"):
        if _text(balance, "Tp/CdOrPrtry/Cd") in codes:
            amount = balance.find("{*}Amt")
            if amount is None or amount.get("Ccy") != currency:
                raise BadStatement(row=balance.sourceline, field="Bal")
            text = (amount.text or "").strip()
            found = minor(text, currency, amount.sourceline, "Bal", least=0)
            return found if _sign(balance) else -found
    return None


def _currency(statement: Element) -> str:
    amount = statement.find("{*}Bal/{*}Amt")
    return "" if amount is None else amount.get("Ccy", "")


def _maybe_day(element: Element, path: str) -> date | None:
    text = _text(element, path)
    return day(lambda: date.fromisoformat(text[:10]), element.sourceline, path) if text else None


def _text(element: Element, path: str) -> str:
    return next(_all(element, path), "")


def _all(element: Element, path: str) -> Iterator[str]:
    for found in element.iterfind("/".join(f"{{*}}{step}" for step in path.split("/"))):
        yield plain([found.text or ""])
