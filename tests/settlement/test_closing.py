"""A month is closed by two persons, its statements lead from balance to balance, and stay."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from typing import Any

import openpyxl
import pytest
from django.db import IntegrityError, transaction
from django.utils import translation
from pypdf import PdfReader

from qinghe.journal.models import Entry
from qinghe.kernel.actor import Actor, Role, system
from qinghe.ledger.closing import MonthNotNext, MonthNotOver
from qinghe.ledger.export import export
from qinghe.ledger.models import Period
from qinghe.parties.roles import NotPermitted
from qinghe.reporting.closed import BY_MONTH
from qinghe.reporting.contraventions import found
from qinghe.settlement import closing_refusals, refusals, services
from qinghe.settlement.closing_terms import Matter
from qinghe.settlement.models import KeptStatement, MonthClose, Payout, StatementEntry, Suspense
from qinghe.settlement.queries.closing import closes, next_month, open_matters
from qinghe.settlement.queries.monthly import KeptRow, kept, kept_file
from qinghe.web.operator.months import PLACES
from tests.factories import AT, actor, claim, collector, mandate
from tests.settlement.bank_files import Said, csv
from tests.settlement.test_covering import told
from tests.settlement.test_payments import pay
from tests.settlement.test_reversal import reverse
from tests.settlement.test_suspense import take

pytestmark = pytest.mark.django_db
NOVEMBER, DECEMBER = date(2026, 11, 1), date(2026, 12, 1)
THEN = datetime(2026, 12, 2, 4, tzinfo=UTC)
LATER = datetime(2027, 1, 2, 4, tzinfo=UTC)
ZONE = "Asia/Shanghai"


@pytest.fixture
def world() -> dict[str, Any]:
    target, agency = claim(principal=200_000), collector()
    mandate(target, agency)
    first = pay(target, 100_000, source="cashier")
    pay(target, 20_000, "=2+3")
    return {
        "creditor": actor(Role.CREDITOR, target.creditor),
        "collector": actor(Role.COLLECTOR, agency),
        "first": first,
    }


def ask(month: date = NOVEMBER, at: datetime = THEN, words: str = "", by: Any = None) -> MonthClose:
    who = by or actor(Role.OPERATOR)
    return services.ask_close(month=month, explanation=words, actor=who, at=at)


def closed(month: date = NOVEMBER, at: datetime = THEN, words: str = "") -> MonthClose:
    asked = ask(month, at, words)
    return services.close_month(close_id=asked.pk, actor=actor(Role.OPERATOR), at=at)


def stated(close: MonthClose, at: datetime = THEN) -> list[KeptStatement]:
    job: dict[str, Any] = {"close_id": close.pk, "actor": system("t"), "at": at}
    services.list_statements(**job)
    services.make_statements(**job)
    return list(KeptStatement.objects.filter(close=close).order_by("number"))


def one(by: Actor, month: date = NOVEMBER) -> KeptRow:
    (row,) = kept(actor=by, month=month)
    return row


def proven() -> bool:
    return not any(found(name, at=THEN) for name in BY_MONTH)


def test_two_persons_close_a_month_and_its_root_stands_in_the_journal(world: Any) -> None:
    boss = actor(Role.OPERATOR)
    assert next_month(at=THEN) == NOVEMBER
    asked = ask(by=boss)
    with pytest.raises(closing_refusals.CloseBySamePerson):
        services.close_month(close_id=asked.pk, actor=boss, at=THEN)
    with pytest.raises(closing_refusals.MonthAsked):
        ask()
    services.close_month(close_id=asked.pk, actor=actor(Role.OPERATOR), at=THEN)
    period = Period.objects.get()
    assert Entry.objects.get(kind="month.closed").facts["root"] == period.root
    assert next_month(at=THEN) is None
    assert next_month(at=LATER) == DECEMBER
    with pytest.raises(closing_refusals.NoSuchClose):
        services.close_month(close_id=asked.pk, actor=actor(Role.OPERATOR), at=THEN)
    assert proven()


def test_what_was_asked_can_be_taken_back_and_asked_anew(world: Any) -> None:
    asked = ask()
    services.drop_close(close_id=asked.pk, actor=actor(Role.OPERATOR), at=THEN)
    assert closed().state == "closed"
    assert [row.state for row in closes(actor=actor(Role.OPERATOR))] == ["closed"]


def test_a_month_that_runs_or_is_not_the_next_is_not_closed(world: Any) -> None:
    with pytest.raises(MonthNotOver):
        ask(at=AT)
    closed()
    with pytest.raises(MonthNotNext):
        closed(date(2027, 1, 1), datetime(2027, 2, 3, tzinfo=UTC))
    for role in (Role.CREDITOR, Role.REGULATOR, Role.COMPLIANCE):
        with pytest.raises(NotPermitted):
            ask(DECEMBER, LATER, by=actor(role))


def test_drafts_and_money_nobody_confirmed_block_it(world: Any) -> None:
    services.prepare_payouts(actor=actor(Role.OPERATOR), at=AT)
    with pytest.raises(closing_refusals.MonthBlocked) as refusal:
        ask(words="whatever")
    assert "Payouts" in str(refusal.value.facts["matters"]) or refusal.value.facts["matters"]
    for payout in Payout.objects.all():
        services.approve_payout(payout_id=payout.pk, actor=actor(Role.OPERATOR), at=AT)
    told(world["first"].creditor, 500)
    kinds = {each.matter: each.weight for each in open_matters(month=NOVEMBER)}
    assert kinds["receipts"] == "blocks"
    assert kinds["on-the-way"] == kinds["reserves"] == "waits"


def test_money_that_belongs_nowhere_needs_words(world: Any) -> None:
    pay_to_suspense(700)
    with pytest.raises(closing_refusals.MonthUnexplained):
        ask()
    close = closed(words="a bank asks back")
    assert {"matter": "suspense", "currency": "CNY", "count": 1, "amount": 700} in (
        close.open_matters
    )


def test_what_left_the_bank_and_waits_there_is_told_by_rows(world: Any) -> None:
    said = [Said(300, "a", "B1"), Said(400, "b", "B2"), Said(-20, "c", "B3"), Said(-30, "d", "B4")]
    take(csv([*said, Said(-40, "e", "B5", day=date(2026, 12, 1))]), at=AT + timedelta(days=8))
    noted = StatementEntry.objects.get(reference="B4")
    services.explain_entry(entry_id=noted.pk, note="fee", actor=actor(Role.OPERATOR), at=AT)
    waits = Suspense.objects.order_by("amount")
    services.send_back(account="6222", suspense_id=waits[0].pk, actor=actor(Role.OPERATOR), at=AT)
    take(csv([Said(50, "f", "B6")]))
    found = {each.matter: (each.count, each.amount) for each in open_matters(month=NOVEMBER)}
    assert found["suspense"] == (2, 450)
    assert (found["left-bank"], found["noted"]) == ((1, 20), (1, 30))
    assert found["sending-back"] == (1, 300)
    assert {*Matter} == set(PLACES)


def pay_to_suspense(amount: int) -> None:
    from qinghe.ledger.services import post

    post(
        debit_path="platform:cash:bank", credit_path="platform:suspense", amount=amount,
        currency="CNY", kind="bank.unexplained", subject="bank:1", at=AT,
        sides={"platform:suspense": "mixed"},
    )  # fmt: skip


def test_a_closed_month_is_never_opened(world: Any) -> None:
    close = closed()
    with pytest.raises(IntegrityError, match="never opened"), transaction.atomic():
        MonthClose.objects.filter(pk=close.pk).update(state="dropped")
    with pytest.raises(IntegrityError, match="never opened"), transaction.atomic():
        MonthClose.objects.filter(pk=close.pk).delete()


def test_statements_lead_from_the_opening_to_the_closing_balance(world: Any) -> None:
    rows = stated(closed())
    assert [row.number for row in rows] == ["ST-202611-00001", "ST-202611-00002"]
    assert one(world["creditor"]).closing == 70_000
    assert one(world["collector"]).closing == 19_000
    assert MonthClose.objects.get().stated_at == THEN
    second = stated(closed(DECEMBER, LATER), LATER)
    assert [row.opening for row in second] == [row.closing for row in rows]
    assert proven()


def test_the_page_and_the_kept_statement_have_the_same_figures(world: Any) -> None:
    from qinghe.settlement.queries import statement

    stated(closed())
    for who in ("creditor", "collector"):
        page = statement(actor=world[who], starts_on=NOVEMBER, ends_on=date(2026, 11, 30))
        row = one(world[who])
        assert (row.opening, row.closing) == (page.opening, page.closing)
        with translation.override(row.language):
            _row, content = kept_file(statement_id=row.id, fmt="csv", actor=world[who])
            lines = content.decode("utf-8-sig").splitlines()[2:-1]
            assert len(lines) == len(page.lines)
            for line, own in zip(lines, page.lines, strict=True):
                assert own.text in line


def test_the_three_files_say_the_same_and_stay_the_same(world: Any) -> None:
    stated(closed())
    mine = world["creditor"]
    row = one(mine)
    files = {
        fmt: kept_file(statement_id=row.id, fmt=fmt, actor=mine)[1]
        for fmt in ("pdf", "csv", "xlsx")
    }
    text = "".join(page.extract_text() for page in PdfReader(BytesIO(files["pdf"])).pages)
    assert row.number in text
    assert "700.00" in text
    sheet = openpyxl.load_workbook(BytesIO(files["xlsx"])).active
    cells = list(sheet.values)
    assert cells[-1][5] == 700
    assert sum(cell[4] for cell in cells[2:-1]) == 700
    assert any("'=2+3" in str(cell[2]) for cell in cells)
    again = remade(row)
    assert again == files
    with pytest.raises(IntegrityError, match="does not change"), transaction.atomic():
        KeptStatement.objects.filter(pk=row.id).update(csv="0" * 64)


def remade(row: KeptRow) -> dict[str, bytes]:
    """Make the files of a statement once more from the ledger."""
    from qinghe.kernel.typeset import press
    from qinghe.settlement.monthly import TEMPLATE, files_of
    from qinghe.settlement.queries.monthly import bookings

    purse = (row.organisation_id, row.currency)
    lines = bookings(month=row.month, openings={purse: row.opening})[purse]
    with press(TEMPLATE) as machine:
        files = files_of(row, lines, at=THEN, press=machine)
    return {"pdf": files.pdf, "csv": files.csv, "xlsx": files.xlsx}


def test_strangers_get_no_kept_statement(world: Any) -> None:
    stated(closed())
    row = one(world["creditor"])
    other = actor(Role.CREDITOR, claim().creditor)
    assert kept(actor=other) == []
    with pytest.raises(refusals.NoStatement):
        kept_file(statement_id=row.id, fmt="pdf", actor=other)
    with pytest.raises(refusals.NoStatement):
        kept_file(statement_id=row.id, fmt="exe", actor=world["creditor"])
    assert len(kept(actor=actor(Role.OPERATOR))) == 2


def test_a_late_correction_stands_in_the_open_month_and_names_its_day(world: Any) -> None:
    closed()
    told_own = told(None, 100_000)
    services.confirm_receipt(receipt_id=told_own.pk, actor=actor(Role.OPERATOR), at=THEN)
    reverse(world["first"])
    rows = stated(closed(DECEMBER, LATER), LATER)
    assert sum(row.opening for row in rows) == 89_000
    mine = one(world["creditor"], DECEMBER)
    _row, content = kept_file(statement_id=mine.id, fmt="csv", actor=world["creditor"])
    # The reversal was meant for the 24th of November, and stands on the first of December.
    assert "2026-11-24" in content.decode("utf-8-sig")
    assert proven()


def test_the_export_balances_and_names_nobody(world: Any) -> None:
    closed()
    content = export(month=NOVEMBER, fmt="beancount", zone=ZONE).decode()
    assert content == export(month=NOVEMBER, fmt="beancount", zone=ZONE).decode()
    assert str(world["first"].claim.debtor_id) not in content
    assert str(world["first"].claim_id) not in content
    assert balances_of(content) == asserted(content)
    rows = export(month=NOVEMBER, fmt="csv", zone=ZONE).decode("utf-8-sig").splitlines()
    assert rows[0] == "day,kind,bookings,debit,credit,amount,currency"
    assert len(rows) > 5


def balances_of(content: str) -> dict[str, str]:
    """Add up the postings of a beancount file, and look that each entry balances."""
    from decimal import Decimal

    sums: dict[str, Decimal] = {}
    for entry in content.split("\n\n"):
        legs = [line.split() for line in entry.splitlines() if line.startswith("  ")]
        amounts = [(leg[0], Decimal(leg[1])) for leg in legs if len(leg) == 3]
        assert sum(amount for _name, amount in amounts) == 0
        for name, amount in amounts:
            sums[name] = sums.get(name, Decimal()) + amount
    return {name: f"{total:.2f}" for name, total in sums.items()}


def asserted(content: str) -> dict[str, str]:
    lines = [line.split() for line in content.splitlines() if " balance " in line]
    return {line[2]: line[3] for line in lines}


def test_what_came_of_the_next_month_needs_no_words_for_this_one(world: Any) -> None:
    first = datetime(2026, 12, 1, 4, tzinfo=UTC)
    kept = {each.matter: each.amount for each in open_matters(month=NOVEMBER)}
    take(csv([Said(300, "a", "B1", day=date(2026, 12, 1))]), at=first)
    pay(claim_of(world), 40_000, "later", source="cashier", at=first)
    services.prepare_payouts(actor=actor(Role.OPERATOR), at=first)
    for payout in Payout.objects.all():
        services.approve_payout(payout_id=payout.pk, actor=actor(Role.OPERATOR), at=first)
    now = {each.matter: each.amount for each in open_matters(month=NOVEMBER)}
    assert {"suspense", "on-the-way"} & now.keys() == set()
    assert now["reserves"] <= kept["reserves"]
    later = {each.matter for each in open_matters(month=DECEMBER)}
    assert {"suspense", "on-the-way", "reserves"} <= later


def claim_of(world: Any) -> Any:
    return world["first"].claim


def test_commission_nobody_covered_is_the_months_it_was_earned_in() -> None:
    target = claim(principal=200_000)
    mandate(target, collector())
    pay(target, 20_000, "early", source="creditor")
    pay(target, 20_000, "late", source="creditor", at=THEN)
    assert uncovered(DECEMBER) == 2 * uncovered(NOVEMBER) > 0


def uncovered(month: date) -> int:
    return sum(each.amount for each in open_matters(month=month) if each.matter == "uncovered")
