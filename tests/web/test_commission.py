"""What a page says of a commission is what will be booked, to the cent."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from qinghe.settlement.splitting import divide
from qinghe.settlement.terms import fee_on
from qinghe.web.commission import cut

DAY = date(2026, 11, 23)
SHARES = st.decimals("0.0001", "0.9999", places=4)


@given(rate=SHARES, quality=SHARES, amount=st.integers(1, 10**12))
def test_the_page_and_the_books_cut_alike(rate: Decimal, quality: Decimal, amount: int) -> None:
    shown = cut(rate, quality, DAY)
    booked = divide(amount, rate=rate, quality_share=quality, fee_rate=fee_on(DAY))
    assert shown.base + shown.quality + shown.fee == rate
    # Cents are cut from the top down; a broken one may move by two on its way.
    assert abs(shown.base * amount - booked.commission) <= 2
    assert abs(shown.quality * amount - booked.reserve) <= 2
    assert abs(shown.fee * amount - booked.fee) <= 2
