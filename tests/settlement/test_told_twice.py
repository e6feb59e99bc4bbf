"""A statement that was cut off is refused; money that may be told twice waits for a person."""

from __future__ import annotations

from typing import Any

import pytest

from qinghe.kernel.errors import DomainError
from qinghe.settlement import accounts, services
from qinghe.settlement.bank import read_statements
from qinghe.settlement.bank.refusals import (
    BadStatement,
    NamesOurs,
    NoReturnHere,
    NoSuchTwin,
    RaggedRow,
    StatementColumns,
    StatementCut,
    SuspenseBySamePerson,
    TwinStands,
    TwinTold,
)
from qinghe.settlement.models import Payout, Suspense, Twin
from qinghe.settlement.queries.twins import twins
from tests.factories import AT
from tests.settlement.bank_files import ACCOUNT, Said, camt, csv, mt940
from tests.settlement.banked import ONE, owed, payout_of, sent
from tests.settlement.banked import OTHER as APPROVES
from tests.settlement.test_bank_reading import read
from tests.settlement.test_suspense import CLERK, OTHER, assert_suspense, held, only, take

FIVE = [Said(123_456 + place, f"words {place}", f"B{place}", payer="ZHAO") for place in range(5)]


def test_a_row_that_is_cut_off_is_refused_with_its_line() -> None:
    whole = csv(FIVE)
    for place in range(whole.index(b"\n") + 2, len(whole)):
        part = whole[:place]
        rows = part.count(b"\n") - (part.endswith(b"\n"))
        last = part.rpartition(b"\n")[2]
        if not last or last.count(b",") == 5:
            continue
        with pytest.raises((RaggedRow, BadStatement)) as refusal:
            read(part)
        assert refusal.value.facts["row"] == rows + 1


def test_a_row_with_more_cells_than_the_head_is_refused() -> None:
    with pytest.raises(RaggedRow):
        read(csv(FIVE) + b",more")


@pytest.mark.parametrize(
    "cut",
    [
        "交易日期,交易金额,摘要\n20261120,1.00,还款".encode()[:-1],
        '交易日期,交易金额,摘要\n20261120,1.00,"还'.encode("gb18030"),
        mt940(FIVE).partition(b":62F:")[0],
    ],
    ids=["character", "quotation", "closing balance"],
)
def test_an_end_in_the_middle_is_refused(cut: bytes) -> None:
    with pytest.raises(StatementCut) as refusal:
        read(cut)
    assert refusal.value.facts["row"]


def test_an_xml_statement_that_is_cut_off_is_refused() -> None:
    whole = camt(FIVE)
    for place in range(len(whole) - 200, len(whole) - 1, 7):
        with pytest.raises(DomainError):
            read(whole[:place])


BANK = """账户明细查询
账号：,DEMO00000001
查询期间,20261101-20261130
交易时间,收入金额(元),支出金额(元),账户余额(元),币种,对方户名,对方账号,摘要
2026年11月29日,"1,234.56",-,"1,234.56",人民币,示例公司,-,还款
2026年11月30日,-,34.56,"1,200.00",人民币,-,-,手续费
合计,"1,234.56",34.56,,,,,
以上共2笔
"""


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_a_statement_as_a_chinese_bank_writes_it(encoding: str) -> None:
    sheet = read(BANK.encode(encoding))
    assert [line.signed for line in sheet.lines] == [123_456, -3_456]
    assert (sheet.currency, sheet.closing) == ("CNY", 120_000)
    assert [line.row for line in sheet.lines] == [5, 6]
    assert str(sheet.lines[0].booked_on) == "2026-11-29"


def test_a_missing_column_is_told_with_the_names_it_may_have() -> None:
    with pytest.raises(StatementColumns) as refusal:
        read("甲,乙\n1,2\n".encode())
    assert "交易日期" in str(refusal.value.facts["names"])
    assert "booked_on" not in str(refusal.value.facts["column"])


