from __future__ import annotations

from datetime import date, timedelta
from io import BytesIO
from typing import Any

import pytest
from django.utils import translation
from pypdf import PdfReader

from qinghe.kernel.actor import Actor, Role
from qinghe.parties.roles import NotPermitted
from qinghe.settlement import queries, refusals, services
from qinghe.settlement.documents import statement_csv, statement_pdf
from qinghe.settlement.services.covering import COVERED
from tests.factories import AT, actor, claim, collector, mandate
from tests.settlement.test_covering import receive
from tests.settlement.test_payments import pay
from tests.settlement.test_reversal import reverse

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 23)


def month(by: Actor, **fields: Any) -> queries.Statement:
    given = {"starts_on": date(2026, 11, 1), "ends_on": date(2026, 11, 30), **fields}
    return queries.statement(actor=by, **given)


@pytest.fixture
def world() -> dict[str, Any]:
    target, agency = claim(principal=200_000), collector()
    mandate(target, agency)
    first = pay(target, 100_000, source="cashier")
    pay(target, 20_000, "=2+3")
    return {
        "creditor": actor(Role.CREDITOR, target.creditor),
        "collector": actor(Role.COLLECTOR, agency),
        "target": target,
        "first": first,
    }


def test_lines_lead_from_the_opening_to_the_closing_balance(world: dict[str, Any]) -> None:
    for who in ("creditor", "collector"):
        found = month(world[who])
        assert found.opening + sum(line.amount for line in found.lines) == found.closing
        assert len(found.payments) == 2
    # 100,000 came here; 25 % of both payments is commission.
    assert month(world["creditor"]).closing == 70_000
    assert month(world["collector"]).closing == 19_000
    services.prepare_payouts(actor=actor(Role.OPERATOR), at=AT)
    covered = [line for line in month(world["collector"]).lines if line.kind == COVERED]
    assert [line.amount for line in covered] == [3_800]


def test_the_next_period_opens_with_what_the_last_one_closed(world: dict[str, Any]) -> None:
    creditor = world["creditor"]
    early = month(creditor, ends_on=TODAY)
    late = month(creditor, starts_on=TODAY + timedelta(days=1))
    assert late.opening == early.closing
    assert late.lines == ()


def test_a_payout_and_a_reversal_appear(world: dict[str, Any]) -> None:
    services.prepare_payouts(actor=actor(Role.OPERATOR), at=AT)
    receive(None, 100_000)
    reverse(world["first"])
    found = month(world["creditor"])
    kinds = [line.kind for line in found.lines]
    assert "payout.prepared" in kinds
    assert "payment.collected.reversed" in kinds
    assert found.closing == 70_000 - 70_000 - 75_000
    with translation.override("en"):
        assert "Reversed: Payment received here" in [line.text for line in found.lines]


def test_strangers_get_no_statement(world: dict[str, Any]) -> None:
    other = actor(Role.CREDITOR, claim().creditor)
    with pytest.raises(refusals.NoStatement):
        month(other, org_id=world["creditor"].org_id)
    with pytest.raises(NotPermitted):
        month(actor(Role.DEBTOR))
    assert month(actor(Role.OPERATOR), org_id=world["creditor"].org_id).closing == 70_000


@pytest.mark.parametrize(("language", "title"), [("en", "Statement"), ("zh-hans", "2026")])
def test_the_pdf_shows_the_figures_of_the_page(
    world: dict[str, Any], language: str, title: str
) -> None:
    with translation.override(language):
        content = statement_pdf(month(world["creditor"]), at=AT)
    text = "".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages)
    assert title in text
    assert "700.00" in text
    assert world["target"].number in text


def test_the_csv_computes_and_runs_no_formula(world: dict[str, Any]) -> None:
    with translation.override("en"):
        lines = statement_csv(month(world["creditor"])).decode("utf-8-sig").splitlines()
    assert lines[0] == "Day,What,Reference,Claim,Amount (CNY),Balance (CNY),Objection"
    assert lines[-1].endswith(",700.00,")
    assert any(",'=2+3," in line for line in lines)


def test_earnings_of_a_collector(world: dict[str, Any]) -> None:
    (found,) = queries.earnings(actor=world["collector"])
    assert (found.payments, found.recovered, found.earned) == (2, 120_000, 22_800)
    assert (found.waiting, found.due, found.owed_back) == (4_750, 19_000, 0)
    assert found.uncovered == 3_800


def test_payments_are_seen_by_those_they_concern(
    world: dict[str, Any], django_assert_num_queries: Any
) -> None:
    debtor = Actor(role=Role.DEBTOR, person_id=world["target"].debtor_id)
    for insider in (world["creditor"], world["collector"], debtor):
        with django_assert_num_queries(3):
            assert len(queries.payments(actor=insider)) == 2
    for stranger in (actor(Role.CREDITOR, claim().creditor), actor(Role.REGULATOR)):
        assert queries.payments(actor=stranger) == []
        with pytest.raises(refusals.NoSuchPayment):
            queries.payment_for(payment_id=world["first"].pk, actor=stranger)
    kinds = [each.kind for each in queries.timeline(claim_id=world["target"].pk)]
    assert kinds == ["payment", "payment"]
