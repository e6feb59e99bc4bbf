"""Invented statements of the platform's account in each format."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

ACCOUNT = "DEMO00000001"
DAY = date(2026, 11, 20)


@dataclass(frozen=True)
class Said:
    """One entry of a made-up statement: minor units with their sign."""

    amount: int
    text: str = ""
    reference: str = ""
    day: date = DAY
    payer: str = ""


def csv(said: Sequence[Said], *, balances: bool = False) -> bytes:
    rows = ["booked_on,amount,reference,text,payer,currency" + (",balance" if balances else "")]
    running = 0
    for each in said:
        running += each.amount
        cells = [f"{each.day}", f"{each.amount / 100:.2f}", each.reference, each.text, each.payer]
        rows.append(",".join([*cells, "CNY", *([f"{running / 100:.2f}"] if balances else [])]))
    return "\n".join(rows).encode()


def mt940(said: Sequence[Said], *, opening: int = 0, number: str = "1/1") -> bytes:
    closing = opening + sum(each.amount for each in said)
    lines = [":20:START", f":25:BANKCODE/{ACCOUNT}", f":28C:{number}"]
    lines.append(f":60F:{_balance(opening)}")
    for each in said:
        sign = "C" if each.amount > 0 else "D"
        reference = f"//{each.reference}" if each.reference else ""
        amount = f"{abs(each.amount) // 100},{abs(each.amount) % 100:02}"
        lines.append(f":61:{each.day:%y%m%d}{each.day:%m%d}{sign}{amount}NTRFNONREF{reference}")
        lines.append(f":86:166?00CREDIT?20{each.text}?32{each.payer}")
    lines += [f":62F:{_balance(closing)}", "-"]
    return "\r\n".join(lines).encode()


def camt(said: Sequence[Said], *, opening: int = 0, head: str = "") -> bytes:
    closing = opening + sum(each.amount for each in said)
    space = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>{head}<Document xmlns="{space}"><BkToCstmrStmt>'
        f"<Stmt><Id>S1</Id><Acct><Id><Othr><Id>{ACCOUNT}</Id></Othr></Id><Ccy>CNY</Ccy></Acct>"
        f"{_bal('OPBD', opening)}{_bal('CLBD', closing)}{''.join(map(_entry, said))}"
        "</Stmt></BkToCstmrStmt></Document>"
    ).encode()


def _balance(minor: int) -> str:
    sign, amount = ("C" if minor >= 0 else "D"), abs(minor)
    return f"{sign}{DAY:%y%m%d}CNY{amount // 100},{amount % 100:02}"


def _bal(code: str, minor: int) -> str:
    sign = "CRDT" if minor >= 0 else "DBIT"
    return (
        f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp>"
        f'<Amt Ccy="CNY">{abs(minor) / 100:.2f}</Amt><CdtDbtInd>{sign}</CdtDbtInd></Bal>'
    )


def _entry(said: Said) -> str:
    sign = "CRDT" if said.amount > 0 else "DBIT"
    reference = f"<AcctSvcrRef>{said.reference}</AcctSvcrRef>" if said.reference else ""
    return (
        f'<Ntry><Amt Ccy="CNY">{abs(said.amount) / 100:.2f}</Amt><CdtDbtInd>{sign}</CdtDbtInd>'
        f"<Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>{said.day}</Dt></BookgDt>{reference}"
        f"<NtryDtls><TxDtls><RltdPties><Dbtr><Nm>{said.payer}</Nm></Dbtr></RltdPties>"
        f"<RmtInf><Ustrd>{said.text}</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>"
    )
