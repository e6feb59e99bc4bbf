"""Files for banks: valid, made once, the same every time, and the only place names stand in."""

from __future__ import annotations

import csv
import io
import logging
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from importlib.resources import files
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as tried
from hypothesis import strategies as st
from lxml import etree
from pytest_django.fixtures import Settings

from qinghe.journal.models import Answer, Entry
from qinghe.kernel.ids import digits
from qinghe.kernel.tables import FORMULA, NUMBER
from qinghe.ledger.services import post
from qinghe.parties.models import Organisation, SettlementAccount
from qinghe.settlement import accounts, payout_files, services
from qinghe.settlement import payout_refusals as no
from qinghe.settlement.models import Payout, PayoutRun
from qinghe.settlement.payout_files import Batch, Line, Payer, tree
from qinghe.settlement.payout_terms import FileFormat
from qinghe.settlement.refusals import NoCash
from tests.factories import AT
from tests.settlement.banked import (
    ONE,
    OTHER,
    account,
    approved,
    content_of,
    filed,
    owed,
    payout_of,
    sent,
)
from tests.settlement.test_payments import TODAY

PAIN = (FileFormat.PAIN_09, FileFormat.PAIN_03)
LINE = Line(
    end_to_end="PO-20261123-00000001",
    amount=1234567,
    purpose="清和结算",
    holder="示例有限公司",
    number="6200000000000000",
    bank="示例银行上海分行 102290000001",
)
BATCH = Batch(
    number="PR-20261123-000001",
    made_at=datetime(2026, 11, 23, 4, tzinfo=UTC),
    executes_on=date(2026, 11, 24),
    currency="CNY",
    payer=Payer("清和平台（示例）", "1234567890", "EXAMCNBJ"),
    lines=(LINE,),
)


@pytest.fixture
def _bank(settings: Settings, tmp_path: Path) -> None:
    settings.VAULT_FILES = tmp_path
    settings.PAYOUT_NAME, settings.PAYOUT_ACCOUNT = "清和平台（示例）", "1234567890"


def check(content: bytes, fmt: str) -> etree._Element:
    """Hold a file against the schema of ISO 20022."""
    root = etree.fromstring(content)
    schema_of(fmt).assertValid(root)
    return root


@cache
def schema_of(fmt: str) -> etree.XMLSchema:
    path = files("sepaxml") / "schemas" / f"{fmt}.xsd"
    return etree.XMLSchema(etree.fromstring(path.read_bytes()))


def text(root: etree._Element, name: str) -> list[str]:
    return [found.text or "" for found in root.iterfind(f".//{{*}}{name}")]


@pytest.mark.parametrize("fmt", PAIN)
def test_a_credit_transfer_is_valid_and_says_what_was_approved(fmt: FileFormat) -> None:
    root = check(payout_files.write(fmt, BATCH), fmt)
    assert text(root, "MsgId") == ["PR-20261123-000001"]
    assert text(root, "EndToEndId") == ["PO-20261123-00000001"]
    assert (text(root, "NbOfTxs"), text(root, "CtrlSum")) == (["1"] * 2, ["12345.67"] * 2)
    assert text(root, "InstdAmt") == ["12345.67"]
    assert text(root, "MmbId") == ["102290000001"]


words = st.text(max_size=200)
lines = st.builds(
    Line,
    end_to_end=st.integers(0, 10**8 - 1).map(lambda n: f"PO-20261123-{n:08}"),
    amount=st.integers(1, 10**13),
    purpose=words.filter(str.strip),
    holder=words.filter(lambda name: name.strip() and tree.NO_XML.sub("", name)),
    number=st.from_regex(r"[0-9A-Z]{8,34}", fullmatch=True),
    bank=words,
)


@tried(max_examples=50, deadline=None)
@given(st.lists(lines, min_size=1, max_size=5), st.sampled_from(["CNY", "JPY", "KWD", "EUR"]))
def test_whatever_names_say_the_file_stays_valid_and_the_sums_hold(
    found: list[Line], currency: str
) -> None:
    found = [replace(each, purpose="清和结算") for each in found]
    batch = replace(BATCH, lines=tuple(found), currency=currency)
    for fmt in PAIN:
        content = payout_files.write(fmt, batch)
        assert content == payout_files.write(fmt, batch)
        root = check(content, fmt)
        assert len(text(root, "EndToEndId")) == len(found)


@tried(max_examples=50, deadline=None)
@given(st.lists(lines, min_size=1, max_size=5))
def test_the_chinese_file_has_one_row_per_payout_and_no_formula(found: list[Line]) -> None:
    content = payout_files.write(FileFormat.CHINESE, replace(BATCH, lines=tuple(found)))
    rows = list(csv.reader(io.StringIO(content.decode("gb18030"), newline="")))
    assert rows[0] == ["序号", "收款户名", "收款账号", "开户行", "联行号", "金额", "用途"]
    assert len(rows) == len(found) + 1
    for row, line in zip(rows[1:], found, strict=True):
        assert row[2] == line.number
        assert row[5].replace(".", "").lstrip("0") == str(line.amount)
        assert row[6].endswith(line.end_to_end)
        assert not any(FORMULA.match(cell) and not NUMBER.match(cell) for cell in row)


