"""Numbers that name a person go from a debtor's words; days, times, sums and the contract stay."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qinghe.web.creditor.hiding import hidden


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        (
            "我在2026-11-20 1000元已经还了，电话13800138000",
            "我在2026-11-20 1000元已经还了，电话…",
        ),
        ("2026-11-20 500.00 元", "2026-11-20 500.00 元"),
        ("2026-11-20 14:30 还了 ¥1,000.00", "2026-11-20 14:30 还了 ¥1,000.00"),
        ("2026年11月20日 14:30:05", "2026年11月20日 14:30:05"),
        ("20261120 1000元", "20261120 1000元"),
        ("合同 2024-0012-3456 1000元", "合同 2024-0012-3456 1000元"),
        ("合同202400123456", "合同202400123456"),
        ("合同 2024-0012-9999", "合同 …"),
        ("电话 138 0013 8000 1000元", "电话 … 1000元"),
        ("+86 13800138000", "…"),
        ("13800138000元", "…元"),
        ("身份证 110101199001011237", "身份证 …"),
        ("身份证 110101 19900101 123X", "身份证 …"),
        ("卡 6222 0212 3456 7890 123 2026-11-20", "卡 … 2026-11-20"),
        ("卡 6222021234567890 100元", "卡 … 100元"),
        ("座机 010-12345678", "座机 …"),
    ],
)
def test_what_is_shown(said: str, shown: str) -> None:
    assert hidden(said, contract="2024-0012-3456") == shown


DAY = st.dates(date(1990, 1, 1), date(2050, 12, 31))
SUM = st.integers(1, 99_999_999)
KEPT = st.one_of(
    DAY.map("{:%Y-%m-%d}".format),
    DAY.map("{:%Y/%m/%d}".format),
    DAY.map(lambda d: f"{d.year}年{d.month}月{d.day}日"),
    st.times().map("{:%H:%M}".format),
    *(SUM.map(form.format) for form in ("{}元", "¥{}", "{}.00", "{:,}.50元", "{} 元")),
    st.just("HT-2024-0012-3456"),
)
GAP = st.sampled_from(["", " ", "-"])
PHONE = st.tuples(GAP, st.integers(0, 99), st.integers(0, 9999), st.integers(0, 9999)).map(
    lambda p: p[0].join([f"13{p[1] % 10}", f"{p[2]:04}", f"{p[3]:04}"])
)
CARD = st.tuples(GAP, st.lists(st.integers(0, 9999), min_size=3, max_size=3)).map(
    lambda p: p[0].join(["6222", *(f"{each:04}" for each in p[1])])
)
IDENTITY = st.tuples(GAP, st.dates(), st.integers(100, 999)).map(
    lambda p: p[0].join(["110101", f"{1950 + p[1].year % 60}{p[1]:%m%d}", f"{p[2]}X"])
)


@given(st.lists(KEPT, max_size=4), PHONE | CARD | IDENTITY, st.lists(KEPT, max_size=4))
def test_secrets_go_and_everything_else_stays(
    before: list[str], secret: str, after: list[str]
) -> None:
    said = " ".join([*before, secret, *after])
    assert hidden(said, contract="HT-2024-0012-3456") == " ".join([*before, "…", *after])


@given(st.lists(KEPT, max_size=6))
def test_without_a_secret_nothing_changes(words: list[str]) -> None:
    assert hidden(" ".join(words), contract="HT-2024-0012-3456") == " ".join(words)
