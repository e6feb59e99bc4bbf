"""A long statement comes in pages; its figures are those of the whole."""

from __future__ import annotations

import pytest

from qinghe.kernel import clock
from qinghe.kernel.actor import Role
from qinghe.web.money import pages
from tests.factories import AT, claim
from tests.settlement.test_payments import pay
from tests.web.people import signed_in

pytestmark = pytest.mark.django_db


def test_a_long_statement_comes_in_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "LINES", 2)
    monkeypatch.setattr(pages, "PAGE", 2)
    target = claim()
    for number in range(3):
        pay(target, 100 + number, f"ref-{number}", source="cashier")
    creditor = signed_in(Role.CREDITOR, target.creditor)

    def see(page: int) -> str:
        place = f"/statements/?from={AT:%Y-%m}-01&to={AT:%Y-%m-%d}&page={page}"
        with clock.at(AT):
            return creditor.get(place).content.decode()

    first, last = see(1), see(2)
    assert 'rel="next"' in first
    assert 'rel="prev"' in last
    bookings = [part.split('id="lt"')[0].split('id="bk"')[1] for part in (first, last)]
    assert {f"ref-{n}" in bookings[0] for n in (0, 1)} == {True}
    assert "ref-2" not in bookings[0]
    assert "ref-2" in bookings[1]
    assert "the first 2 of 3" in first
    closing = [part.split('data-test="closing">')[1].split("</dd>")[0] for part in (first, last)]
    assert closing[0] == closing[1]