@pytest.mark.django_db
class TestTwins:
    @pytest.mark.parametrize("first", [0, 1])
    def test_one_with_a_number_and_one_without_may_be_the_same(self, first: int) -> None:
        both = [csv([Said(700, "x", payer="ZHAO")]), mt940([Said(700, "x y", "B7")])]
        take(both[first])
        took = take(both[1 - first])
        assert (took.new, took.twins, took.waiting) == (1, 1, 1)
        assert held(accounts.BANK) == 700
        assert_suspense()
        assert take(both[1 - first]).new == 0
        with pytest.raises(TwinStands):
            services.send_back(account="6222", suspense_id=only().pk, actor=CLERK, at=AT)
        (row,) = twins(actor=CLERK)
        services.tell_twin(twin_id=row.id, same=True, actor=CLERK, at=AT)
        with pytest.raises(TwinTold):
            services.tell_twin(twin_id=row.id, same=False, actor=OTHER, at=AT)
        with pytest.raises(SuspenseBySamePerson):
            services.agree_twin(twin_id=row.id, actor=CLERK, at=AT)
        with pytest.raises(TwinStands):
            services.send_back(account="6222", suspense_id=only().pk, actor=CLERK, at=AT)
        services.agree_twin(twin_id=row.id, actor=OTHER, at=AT)
        assert (held(accounts.BANK), twins(actor=CLERK)) == (700, [])
        assert (
            services.send_back(account="6222", suspense_id=only().pk, actor=CLERK, at=AT).amount
            == 700
        )
        with pytest.raises(NoSuchTwin):
            services.tell_twin(twin_id=row.id, same=False, actor=OTHER, at=AT)

    def test_words_that_were_cut_off_may_be_the_same(self) -> None:
        take(csv([Said(700, "合同 A17", payer="Z")]))
        assert take(csv([Said(700, "合同 A1", payer="Z")])).twins == 1
        assert take(csv([Said(700, "B", payer="Z")])).twins == 0
        assert held(accounts.BANK) == 1_400

    @pytest.mark.parametrize(
        ("text", "payer", "twins"), [("合同a17", "ZH AO", 1), ("合同", "zhao", 1), ("", "ZHAO", 1),
        ("合同 A17", "QIAN", 0), ("押金", "ZHAO", 0), ("", "", 0)],
    )  # fmt: skip
    def test_what_two_formats_number_differently_may_be_the_same(
        self, text: str, payer: str, twins: int
    ) -> None:
        take(csv([Said(700, "合同 A17", "ICBC1", payer="ZHAO")]))
        assert take(camt([Said(700, text, "X9", payer=payer)])).twins == twins
        assert held(accounts.BANK) == 1_400 - twins * 700
        assert_suspense()

    def test_another_payment_is_booked(self) -> None:
        take(csv([Said(700, "x")]))
        take(csv([Said(700, "y", "B7"), Said(700, "z", "B8")]))
        # One that stands has one twin; the other is another payment.
        assert held(accounts.BANK) == 1_400
        told = {"twin_id": Twin.objects.get().pk, "actor": CLERK, "at": AT}
        services.tell_twin(same=True, **told)
        services.withdraw_twin(**told)
        with pytest.raises(NoSuchTwin):
            services.agree_twin(twin_id=Twin.objects.get().pk, actor=OTHER, at=AT)
        services.tell_twin(same=False, **told)
        assert held(accounts.BANK) == 1_400
        services.agree_twin(twin_id=Twin.objects.get().pk, actor=OTHER, at=AT)
        assert held(accounts.BANK) == 2_100
        assert Suspense.objects.count() == 3
        assert_suspense()
        assert take(csv([Said(700, "y", "B7"), Said(700, "z", "B8")])).new == 0

    def test_what_one_statement_tells_is_told_once(self) -> None:
        content = csv([Said(700, "x"), Said(700, "y", "B7")])
        assert take(content).twins == 0
        take(csv([Said(700, "x"), Said(700, "y", "B7"), Said(700, "z", "B8")]))
        assert (held(accounts.BANK), Twin.objects.count()) == (2_100, 0)

    def test_nothing_is_agreed_to_be_sent_back_while_a_twin_stands(self) -> None:
        take(csv([Said(700, "x")]))
        back = services.send_back(account="6222", suspense_id=only().pk, actor=CLERK, at=AT)
        take(csv([Said(700, "x y", "B7")]))
        with pytest.raises(TwinStands):
            services.approve_send_back(back_id=back.pk, actor=OTHER, at=AT)


@pytest.mark.django_db
class TestReturns:
    @pytest.fixture(autouse=True)
    def _files(self, settings: Any, tmp_path: Any) -> None:
        settings.VAULT_FILES = tmp_path

    @pytest.mark.parametrize("answered", [False, True])
    def test_a_payout_that_came_back_is_known_by_its_number(self, answered: bool) -> None:
        owner = owed(700)
        sent()
        payout = payout_of(owner)
        services.pay_payout(payout_id=payout.pk, actor=ONE, at=AT)
        if answered:
            services.ask_return(payout_id=payout.pk, reason="x", actor=ONE, at=AT)
            services.agree_return(payout_id=payout.pk, actor=APPROVES, at=AT)
        take(csv([Said(700, f"退汇 {payout.number} 账户冻结", "B9")]))
        pk = only().pk
        with pytest.raises(NamesOurs):
            services.send_back(account="6222", suspense_id=pk, actor=CLERK, at=AT)
        services.propose_return(suspense_id=pk, actor=CLERK, at=AT)
        with pytest.raises(SuspenseBySamePerson):
            services.agree(suspense_id=pk, actor=CLERK, at=AT)
        services.agree(suspense_id=pk, actor=OTHER, at=AT)
        payout = Payout.objects.get(pk=payout.pk)
        assert (payout.state, only().rest, held(accounts.BANK)) == ("failed", 0, 700)
        assert payout.return_code == ("" if answered else "AC06")
        assert -held(accounts.collected(owner.pk)) == 700
        assert_suspense()

    def test_another_amount_or_number_is_no_return(self) -> None:
        owner = owed(700)
        sent()
        take(csv([Said(701, f"退汇 {payout_of(owner).number}", "B9")]))
        with pytest.raises(NoReturnHere):
            services.propose_return(suspense_id=only().pk, actor=CLERK, at=AT)


def test_a_statement_names_what_it_cannot_read_in_words() -> None:
    with pytest.raises(BadStatement) as refusal:
        read_statements(b"booked_on,amount\n2026-13-40,1.00\n", "qinghe", ACCOUNT)
    assert refusal.value.facts["field"] != "booked_on"
