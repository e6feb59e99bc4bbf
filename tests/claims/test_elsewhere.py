"""Nothing in words to a debtor leads money elsewhere: no account, no foreign address."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qinghe.claims.elsewhere import has_account, has_address
from qinghe.claims.services import WordsRefused, check_words
from qinghe.claims.services.spoken import AccountRefused, AddressRefused

HERE = "https://qinghe.example"


@pytest.mark.parametrize(
    "text",
    [
        "请汇入：6222 0212 3456 7890 123，谢谢",
        "账号6222-0212-3456-7890",
        "6222.0212.3456.7890",
        "６２２２０２１２３４５６７８９０",
        "6222\u200b02123456\u200b7890",
        "DE89370400440532013000",
        "to DE89 3704 0044 0532 0130 00 please",
        "de89-3704-0044-0532-0130-00",
        "MT84 MALT 0110 0001 2345 MTLC AST0 01S",
        "QH-2611-000123 6222021234567890",
    ],
)
def test_an_account_is_found_however_it_is_written(text: str) -> None:
    assert has_account(text)
    with pytest.raises(AccountRefused):
        check_words(text)


@pytest.mark.parametrize(
    "text",
    [
        "债权 QH-2611-000123 已核对",
        "投诉 TS261105123456",
        "RF71 QH26 1100 0123",
        "2026-11-05 2026-12-05 两次付款",
        "1,570.85 元、12,000.00 元、3,000.00 元",
        "5000.00 3000.00 2000.00",
        "3000\n3000\n3000\n3000",
        "请打 12378",
        "手机 13800001111",
        "(2026)沪0115民初12345号",
        "The total is 18,007.32, of which 9,000.00 was paid.",
    ],
)
def test_what_is_no_account_may_be_written(text: str) -> None:
    assert not has_account(text)


@pytest.mark.parametrize(
    "text",
    [
        "点这里付款 https://pay.evil.example/x",
        "www.evil.example",
        "去 evil.com 付款",
        "pay.evil.cn/abc",
        "ｈｔｔｐｓ://evil.example",
        "https://qinghe.example@evil.example/x",
        "https://qinghe.example.evil.example/",
        "看 bit.ly/abc",
        "http://[",
        "weixin://dl/business",
    ],
)
def test_an_address_of_somebody_else_is_found(text: str) -> None:
    assert has_address(text, here=HERE)
    with pytest.raises(AddressRefused):
        check_words(text)


@pytest.mark.parametrize(
    "text",
    [
        "See https://qinghe.example/d/ for it.",
        "请看 https://qinghe.example/d/，那里有答复。",
        "See qinghe.example/complain/.",
        "It was paid.In full.",
        "e.g. 1.5 and/or 2.5",
        "合同第3.2条",
    ],
)
def test_our_own_address_and_plain_words_may_be_written(text: str) -> None:
    assert not has_address(text, here=HERE)


@pytest.mark.parametrize(
    "text",
    [
        "请把款项汇入本公司账户",
        "把还款给我，我帮您转交给债权人",
        "请付至催收专员代收账户",
        "还款请走这个账户",
        "pay in cash to our colleague",
        "Please pay it to the agency's bank account",
    ],
)
def test_paying_a_collector_is_not_proposed(text: str) -> None:
    with pytest.raises(WordsRefused) as refused:
        check_words(text)
    assert refused.type is WordsRefused


@pytest.mark.parametrize(
    "text",
    [
        "您的还款已转交债权人。",
        "我们已把您的意见转交给债权人。",
        "请不要把钱转入任何催收人员的账户。",
        "Please pay only into the platform's account, never to a collector.",
        "We have passed your payment on to the creditor.",
    ],
)
def test_what_happened_and_where_to_pay_may_be_told(text: str) -> None:
    check_words(text)


@given(st.text(max_size=200))
def test_any_text_has_an_answer(text: str) -> None:
    assert has_account(text) in (True, False)
    assert has_address(text, here=HERE) in (True, False)


@given(st.text("0123456789 -", min_size=12, max_size=40))
def test_enough_digits_are_an_account_whatever_parts_them(text: str) -> None:
    figures = sum(char.isdigit() for char in text)
    days = any(part.count("-") >= 2 for part in text.split())
    if not days:
        assert has_account(f"x{text.strip(' -')}x") == (figures >= 12)
