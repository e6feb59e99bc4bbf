"""What the bank says: told twice, late or out of order, the books end alike."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from itertools import permutations
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from qinghe.journal.models import Entry
from qinghe.ledger import queries as books
from qinghe.parties.models import Organisation, SettlementAccount
from qinghe.settlement import accounts, services
from qinghe.settlement import payout_refusals as no
from qinghe.settlement.models import Payout, PayoutRun
from qinghe.settlement.payout_files.answers import MOST_BYTES, Said, Unreadable, read_answers
from qinghe.settlement.return_codes import code_of
from qinghe.settlement.services import Heard
from tests.factories import AT
from tests.settlement.banked import (
    ONE,
    OTHER,
    account,
    approved,
    come_back,
    owed,
    payout_of,
    sent,
    told,
)

DAY = timedelta(days=1)
PAIN_002 = """<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.10"><CstmrPmtStsRpt>
<OrgnlGrpInfAndSts><OrgnlMsgId>{run}</OrgnlMsgId>{group}</OrgnlGrpInfAndSts>{lines}
</CstmrPmtStsRpt></Document>"""
LINE_002 = """<OrgnlPmtInfAndSts><TxInfAndSts><OrgnlEndToEndId>{number}</OrgnlEndToEndId>
<TxSts>{status}</TxSts><StsRsnInf><Rsn><Cd>{code}</Cd></Rsn></StsRsnInf>
<OrgnlTxRef><Amt><InstdAmt Ccy="CNY">{amount}</InstdAmt></Amt></OrgnlTxRef>
</TxInfAndSts></OrgnlPmtInfAndSts>"""
CAMT_054 = """<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.054.001.08">
<BkToCstmrDbtCdtNtfctn><Ntfctn><Ntry><Amt Ccy="CNY">7.00</Amt>
<CdtDbtInd>{way}</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><NtryDtls><TxDtls>
<Refs><EndToEndId>{number}</EndToEndId></Refs><Amt Ccy="CNY">7.00</Amt>{back}
</TxDtls></NtryDtls></Ntry></Ntfctn></BkToCstmrDbtCdtNtfctn></Document>"""
BACK = "<RtrInf><Rsn><Cd>AC04</Cd></Rsn></RtrInf>"


def read(content: bytes, at: object = AT) -> dict[str, Heard]:
    lines = services.read_bank_answers(content=content, actor=OTHER, at=at).lines
    return {line.number: line.heard for line in lines}


def payable(owner: Organisation) -> int:
    return -books.balance(path=accounts.collected(owner.pk), currency="CNY")


def sound() -> None:
    assert set(books.trial_balance().values()) <= {0}
    assert books.wrong_balances() == []


@pytest.mark.django_db
class TestBooks:
    @pytest.fixture(autouse=True)
    def _files(self, settings: Settings, tmp_path: Path) -> None:
        settings.VAULT_FILES = tmp_path

    def test_paid_and_returned_lines_end_a_run(self) -> None:
        one, other = owed(700), owed(300)
        run = sent()
        first, second = payout_of(one), payout_of(other)
        lines = ((first.number, "交易成功", ""), (second.number, "失败", "户名不符"))
        content = told(*lines)
        assert read(content) == {first.number: Heard.PAID, second.number: Heard.RETURNED}
        run.refresh_from_db()
        assert (run.state, run.done_at) == ("done", AT)
        assert Payout.objects.get(pk=second.pk).return_code == "BE01"
        assert (payable(one), payable(other)) == (0, 300)
        assert books.balance(path=accounts.BANK, currency="CNY") == 300
        sound()
        # What came back by the bank's own word names the file that says so.
        hashed = hashlib.sha256(content).hexdigest()
        heard_in = Payout.objects.order_by("amount").values_list("answers_sha256", flat=True)
        assert list(heard_in) == [hashed, ""]
        # Told again: known, and nothing moves.
        assert set(read(content).values()) == {Heard.KNOWN}
        assert payable(other) == 300
        sound()

    @pytest.mark.parametrize("order", list(permutations(range(3))))
    def test_whatever_the_order_the_last_word_is_the_return(self, order: tuple[int, ...]) -> None:
        owner = owed(700)
        sent()
        number = payout_of(owner).number
        said = [
            told((number, "处理中", "")),
            told((number, "成功", "")),
            told((number, "退汇", "账户已销户")),
        ]
        for place in [*order, *order]:
            read(said[place])
        if payout_of(owner).state == "paid":
            services.agree_return(payout_id=payout_of(owner).pk, actor=ONE, at=AT)
        assert payout_of(owner).state == "failed"
        assert payable(owner) == 700
        assert books.balance(path=accounts.BANK, currency="CNY") == 700
        sound()

    def test_what_was_paid_may_come_back_later(self) -> None:
        owner = owed(700)
        sent()
        number = payout_of(owner).number
        read(CAMT_054.format(way="DBIT", number=number, back="").encode())
        assert payout_of(owner).state == "paid"
        back = CAMT_054.format(way="CRDT", number=number, back=BACK).encode()
        assert read(back, AT + DAY) == {number: Heard.ASKED}
        assert (payout_of(owner).state, payable(owner)) == ("paid", 0)
        services.agree_return(payout_id=payout_of(owner).pk, actor=ONE, at=AT + DAY)
        assert (payout_of(owner).state, payout_of(owner).return_code) == ("failed", "AC04")
        assert payable(owner) == 700
        sound()

    def test_money_that_comes_in_under_our_number_is_no_return_by_itself(self) -> None:
        owner = owed(700)
        sent()
        number = payout_of(owner).number
        heard = read(CAMT_054.format(way="CRDT", number=number, back="").encode())
        assert heard == {number: Heard.PENDING}

    def test_a_duplicate_gives_nothing_back(self) -> None:
        owner = owed(700)
        sent()
        number = payout_of(owner).number
        report = services.read_bank_answers(
            content=told((number, "失败", "重复交易")), actor=OTHER, at=AT
        )
        assert report.to_look_at == [number]
        assert payout_of(owner).state == "sent"
        assert payable(owner) == 0

    def test_another_amount_is_left_to_a_person(self) -> None:
        owner = owed(700)
        run = sent()
        number = payout_of(owner).number
        line = LINE_002.format(number=number, status="ACSC", code="", amount="1007.01")
        content = PAIN_002.format(run=run.number, group="", lines=line).encode()
        (said,) = services.read_bank_answers(content=content, actor=OTHER, at=AT).lines
        assert (said.differs, said.told_words, said.ours) == (True, "1,007.01 CNY", 700)
        assert said.run_id == run.pk
        for amount, heard in (("7.01", Heard.DIFFERS), ("7.00", Heard.PAID)):
            line = LINE_002.format(number=number, status="ACSC", code="", amount=amount)
            assert read(PAIN_002.format(run=run.number, group="", lines=line).encode()) == {
                number: heard
            }

    def test_a_bank_that_refuses_the_file_refuses_all_of_it(self) -> None:
        owners = [owed(700), owed(300)]
        run = sent()
        group = "<GrpSts>RJCT</GrpSts><StsRsnInf><Rsn><Cd>AM04</Cd></Rsn></StsRsnInf>"
        heard = read(PAIN_002.format(run=run.number, group=group, lines="").encode())
        assert set(heard.values()) == {Heard.RETURNED}
        assert [payable(owner) for owner in owners] == [700, 300]
        # No fault of the accounts: they are paid again at once.
        assert len(services.prepare_payouts(actor=ONE, at=AT + DAY)) == 2

    def test_an_answer_before_the_file_was_handed_in_books_nothing(self) -> None:
        owner = owed(700)
        approved()
        number = payout_of(owner).number
        assert read(told((number, "成功", ""))) == {number: Heard.CONTRADICTS}
        assert payout_of(owner).state == "approved"

    def test_an_account_at_fault_gets_nothing_until_one_is_proven_anew(self) -> None:
        owner = owed(700)
        sent()
        returned = payout_of(owner)
        read(told((returned.number, "失败", "账户已销户")))
        assert services.prepare_payouts(actor=ONE, at=AT + DAY) == []
        SettlementAccount.objects.update(state="replaced")
        assert services.prepare_payouts(actor=ONE, at=AT + DAY)
        again = payout_of(owner)
        assert (again.retry_of, again.amount) == (returned, 700)
        assert again.number != returned.number
        with pytest.raises(no.NothingToRun):
            services.open_run(currency="CNY", actor=ONE, at=AT + DAY)
        account(owner, added_at=AT - 5 * DAY, proven_at=AT + DAY)
        assert services.open_run(currency="CNY", actor=ONE, at=AT + DAY)

    def test_who_said_that_it_came_back_does_not_approve_that_it_goes_again(self) -> None:
        owner = owed(700)
        sent()
        come_back(payout_of(owner))
        services.prepare_payouts(actor=ONE, at=AT + DAY)
        run = services.open_run(currency="CNY", actor=ONE, at=AT + DAY)
        with pytest.raises(no.RunNotApart):
            services.approve_run(run_id=run.pk, actor=OTHER, at=AT + DAY)

    def test_what_was_read_is_kept_without_its_content(self) -> None:
        owner = owed(700)
        sent()
        read(told((payout_of(owner).number, "成功", "")))
        facts = Entry.objects.get(kind="payout.answers-read").facts
        assert facts == {"counts": {"paid": 1}, "look_at": []}

    def test_a_reason_must_be_one_of_the_banks(self) -> None:
        owner = owed(700)
        sent()
        with pytest.raises(no.UnknownReturnCode):
            come_back(payout_of(owner), "ZZ99")
        assert PayoutRun.objects.get().state == "sent"

    def test_what_cannot_be_read_is_refused_in_words(self) -> None:
        with pytest.raises(no.BadReport):
            services.read_bank_answers(content=b"<a/>", actor=ONE, at=AT)


@pytest.mark.parametrize(
    "content",
    [
        b"<a/>",
        b"<a",
        b"\xff\xff\xff",
        "序号,用途\n1,PO-20261123-00000001 成功".encode(),
        b'<!DOCTYPE a [<!ENTITY x "y">]><Document xmlns="urn:x:pain.002.001.10">&x;</Document>',
        b" " * (MOST_BYTES + 1),
    ],
    ids=["other", "broken", "bytes", "no state", "doctype", "long"],
)
def test_what_is_no_answer_is_refused(content: bytes) -> None:
    with pytest.raises(Unreadable):
        read_answers(content)


def test_a_name_is_never_taken_for_a_state() -> None:
    rows = (
        "用途,户名,状态\nPO-20261123-00000001,成功失败公司,处理中\nPO-20261123-00000002,甲,已付款"
    )
    assert [each.said for each in read_answers(rows.encode())] == [Said.PENDING, Said.PAID]


@pytest.mark.parametrize(
    ("told_by_bank", "code"),
    [("AC04", "AC04"), ("ac06", "AC06"), ("收款户名不符", "BE01"), ("账号不存在", "AC01"),
     ("账户已销户", "AC04"), ("账户冻结", "AC06"), ("重复提交", "AM05"), ("", "NARR"),
     ("?", "NARR")],
)  # fmt: skip
def test_the_words_of_banks_are_codes(told_by_bank: str, code: str) -> None:
    assert code_of(told_by_bank) == code
