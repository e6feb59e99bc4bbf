"""ISO 20022 customer direct debit initiation, pain.008.001.08."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from itertools import groupby
from typing import Final

from lxml import etree

from qinghe.kernel.money import to_major
from qinghe.settlement.payout_files.batch import CLEARING
from qinghe.settlement.payout_files.tree import UNKNOWN, Tree, put_account, put_agent, tidy

SPACE: Final = "urn:iso:std:iso:20022:tech:xsd:pain.008.001.08"
WORDS: Final = "清和分期"


@dataclass(frozen=True)
class Payee:
    """The platform's own account, and the number under which it may debit others."""

    name: str
    number: str
    bic: str
    scheme_id: str


@dataclass(frozen=True)
class Line:
    """One debit; whose account it takes from is never printed."""

    end_to_end: str
    amount: int
    collects_on: date
    mandate: str
    given_on: date
    holder: str = field(repr=False)
    number: str = field(repr=False)
    bank: str = field(repr=False)


@dataclass(frozen=True)
class Batch:
    """The debits of a run; amounts in minor units."""

    number: str
    made_at: datetime
    currency: str
    payee: Payee
    lines: tuple[Line, ...]


def write(batch: Batch) -> bytes:
    """Return a batch as pain.008.001.08: one block for each day of collection."""
    tree = Tree(SPACE)
    top = tree.add(tree.root, "CstmrDrctDbtInitn")
    head = tree.add(top, "GrpHdr")
    tree.add(head, "MsgId", batch.number)
    tree.add(head, "CreDtTm", f"{batch.made_at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}")
    _sums(tree, head, batch.lines, batch.currency)
    tree.add(head, "InitgPty/Nm", tidy(batch.payee.name))
    ordered = sorted(batch.lines, key=lambda line: (line.collects_on, line.end_to_end))
    days = groupby(ordered, key=lambda line: line.collects_on)
    for place, (day, lines) in enumerate(days, start=1):
        _block(tree, top, batch, place, day, list(lines))
    made: bytes = etree.tostring(tree.root, xml_declaration=True, encoding="UTF-8")
    return made


def _sums(tree: Tree, parent: etree._Element, lines: tuple[Line, ...], currency: str) -> None:
    tree.add(parent, "NbOfTxs", len(lines))
    tree.add(parent, "CtrlSum", to_major(sum(line.amount for line in lines), currency))


def _block(
    tree: Tree, top: etree._Element, batch: Batch, place: int, day: date, lines: list[Line]
) -> None:
    block, payee = tree.add(top, "PmtInf"), batch.payee
    tree.add(block, "PmtInfId", f"{batch.number}-{place}")
    tree.add(block, "PmtMtd", "DD")
    _sums(tree, block, tuple(lines), batch.currency)
    tree.add(block, "PmtTpInf/SeqTp", "RCUR")
    tree.add(block, "ReqdColltnDt", day.isoformat())
    tree.add(block, "Cdtr/Nm", tidy(payee.name))
    put_account(tree, tree.add(block, "CdtrAcct"), payee.number)
    agent = tree.add(block, "CdtrAgt/FinInstnId")
    if payee.bic:
        tree.add(agent, "BICFI", payee.bic)
    else:
        tree.add(agent, "Othr/Id", UNKNOWN)
    tree.add(block, "CdtrSchmeId/Id/PrvtId/Othr/Id", payee.scheme_id)
    for line in lines:
        _debit(tree, block, line, batch.currency)


def _debit(tree: Tree, block: etree._Element, line: Line, currency: str) -> None:
    one = tree.add(block, "DrctDbtTxInf")
    tree.add(one, "PmtId/EndToEndId", line.end_to_end)
    tree.add(one, "InstdAmt", to_major(line.amount, currency), Ccy=currency)
    mandate = tree.add(one, "DrctDbtTx/MndtRltdInf")
    tree.add(mandate, "MndtId", line.mandate)
    tree.add(mandate, "DtOfSgntr", line.given_on.isoformat())
    clearing = CLEARING.search(line.bank)
    put_agent(
        tree,
        tree.add(one, "DbtrAgt/FinInstnId"),
        clearing[0] if clearing else "",
        tidy(CLEARING.sub("", line.bank).strip(" ,;，；()（）")),
    )
    tree.add(one, "Dbtr/Nm", tidy(line.holder))
    put_account(tree, tree.add(one, "DbtrAcct"), line.number)
    tree.add(one, "RmtInf/Ustrd", f"{WORDS} {line.end_to_end}")
