from __future__ import annotations

from datetime import date, timedelta
from io import BytesIO
from typing import Any

import openpyxl
import pytest
from django.utils import translation
from pypdf import PdfReader

from qinghe.kernel.actor import Actor, Role
from qinghe.parties.roles import NotPermitted
from qinghe.settlement import queries, refusals, services
from qinghe.settlement.documents import (
    parts_of,
    statement_csv,
    statement_pdf,
    statement_xlsx,
)
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


def test_the_heads_lead_to_the_closing_balance(world: dict[str, Any]) -> None:
    found = month(world["creditor"])
    assert (found.recovered, found.direct, found.commission, found.other) == (
        120_000, 20_000, 30_000, 0,
    )  # fmt: skip
    assert found.opening + found.recovered - found.direct - found.commission == found.closing
    told = dict(parts_of(found))
    assert 20_000 in told.values()
    reverse(world["first"])
    services.prepare_payouts(actor=actor(Role.OPERATOR), at=AT + timedelta(days=40))
    for who in ("creditor", "collector"):
        found = month(world[who], ends_on=date(2027, 3, 31))
        shown = dict(parts_of(found))
        came = found.shares.own if found.collects else found.recovered - found.direct
        away = 0 if found.collects else found.commission
        rest = sum(shown.get(words, 0) for words in ("其他入账", "Other bookings"))
        assert found.opening + came - away - found.out + rest == found.closing


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


def test_what_is_set_aside_is_told_until_a_bank_has_paid_it(world: dict[str, Any]) -> None:
    operator = actor(Role.OPERATOR)
    payouts = services.prepare_payouts(actor=operator, at=AT)
    mine = next(each for each in payouts if each.organisation == world["target"].creditor)
    found = month(world["creditor"])
    assert (found.out, found.aside, found.closing) == (70_000, 70_000, 0)
    with translation.override("en"):
        told = dict(parts_of(found))
        assert told["Set aside or paid out"] == told["Set aside, not paid by the last day"]
    services.return_payout(
        payout_id=mine.pk, reason="no", actor=actor(Role.OPERATOR), at=AT + timedelta(seconds=1)
    )
    found = month(world["creditor"])
    assert (found.aside, found.closing) == (0, 70_000)


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
        with django_assert_num_queries(4):
            assert len(queries.payments(actor=insider)) == 2
    for stranger in (actor(Role.CREDITOR, claim().creditor), actor(Role.REGULATOR)):
        assert queries.payments(actor=stranger) == []
        with pytest.raises(refusals.NoSuchPayment):
            queries.payment_for(payment_id=world["first"].pk, actor=stranger)
    kinds = [each.kind for each in queries.timeline(claim_id=world["target"].pk)]
    assert kinds == ["payment", "payment"]


def heads(found: queries.Statement) -> tuple[int, ...]:
    first = 1 if found.direct and not found.collects else 0
    return tuple(minor for _words, minor in parts_of(found)[first : first + 4])


def test_the_parts_of_the_commission_are_the_whole_the_lines_and_the_invoices(
    world: dict[str, Any],
) -> None:
    # Of the 25,000 on what came here; the other 5,000 the creditor owes and has not covered.
    collector_has, creditor_has = month(world["collector"]), month(world["creditor"])
    assert heads(collector_has) == (25_000, 1_250, 4_750, 19_000)
    assert heads(creditor_has) == (30_000, 1_500, 5_700, 22_800)
    for found in (collector_has, creditor_has):
        whole, *parts = heads(found)
        assert whole == sum(parts)
    own = [line.amount for line in collector_has.lines if line.kind == "payment.commission"]
    assert sum(own) == 19_000
    borne = ("payment.commission", "payment.reserve", "payment.fee", "payment.fee_tax")
    paid = [line.amount for line in creditor_has.lines if line.kind in borne]
    assert -sum(paid) == 30_000
    services.prepare_payouts(actor=actor(Role.OPERATOR), at=AT)
    assert heads(month(world["collector"])) == (30_000, 1_500, 5_700, 22_800)


def test_a_period_that_is_over_does_not_change_when_a_payment_is_reversed_later(
    world: dict[str, Any],
) -> None:
    early = {"ends_on": TODAY}
    before = [month(world[who], **early) for who in ("creditor", "collector")]
    receive(None, 200_000)
    reverse(world["first"])
    after = [month(world[who], **early) for who in ("creditor", "collector")]
    for old, new in zip(before, after, strict=True):
        assert (old.recovered, heads(old), old.closing) == (new.recovered, heads(new), new.closing)
    later = month(world["collector"], starts_on=TODAY + timedelta(days=1))
    assert heads(later)[0] == -25_000


def test_the_workbook_has_the_lines_of_the_csv(world: dict[str, Any]) -> None:
    with translation.override("en"):
        sheet = openpyxl.load_workbook(BytesIO(statement_xlsx(month(world["creditor"]), at=AT)))
    rows = list(sheet.active.iter_rows(values_only=True))  # type: ignore[union-attr]
    assert rows[0][:2] == ("Day", "What")
    assert rows[-1][5] == 700
