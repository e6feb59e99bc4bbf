"""Statements are read strictly; a hostile or damaged one is refused and names its line."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qinghe.kernel.errors import DomainError
from qinghe.settlement.bank import Sheet, read_statements
from qinghe.settlement.bank.refusals import (
    BadStatement,
    BalanceDiffers,
    StatementHostile,
    StatementUnknown,
)
from tests.settlement.bank_files import ACCOUNT, Said, camt, csv, mt940

SAID = [
    Said(12_345, "RF32 QH26 1104 8213", "B1", payer="ZHAO"),
    Said(-500, "fee", "B2"),
    Said(1, "", "B3"),
]


def read(content: bytes) -> Sheet:
    (sheet,) = read_statements(content, "qinghe", ACCOUNT)
    return sheet


@pytest.mark.parametrize("make", [csv, mt940, camt])
def test_each_format_says_the_same(make: object) -> None:
    sheet = read(make(SAID))  # type: ignore[operator]
    assert [(each.signed, each.reference) for each in sheet.lines] == [
        (12_345, "B1"),
        (-500, "B2"),
        (1, "B3"),
    ]
    assert sheet.lines[0].text.endswith("RF32 QH26 1104 8213")
    assert sheet.lines[0].payer == "ZHAO"
    assert {each.booked_on for each in sheet.lines} == {date(2026, 11, 20)}
    assert sheet.currency == "CNY"


def test_balances_are_told_and_checked() -> None:
    assert (read(camt(SAID, opening=-7)).opening, read(camt(SAID, opening=-7)).closing) == (
        -7,
        11_839,
    )
    assert read(mt940(SAID, opening=100)).closing == 11_946
    assert read(csv(SAID, balances=True)).closing == 11_846
    for broken in (
        mt940(SAID).replace(b":62F:C261120CNY118,46", b":62F:C261120CNY118,47"),
        camt(SAID).replace(b">118.46<", b">118.40<"),
        csv(SAID, balances=True).replace(b"118.45", b"118.44"),
    ):
        with pytest.raises(BalanceDiffers):
            read(broken)


@given(st.lists(st.tuples(st.integers(-999, 999).filter(bool), st.booleans()), min_size=1))
def test_a_minus_in_one_column_is_money_in_the_other(said: list[tuple[int, bool]]) -> None:
    rows, running = ["交易日期,借方发生额,贷方发生额,余额"], 0
    for amount, undoes in said:
        running += amount
        cell = f"{(-1 if undoes else 1) * abs(amount) / 100:.2f}"
        # What is undone stands with a minus on its own side.
        debit = (amount < 0) != undoes
        cells = (cell, "") if debit else ("", cell)
        rows.append(",".join(["20261120", *cells, f"{running / 100:.2f}"]))
    sheet = read("\n".join(rows).encode())
    assert [line.signed for line in sheet.lines] == [amount for amount, _undoes in said]
    assert sheet.closing == running


@pytest.mark.parametrize(
    ("rows", "signed"),
    [
        # A minus beside every debit: said twice over, as the balance shows.
        (["收入,100.00,200.00", "支出,-30.00,170.00"], [10_000, -3_000]),
        # A minus beside one debit of several undoes it.
        (["支出,25.00,75.00", "支出,-25.00,100.00"], [-2_500, 2_500]),
        (["收入,100.00,200.00", "支出,-30.00,230.00"], [10_000, 3_000]),
        (["收入,100.00,200.00", "收入,-100.00,100.00"], [10_000, -10_000]),
        (["支出,25.00,", "支出,-25.00,"], [-2_500, 2_500]),
        # Nothing tells which of the two it is.
        (["支出,-30.00,170.00"], None),
        (["收入,100.00,", "支出,-30.00,"], None),
    ],
)
def test_a_minus_beside_a_word_is_read_as_the_balance_says(
    rows: list[str], signed: list[int] | None
) -> None:
    content = "\n".join(["交易日期,收支方向,交易金额,余额", *(f"20261120,{row}" for row in rows)])
    if signed is None:
        with pytest.raises(BadStatement):
            read(content.encode())
        return
    assert [line.signed for line in read(content.encode()).lines] == signed


def test_a_running_balance_may_stand_newest_first() -> None:
    head, *rows = csv(SAID, balances=True).split(b"\n")
    assert read(b"\n".join([head, *reversed(rows)])).closing == 11_846


ENTITY = '<!DOCTYPE Document [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
LAUGHS = "<!DOCTYPE Document [" + '<!ENTITY a "ha">' + "".join(
    f'<!ENTITY {chr(98 + n)} "{("&" + chr(97 + n) + ";") * 10}">' for n in range(9)
) + "]>"  # fmt: skip


@pytest.mark.parametrize("head", [ENTITY, LAUGHS])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_xml_with_a_document_type_is_not_read(head: str, encoding: str) -> None:
    said = [Said(1, "&x;" if head == ENTITY else "&j;")]
    text = camt(said, head=head).decode().replace("UTF-8", encoding)
    with pytest.raises((StatementHostile, BadStatement)) as refusal:
        read(text.encode(encoding))
    assert "root:" not in str(refusal.value.facts)


@pytest.mark.parametrize(
    "broken",
    [
        mt940(SAID).replace(b"C123,45NTRF", b"C123,4XNTRF"),
        mt940(SAID).replace(b":61:261120", b":61:261320"),
        mt940(SAID).replace(b":60F:C261120CNY0,00\r\n", b""),
        camt(SAID).replace(b"CRDT", b"CRXT"),
        camt(SAID).replace(b"123.45", b"1e2"),
        camt(SAID).replace(b'Ccy="CNY">123', b'Ccy="EUR">123'),
        camt(SAID)[:-30],
        csv(SAID).replace(b"123.45", b"NaN"),
        csv(SAID).replace(b"2026-11-20", b"0001-01-01"),
        csv(SAID).replace(b"123.45", b"123.456"),
    ],
)
def test_what_cannot_be_read_names_its_line(broken: bytes) -> None:
    with pytest.raises(BadStatement) as refusal:
        read(broken)
    assert refusal.value.facts["row"]


@pytest.mark.parametrize("content", [b"", b"\x00\x01\x02", b"<html><body/></html>", b"%PDF-1.7 x"])
def test_another_kind_of_file_is_refused(content: bytes) -> None:
    with pytest.raises(DomainError):
        read(content)


def test_a_page_of_the_web_is_no_statement() -> None:
    with pytest.raises(StatementUnknown):
        read(b"<html><body/></html>")


def test_a_bank_of_china_writes_gb18030() -> None:
    text = '交易日期,借贷标志,交易金额,流水号,摘要\n20261120,贷,"1,200.00",B9,还款\n'
    (line,) = read(text.encode("gb18030")).lines
    assert (line.signed, line.text) == (120_000, "还款")


def test_the_words_of_every_column_are_read() -> None:
    head = "交易日期,摘要,收入金额,支出金额,余额,流水号,附言\n"
    row = '2026-11-28,{},5000.00,,"5,000.00",B1,{}\n'
    (line,) = read((head + row.format("转账", "RF13 QH26 1100 0055")).encode("gb18030")).lines
    assert line.text == "转账 RF13 QH26 1100 0055"
    for told, text in (("转账,", "转账"), (",还款", "还款"), ("还款,还款", "还款"), ("-,--", "-")):
        (line,) = read((head + row.format(*told.split(","))).encode()).lines
        assert line.text == text


@given(st.binary(max_size=300) | st.text(max_size=200).map(str.encode))
def test_no_bytes_break_the_reader(content: bytes) -> None:
    for each in (content, b":20:X\n" + content, b"<Document>" + content):
        try:
            read_statements(each, "qinghe", ACCOUNT)
        except DomainError:
            continue
