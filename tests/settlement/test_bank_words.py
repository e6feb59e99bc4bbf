"""What a bank writes of a payment counts as a whole, or a person looks."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qinghe.settlement.payout_files import state_words
from qinghe.settlement.payout_files.answers import Said, Unreadable, read_answers
from qinghe.settlement.payout_files.answers_table import Meaning, meaning_of
from tests.settlement.test_bank_answers import PAIN_002

AGAINST = ("未", "不", "部分", "un", "not")
WORDS = sorted(state_words.PAID | state_words.RETURNED | state_words.WAITING)
ONE = "PO-20261123-00000001"


def states(*told: str, head: str = "用途,状态") -> list[Said]:
    rows = [head, *(f"PO-20261123-{place:08},{each}" for place, each in enumerate(told))]
    return [each.said for each in read_answers("\n".join(rows).encode())]


@pytest.mark.parametrize(
    "told",
    ["未成功", "不成功", "未完成", "交易未成功", "付款不成功", "部分成功", "unpaid", "Unsuccessful",
     "not paid", "not settled", "未退回", "已撤销", "已冲正", "止付", "处理完成", "成功/失败", ""],
)  # fmt: skip
def test_what_is_denied_half_done_or_unknown_is_for_a_person(told: str) -> None:
    known = "PO-20261123-99999999,处理中"
    first, _second = read_answers(f"用途,状态\n{ONE},{told}\n{known}".encode())
    assert (first.said, first.unclear) == (Said.PENDING, True)


@pytest.mark.parametrize(
    "told", ["待完成", "处理中", "受理成功", "提交成功", "审核通过", "Pending"]
)
def test_what_waits_waits(told: str) -> None:
    (only,) = read_answers(f"用途,状态\n{ONE},{told}".encode())
    assert (only.said, only.unclear) == (Said.PENDING, False)


def test_the_words_of_several_banks() -> None:
    assert set(states("成功", "交易成功", " 付款成功。", "已入账", "已完成", "PAID")) == {Said.PAID}
    returned = states("失败", "交易失败", "已退汇", "已退票", "退回", "Failed", "Rejected")
    assert set(returned) == {Said.RETURNED}


@given(
    before=st.text(max_size=6), word=st.sampled_from(WORDS), after=st.text(max_size=6),
    against=st.sampled_from(AGAINST), place=st.integers(0, 2),
)  # fmt: skip
def test_nothing_denied_is_ever_paid(
    before: str, word: str, after: str, against: str, place: int
) -> None:
    parts = [before, word, after]
    parts.insert(place, against)
    assert meaning_of("".join(parts)) != Meaning.PAID


def test_no_known_payment_holds_a_denial_or_another_meaning() -> None:
    assert not [word for word in state_words.PAID if any(each in word for each in AGAINST)]
    assert not state_words.PAID & (state_words.RETURNED | state_words.WAITING)
    assert not state_words.RETURNED & state_words.WAITING
    assert all(state_words.bare(word) == word for word in WORDS)


def test_a_title_is_no_head() -> None:
    rows = f"批量代付处理结果\n制表日期,2026-11-30\n序号,用途,交易状态\n1,{ONE},成功"
    assert [each.said for each in read_answers(rows.encode())] == [Said.PAID]


def test_the_state_of_an_account_is_not_that_of_a_payment() -> None:
    rows = f"用途,账户状态,审核状态,交易状态\n{ONE},正常,审核通过,失败"
    assert [each.said for each in read_answers(rows.encode())] == [Said.RETURNED]


def test_columns_that_contradict_each_other_are_for_a_person() -> None:
    (only,) = read_answers(f"用途,处理状态,交易结果\n{ONE},完成,失败".encode())
    assert (only.said, only.unclear) == (Said.PENDING, True)


def test_where_no_word_is_known_the_file_is_refused_with_its_words() -> None:
    with pytest.raises(Unreadable, match="甲乙, 丙丁"):
        read_answers(f"用途,状态\n{ONE},甲乙\nPO-20261123-00000002,丙丁".encode())


def test_a_block_that_is_refused_is_refused_as_a_whole() -> None:
    block = (
        "<OrgnlPmtInfAndSts><OrgnlPmtInfId>PR-1</OrgnlPmtInfId><PmtInfSts>RJCT</PmtInfSts>"
        "<StsRsnInf><Rsn><Cd>AC06</Cd></Rsn></StsRsnInf></OrgnlPmtInfAndSts>"
    )
    content = PAIN_002.format(run="PR-1", group="<GrpSts>PART</GrpSts>", lines=block)
    (only,) = read_answers(content.encode())
    assert (only.number, only.said, only.code) == ("PR-1", Said.RETURNED, "AC06")
