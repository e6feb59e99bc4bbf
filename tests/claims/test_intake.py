"""A creditor's file: read, judged row by row, taken as a whole or in part, once."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import openpyxl
import pytest
from django.utils import translation
from pytest_django import DjangoAssertNumQueries
from pytest_django.fixtures import Settings

from qinghe.claims.intake.columns import (
    ColumnsNotMapped,
    ColumnsRefused,
    FieldsMissing,
    UnknownMapping,
    suggest,
)
from qinghe.claims.intake.read import FileUnreadable, header_of, read_table
from qinghe.claims.models import Batch, Claim, Line, RowError
from qinghe.claims.queries import batch_for, error_file, preview, row_errors
from qinghe.claims.queries.access import NoSuchBatch
from qinghe.claims.services import (
    BatchDecided,
    BatchHasErrors,
    CreditorInactive,
    accept_batch,
    check_batch,
    refuse_batch,
    save_mapping,
)
from qinghe.journal.models import Entry
from qinghe.ledger.models import Account
from qinghe.ledger.queries import trial_balance
from qinghe.parties.models import ContactPoint, Person
from qinghe.parties.queries import NoSuchOrganisation, reachable_channels
from tests.claims.world import JOB, NOW, ROW, TODAY, claim_of, clerk, creditor, delivered, file_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _files(settings: Settings, tmp_path: Path) -> None:
    settings.VAULT_FILES = tmp_path


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


def faults(batch: Batch) -> set[tuple[int, str, str]]:
    return {(each.row, each.column, each.code) for each in RowError.objects.filter(batch=batch)}


def test_a_sound_file_becomes_claims_lines_points_and_bookings() -> None:
    bank = creditor()
    claim = claim_of(bank)

    assert (claim.principal, claim.interest, claim.costs) == (1_000_000, 12_050, 0)
    assert (claim.state, claim.stage) == ("submitted", "M2")
    assert claim.stage_changes_on == claim.due_on + timedelta(days=61)
    assert claim.interest_to == TODAY
    assert claim.number.startswith("QH-2611-")
    assert set(Line.objects.values_list("component", "amount")) == {
        ("principal", 1_000_000),
        ("interest", 12_050),
    }
    assert reachable_channels(claim.debtor_id) == {"voice", "sms", "email", "letter", "visit"}
    assert Account.objects.get(path=f"claim:{claim.pk}:principal").balance == 1_000_000
    assert Account.objects.get(path=f"creditor:{bank.pk}:claimed").balance == -1_012_050
    assert trial_balance() == {"CNY": 0}


def test_no_personal_datum_leaves_the_vault() -> None:
    claim_of(creditor())
    written = str(list(Entry.objects.values_list("facts", "subject"))) + str(
        list(Claim.objects.values()) + list(Person.objects.values())
    )
    for secret in ("990101199001011231", "10012345678", "chen@example.com", "陈测试"):
        assert secret not in written


def test_the_same_file_again_changes_nothing() -> None:
    bank = creditor()
    claim_of(bank)
    again = delivered(bank, ROW)
    taken = accept_batch(batch_id=again.pk, partial=False, actor=clerk(bank), at=NOW)

    assert (taken.read, taken.accepted, taken.unchanged) == (1, 0, 1)
    assert Claim.objects.count() == Person.objects.count() == 1
    assert ContactPoint.objects.count() == 3


def test_a_contract_with_other_data_is_an_error_not_a_silent_change() -> None:
    bank = creditor()
    claim_of(bank)
    changed = delivered(bank, ROW | {"principal": "99"})
    assert faults(changed) == {(2, "contract_number", "contract-changed")}


def test_one_person_is_shared_by_creditors_through_the_id_number() -> None:
    first = claim_of(creditor("a"))
    second = claim_of(creditor("b"), contract_number="other", id_number="990101199001011231 ")
    assert first.debtor_id == second.debtor_id


@pytest.mark.parametrize(
    ("changes", "column", "code"),
    [
        ({"principal": ""}, "principal", "missing"),
        ({"principal": "abc"}, "principal", "bad-amount"),
        ({"principal": "12,50"}, "principal", "bad-amount"),
        ({"principal": "1e5"}, "principal", "bad-amount"),
        ({"principal": "-1"}, "principal", "negative"),
        ({"principal": "0", "interest": "0"}, "principal", "zero"),
        ({"principal": "12.345"}, "principal", "decimals"),
        ({"principal": "1.5", "interest": "0", "currency": "JPY"}, "principal", "decimals"),
        ({"principal": "1000000000.01"}, "principal", "too-much"),
        ({"interest": "-0.01"}, "interest", "negative"),
        ({"due_date": ""}, "due_date", "missing"),
        ({"due_date": "2026-02-30"}, "due_date", "bad-date"),
        ({"due_date": "3/4/2026"}, "due_date", "bad-date"),
        ({"due_date": "2925-01-01"}, "due_date", "date-out-of-range"),
        ({"due_date": "2025-05-31"}, "due_date", "due-before-contract"),
        ({"contract_date": "2026-11-24", "due_date": "2026-12-01"}, "contract_date",
         "contract-in-future"),
        ({"currency": "XBT"}, "currency", "unknown-currency"),
        ({"product": "车贷"}, "product", "unknown-product"),
        ({"region": "火星"}, "region", "unknown-region"),
        ({"hand": "0"}, "hand", "bad-hand"),
        ({"hand": "two"}, "hand", "bad-hand"),
        ({"annual_overdue_rate": "101"}, "annual_overdue_rate", "bad-rate"),
        ({"annual_overdue_rate": "-1"}, "annual_overdue_rate", "bad-rate"),
        ({"contract_date": ""}, "annual_overdue_rate", "rate-without-contract"),
        ({"id_number": "110101199001011230"}, "id_number", "bad-id"),
        ({"id_number": "12345"}, "id_number", "bad-id"),
        ({"id_number": "", "phone": ""}, "id_number", "no-identity"),
        ({"phone": "123"}, "phone", "bad-phone"),
        ({"email": "chen at example"}, "email", "bad-email"),
        ({"debtor_name": ""}, "debtor_name", "missing"),
        ({"contract_number": ""}, "contract_number", "missing"),
        ({"contract_number": "x" * 65}, "contract_number", "too-long"),
    ],
)  # fmt: skip
def test_a_wrong_cell_is_named_with_row_column_and_advice(
    changes: dict[str, str], column: str, code: str
) -> None:
    batch = delivered(creditor(), ROW | changes)
    assert (2, column, code) in faults(batch)
    for each in row_errors(batch):
        assert each.reason
        assert each.fix
        assert "{" not in each.reason + each.fix


def test_a_real_identity_checks_its_checksum_and_a_demo_one_needs_a_demonstration(
    settings: Settings,
) -> None:
    settings.DEMO = False
    assert (2, "id_number", "bad-id") in faults(delivered(creditor(), ROW))


def test_a_contract_number_twice_names_the_first_row() -> None:
    batch = delivered(creditor(), ROW, ROW | {"contract_number": "C-2"}, ROW)
    (error,) = row_errors(batch)
    assert (error.row, error.code) == (4, "duplicate")
    assert "row 2" in error.reason


def test_another_currency_needs_a_file_of_its_own() -> None:
    rows = [ROW | {"contract_number": f"C-{n}"} for n in range(3)]
    batch = delivered(creditor(), *rows, ROW | {"contract_number": "U", "currency": "USD"})
    assert faults(batch) == {(5, "currency", "mixed-currency")}


def test_a_file_with_errors_is_taken_in_part_only_when_chosen() -> None:
    bank = creditor()
    batch = delivered(bank, ROW, ROW | {"contract_number": "C-2", "principal": "-1"})

    with pytest.raises(BatchHasErrors):
        accept_batch(batch_id=batch.pk, partial=False, actor=clerk(bank), at=NOW)
    assert not Claim.objects.exists()

    taken = accept_batch(batch_id=batch.pk, partial=True, actor=clerk(bank), at=NOW)
    assert (taken.read, taken.accepted, taken.rejected) == (2, 1, 1)


def test_a_batch_is_decided_once_and_only_by_its_creditor() -> None:
    bank = creditor()
    batch = delivered(bank, ROW)
    with pytest.raises(NoSuchBatch):
        accept_batch(batch_id=batch.pk, partial=False, actor=clerk(creditor("other")), at=NOW)
    refuse_batch(batch_id=batch.pk, actor=clerk(bank), at=NOW)
    with pytest.raises(BatchDecided):
        accept_batch(batch_id=batch.pk, partial=False, actor=clerk(bank), at=NOW)
    with pytest.raises(NoSuchBatch):
        batch_for(batch_id=batch.pk, actor=clerk(creditor("third")))
    assert batch_for(batch_id=batch.pk, actor=clerk(bank)).state == "refused"


def test_only_a_verified_creditor_posts_and_only_for_itself() -> None:
    with pytest.raises(CreditorInactive):
        delivered(creditor(state="pending"), ROW)
    with pytest.raises(NoSuchOrganisation):
        check_batch(
            creditor_id=creditor("b").pk,
            filename="x.csv",
            content=file_of(ROW),
            mapping="qinghe",
            as_of=TODAY,
            actor=clerk(creditor("a")),
            at=NOW,
        )


def test_a_lawful_cap_cuts_the_agreed_rate() -> None:
    private = creditor("lender", lender_kind="private_company")
    claim = claim_of(private, annual_overdue_rate="36%", contract_date="2025-06-01")
    assert claim.overdue_rate_pct == 12


@pytest.mark.parametrize(
    "column", ["紧急联系人", "亲属电话", "Emergency contact", "通讯录", "同事手机"]
)
def test_columns_about_other_people_are_refused_even_when_ignored(column: str) -> None:
    bank = creditor()
    with pytest.raises(ColumnsRefused) as refused:
        check_batch(
            creditor_id=bank.pk,
            filename="x.csv",
            content=file_of(ROW | {column: "x"}),
            mapping={"ignore": [column]},
            as_of=TODAY,
            actor=clerk(bank),
            at=NOW,
        )
    assert column in str(refused.value)


def test_an_unknown_column_must_be_mapped_or_ignored_and_a_needed_one_given() -> None:
    bank = creditor()
    with pytest.raises(ColumnsNotMapped, match="branch"):
        delivered(bank, ROW | {"branch": "12"})
    with pytest.raises(FieldsMissing, match="due_date"):
        delivered(bank, {key: value for key, value in ROW.items() if key != "due_date"})
    save_mapping(
        creditor_id=bank.pk, name="ours", mapping={"ignore": ["branch"]}, actor=clerk(bank), at=NOW
    )
    for name, accepted in (("ours", True), ("theirs", False)):
        try:
            check_batch(
                creditor_id=bank.pk,
                filename="x.csv",
                content=file_of(ROW | {"branch": "12"}),
                mapping=name,
                as_of=TODAY,
                actor=clerk(bank),
                at=NOW,
            )
        except UnknownMapping:
            assert not accepted


def test_chinese_headers_are_understood() -> None:
    header = ["合同号", "姓名", "身份证号", "手机号", "到期日", "本金", "币种", "配偶姓名", "分行"]
    suggestion = suggest(header)
    assert suggestion.columns["id_number"] == "身份证号"
    assert suggestion.refused == ("配偶姓名",)
    assert suggestion.unknown == ("分行",)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_encodings_and_delimiters_are_told_from_the_content(encoding: str, delimiter: str) -> None:
    text = (
        delimiter.join(["合同号", "姓名"]) + "\r\n" + delimiter.join(["甲1", '"王\n五"']) + "\r\n"
    )
    table = read_table(text.encode(encoding))
    assert table.rows() == [(2, "甲1", "王\n五")]


@pytest.mark.parametrize(
    "above",
    [
        [],
        [["2026 年 11 月委外明细表"]],
        [["2026 年 11 月委外明细表"], [], ["制表日期：2026-11-23", "", "", "单位：元"]],
    ],
)
@pytest.mark.parametrize("book", [True, False])
def test_titles_above_the_names_are_passed_over_and_rows_keep_their_numbers(
    above: list[list[str]], book: bool
) -> None:
    names = ["合同号", "姓名", "身份证号", "手机号", "本金", "利息", "放款日期", "到期日", "备注"]
    data = ["甲1", "王五", "", "", "1,200.00", "30.00", "2025/3/1", "2026/3/1", ""]
    rows = [*above, names, data]
    if book:
        sheet = openpyxl.Workbook()
        assert sheet.active is not None
        for row in rows:
            sheet.active.append(row)
        out = io.BytesIO()
        sheet.save(out)
        content = out.getvalue()
    else:
        text = io.StringIO()
        csv.writer(text).writerows([row + [""] * (len(names) - len(row)) for row in rows])
        content = text.getvalue().encode()
    table = read_table(content)
    assert table.columns[1:] == names
    assert table.rows()[0][:3] == (len(rows), "甲1", "王五")


@pytest.mark.parametrize("word", ["合计", "合 计：", "Total"])
def test_sums_under_the_table_are_no_claim(word: str) -> None:
    table = read_table(f"合同号,姓名,本金\n甲1,王合计,9\n,{word},9\n{word},,9\n".encode())
    assert table.rows() == [(2, "甲1", "王合计", "9")]


def test_a_row_of_data_is_never_taken_for_the_names_of_columns() -> None:
    rows = "合同号,,,\n甲1,王五,10000000001,1200.00\n甲2,赵六,10000000002,900\n"
    assert header_of(read_table(rows.encode())) == ["合同号"]


def test_units_in_the_names_of_columns_are_understood() -> None:
    found = suggest(["合同编号", "未还本金（元）", "逾期年利率(%)", "利息(万元)"])
    assert found.columns["principal"] == "未还本金（元）"
    assert found.columns["annual_overdue_rate"] == "逾期年利率(%)"
    assert found.columns["interest"] == "利息(万元)"
    assert not found.unknown


def test_a_workbook_reads_like_its_csv() -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.append([*ROW, None])
    book.active.append([*ROW.values(), None])
    book.active.append([None])
    book.active.cell(2, list(ROW).index("due_date") + 1).value = date(2026, 10, 1)
    book.active.cell(2, list(ROW).index("principal") + 1).value = 10000
    out = io.BytesIO()
    book.save(out)
    bank = creditor()
    batch = check_batch(
        creditor_id=bank.pk,
        filename="C:\\x\\claims.xlsx",
        content=out.getvalue(),
        mapping="qinghe",
        as_of=TODAY,
        actor=clerk(bank),
        at=NOW,
    )
    assert (batch.valid, batch.rejected, batch.filename) == (1, 0, "claims.xlsx")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"   \n",
        b"a,b\n",
        b"a,a\n1,2\n",
        b"a,,b\n1,2,3\n",
        b"a,b\n1,2,3\n",
        b'a,b\n"1,2\n',
        b"\x00\x01\x02binary\x00",
        b"PK\x03\x04broken",
        b"\xd0\xcf\x11\xe0old",
        ",".join(f"c{n}" for n in range(300)).encode() + b"\n1",
    ],
)
def test_a_file_that_is_no_table_is_refused_with_a_reason(content: bytes) -> None:
    with pytest.raises(FileUnreadable) as refused:
        read_table(content)
    assert "{" not in str(refused.value)


@pytest.mark.parametrize("fmt", ["csv", "xlsx"])
def test_the_error_file_can_be_corrected_and_sent_again(fmt: str) -> None:
    bank = creditor()
    wrong = ROW | {"contract_number": "C-2", "principal": "-1.00", "address": "=HYPERLINK(1)"}
    content = error_file(delivered(bank, ROW, wrong), fmt)
    table = read_table(content)
    assert table.height == 1
    assert table["principal"][0] == "-1.00"
    assert table["address"][0] == "'=HYPERLINK(1)"
    if fmt == "csv":
        (row,) = csv.DictReader(io.StringIO(content.decode("utf-8-sig")))
        assert "negative" in row["※Reason"]
        batch = check_batch(
            creditor_id=bank.pk,
            filename="again.csv",
            content=content.replace(b"-1.00", b"1.00"),
            mapping="qinghe",
            as_of=TODAY,
            actor=clerk(bank),
            at=NOW,
        )
        assert (batch.valid, batch.rejected) == (1, 0)


def test_the_preview_suggests_columns_and_the_format_of_dates() -> None:
    seen = preview(b"invoice no,customer id,due date,amount\nA,1,3/31/2026,5\n")
    assert seen.suggestion.date_format == "%m/%d/%Y"
    assert seen.suggestion.missing == ("currency",)
    assert seen.rows == 1


def test_accepting_takes_as_many_statements_for_many_rows_as_for_few(
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    bank = creditor()
    rows = [
        ROW | {"contract_number": f"C-{n}", "id_number": f"9901011990010{n:04}X"}
        for n in range(200)
    ]
    batch = delivered(bank, *rows)
    with django_assert_max_num_queries(49):
        taken = accept_batch(batch_id=batch.pk, partial=True, actor=clerk(bank), at=NOW)
    assert taken.accepted > 150


def test_when_the_journal_fails_nothing_of_the_batch_remains(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bank = creditor()
    batch = delivered(bank, ROW)

    def fail(**_facts: object) -> None:
        raise RuntimeError("no journal")

    monkeypatch.setattr("qinghe.claims.services.noting.record", fail)
    with pytest.raises(RuntimeError):
        accept_batch(batch_id=batch.pk, partial=False, actor=clerk(bank), at=NOW)
    assert not Claim.objects.exists()
    assert not Person.objects.exists()
    assert not Account.objects.exists()


def test_the_real_batch_of_invoices_is_taken_whole_and_once() -> None:
    folder = os.environ.get("QINGHE_DATA")
    path = Path(folder or "") / "ar_ibm" / "ar.csv"
    if not folder or not path.exists():
        pytest.skip("QINGHE_DATA names no folder with ar_ibm/ar.csv")
    factor = creditor("demo-factoring", lender_kind="factoring")

    def take() -> Batch:
        batch = check_batch(
            creditor_id=factor.pk,
            filename="ar.csv",
            content=path.read_bytes(),
            mapping="ar_ibm",
            as_of=date(2013, 5, 6),
            actor=JOB,
            at=NOW,
        )
        return accept_batch(batch_id=batch.pk, partial=False, actor=JOB, at=NOW)

    first = take()
    assert (first.read, first.accepted, first.rejected) == (1725, 1725, 0)
    assert (first.amount, first.currency) == (10_298_974, "USD")
    assert sum(first.stages.values()) == 1725
    assert Person.objects.count() == 100
    assert not ContactPoint.objects.exists()
    again = take()
    assert (again.accepted, again.unchanged) == (0, 1725)
    assert trial_balance() == {"USD": 0}