def test_a_name_that_would_run_in_a_spreadsheet_is_text() -> None:
    line = replace(LINE, holder='=HYPERLINK("x"),甲\r\n乙')
    content = payout_files.write(FileFormat.CHINESE, replace(BATCH, lines=(line,)))
    row = content.decode("gb18030").splitlines()[1]
    assert row.startswith('1,"\'=HYPERLINK(""x""),甲 乙",6200000000000000,示例银行上海分行,')


@pytest.mark.django_db
@pytest.mark.usefixtures("_bank")
class TestOnce:
    def test_a_file_is_made_once_and_every_download_is_the_same(self) -> None:
        owed(700)
        run = filed()
        first = content_of(run)
        assert first == content_of(run)
        with pytest.raises(no.FileMade):
            services.make_bank_file(
                run_id=run.pk, file_format="cn-csv", executes_on=TODAY, actor=ONE, at=AT
            )
        opened = Entry.objects.filter(kind="parties.file-opened", subject=f"file:{run.file_sha256}")
        assert [entry.facts["purpose"] for entry in opened] == ["pay_out"] * 2

    def test_names_and_numbers_stand_in_the_file_and_nowhere_else(
        self, caplog: pytest.LogCaptureFixture, tmp_path: Path
    ) -> None:
        caplog.set_level(logging.DEBUG)
        owner = owed(700, banked=False)
        number, holder = digits(17), f"甲乙{digits(6)}"
        account(owner, number=number, holder=holder)
        run = filed()
        content = content_of(run).decode("gb18030")
        assert number in content
        assert holder in content
        sealed = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
        told = [*Entry.objects.values_list("facts", flat=True), caplog.text, sealed]
        told += [*PayoutRun.objects.values(), *Payout.objects.values(), *Answer.objects.values()]
        assert number not in str(told)
        assert holder not in str(told)
        assert holder.encode() not in sealed
        assert LINE.holder not in repr(BATCH)
        assert LINE.number not in repr(BATCH)

    def test_a_file_waits_for_the_approval_and_a_run_for_its_file(self) -> None:
        owed(700)
        run = approved()
        with pytest.raises(no.NoFile):
            services.hand_in(run_id=run.pk, actor=ONE, at=AT)
        with pytest.raises(no.NoFile):
            services.open_bank_file(run_id=run.pk, actor=ONE, at=AT)

    def test_an_account_exchanged_after_the_approval_stops_the_file(self) -> None:
        owner = owed(700)
        run = approved()
        SettlementAccount.objects.update(state="replaced")
        account(owner)
        with pytest.raises(no.RunUnfit) as refusal:
            services.make_bank_file(
                run_id=run.pk, file_format="cn-csv", executes_on=TODAY, actor=ONE, at=AT
            )
        assert refusal.value.facts["payout"] == payout_of(owner).number

    def test_what_a_format_cannot_carry_is_refused(self, settings: Settings) -> None:
        owed(700)
        run = approved()

        def make(fmt: str, day: date = TODAY) -> object:
            return services.make_bank_file(
                run_id=run.pk, file_format=fmt, executes_on=day, actor=ONE, at=AT
            )

        for day in (TODAY - timedelta(days=1), TODAY + timedelta(days=31)):
            with pytest.raises(no.PastDay):
                make("cn-csv", day)
        settings.PAYOUT_ACCOUNT = ""
        with pytest.raises(no.NoOwnAccount):
            make(FileFormat.PAIN_09)
        assert make("cn-csv")

    def test_other_money_goes_out_as_a_credit_transfer_only(self) -> None:
        owed(700, currency="EUR")
        services.prepare_payouts(actor=ONE, at=AT)
        run = services.open_run(currency="EUR", actor=ONE, at=AT)
        services.approve_run(run_id=run.pk, actor=OTHER, at=AT)
        told = {"run_id": run.pk, "executes_on": TODAY, "actor": ONE, "at": AT}
        with pytest.raises(no.NotInFormat):
            services.make_bank_file(**told, file_format=FileFormat.CHINESE)
        services.make_bank_file(**told, file_format=FileFormat.PAIN_09)
        assert check(content_of(run), FileFormat.PAIN_09) is not None

    def test_no_more_is_handed_in_than_the_platform_holds(self) -> None:
        owed(700)
        sent()
        owed(300)
        run = filed()
        elsewhere = {"debit_path": f"{accounts.CASH}:till", "credit_path": accounts.BANK}
        post(**elsewhere, amount=1, currency="CNY", kind="test", subject="test", at=AT)
        with pytest.raises(NoCash):
            services.hand_in(run_id=run.pk, actor=ONE, at=AT)

    def test_many_payouts_are_one_file(self) -> None:
        for amount in range(1, 31):
            owed(amount * 100)
        run = sent(FileFormat.PAIN_09)
        root = check(content_of(run), FileFormat.PAIN_09)
        assert (
            len(set(text(root, "EndToEndId")))
            == Organisation.objects.filter(pk__in=Payout.objects.values("organisation")).count()
            == 30
        )
        assert text(root, "CtrlSum")[0] == "465.00"
