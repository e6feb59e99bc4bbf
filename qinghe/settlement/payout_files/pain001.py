"""ISO 20022 customer credit transfer initiation, versions 09 and 03."""

from __future__ import annotations

from datetime import UTC
from typing import Final

from lxml import etree

from qinghe.kernel.money import to_major
from qinghe.settlement.payout_files.batch import Batch, Line, Payer
from qinghe.settlement.payout_files.tree import UNKNOWN, Tree, put_account, put_agent, tidy

SPACE: Final = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.{version}"


def version_09(batch: Batch) -> bytes:
    """Return a batch as pain.001.001.09."""
    return _document(batch, "09")


def version_03(batch: Batch) -> bytes:
    """Return a batch as pain.001.001.03, which older banks take."""
    return _document(batch, "03")


def _document(batch: Batch, version: str) -> bytes:
    tree = Tree(SPACE.format(version=version))
    top = tree.add(tree.root, "CstmrCdtTrfInitn")
    head = tree.add(top, "GrpHdr")
    tree.add(head, "MsgId", batch.number)
    tree.add(head, "CreDtTm", f"{batch.made_at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}")
    _sums(tree, head, batch)
    tree.add(head, "InitgPty/Nm", tidy(batch.payer.name))
    block = tree.add(top, "PmtInf")
    tree.add(block, "PmtInfId", batch.number)
    tree.add(block, "PmtMtd", "TRF")
    _sums(tree, block, batch)
    day = "ReqdExctnDt" if version == "03" else "ReqdExctnDt/Dt"
    tree.add(block, day, batch.executes_on.isoformat())
    bic = "BIC" if version == "03" else "BICFI"
    _payer(tree, block, batch.payer, batch.currency, bic)
    for line in batch.lines:
        _transfer(tree, block, line, batch.currency)
    made: bytes = etree.tostring(tree.root, xml_declaration=True, encoding="UTF-8")
    return made


def _sums(tree: Tree, parent: etree._Element, batch: Batch) -> None:
    tree.add(parent, "NbOfTxs", len(batch.lines))
    tree.add(parent, "CtrlSum", to_major(batch.total, batch.currency))


def _payer(tree: Tree, block: etree._Element, payer: Payer, currency: str, bic: str) -> None:
    tree.add(block, "Dbtr/Nm", tidy(payer.name))
    account = tree.add(block, "DbtrAcct")
    put_account(tree, account, payer.number)
    tree.add(account, "Ccy", currency)
    agent = tree.add(block, "DbtrAgt/FinInstnId")
    if payer.bic:
        tree.add(agent, bic, payer.bic)
    else:
        tree.add(agent, "Othr/Id", UNKNOWN)


def _transfer(tree: Tree, block: etree._Element, line: Line, currency: str) -> None:
    one = tree.add(block, "CdtTrfTxInf")
    ids = tree.add(one, "PmtId")
    tree.add(ids, "InstrId", line.end_to_end)
    tree.add(ids, "EndToEndId", line.end_to_end)
    tree.add(one, "Amt/InstdAmt", to_major(line.amount, currency), Ccy=currency)
    bank = tidy(line.bank_name)
    if line.clearing or bank:
        put_agent(tree, tree.add(one, "CdtrAgt/FinInstnId"), line.clearing, bank)
    tree.add(one, "Cdtr/Nm", tidy(line.holder))
    put_account(tree, tree.add(one, "CdtrAcct"), line.number)
    tree.add(one, "RmtInf/Ustrd", tidy(line.purpose))
