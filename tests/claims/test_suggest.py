"""What a column may be, and why; and whose data is never taken, whatever it is called or mapped."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest
from django.utils import translation
from pytest_django.fixtures import Settings

from qinghe.claims.intake.columns import BadMapping, ColumnsRefused, parse
from qinghe.claims.intake.read import ROW as NUMBER
from qinghe.claims.intake.strangers import (
    PhonesInText,
    refuse_phones_in_text,
    refused_columns,
)
from qinghe.claims.intake.suggest import Guess, guesses
from qinghe.claims.intake.units import moved, unit_of
from qinghe.claims.models import Batch, Claim
from qinghe.claims.queries import recognised
from qinghe.claims.services import accept_batch, check_batch, save_mapping
from tests.claims.world import NOW, ROW, TODAY, clerk, creditor, file_of

ID, PHONE = "990101199001011231", "10012345678"
OTHERS = [
    "联系人1", "联系人姓名", "亲属电话", "紧急联系人", "单位同事", "spouse_phone", "ref_contact",
    "通讯录", "EmergencyContact1", "emergencycontact", "next of kin", "Contact_2_phone",
    "fatherName", "wifePhone", "Parents Tel", "colleague_mobile", "phone_book", "callLog",
    "公司电话", "聯絡人電話",
    "配偶姓名", "緊急聯絡人", "电话2", "手机3", "work_phone", "referenceName",
]  # fmt: skip
ITS_OWN = [
    "联系电话", "contact number", "通讯地址", "booking date", "family_name", "Skinny", "person",
    "reason", "comparison", "transparent", "season", "parcel", "referral code",
    "annual_inc_joint", "手机号码",
    "客户姓名", "home_ownership", "brotherhood no", "单位名称",
]  # fmt: skip


@pytest.fixture(autouse=True)
def _files(settings: Settings, tmp_path: Path) -> Iterator[None]:
    settings.VAULT_FILES = tmp_path
    with translation.override("en"):
        yield


def one(column: str, *values: str) -> Guess | None:
    return guesses([column], [[value] for value in values]).get(column)


@pytest.mark.parametrize(
    ("column", "values", "field", "sure"),
    [
        ("合約編號", ["A1"], "contract_number", True),
        ("Cust. Name", ["陈示例"], "debtor_name", True),
        ("身分證字號", [ID], "id_number", True),
        ("未还本金（万元）", ["1.5"], "principal", True),
        ("贷款到期时间点", ["2026-01-01"], "due_date", True),
        ("x1", [ID, ID], "id_number", True),
        ("x2", [PHONE, PHONE], "phone", False),
        ("x3", ["a@example.com"], "email", False),
        ("x4", ["CNY", "CNY"], "currency", True),
        ("x5", ["浙江", "杭州"], "region", True),
        ("x6", ["2026-01-01"], "due_date", False),
        ("x7", ["1,234.50"], "principal", False),
        ("x8", ["91350100M000100Y43"], "id_number", True),
        ("x9", ["陈示例", "王某"], "debtor_name", False),
        ("手机号", ["abc", "def"], "phone", False),
        ("身份证号", [ID, "12"], "id_number", True),
    ],
)
def test_a_column_is_guessed_from_its_name_and_its_values(
    column: str, values: list[str], field: str, sure: bool
) -> None:
    guess = one(column, *values)
    assert guess is not None
    assert (guess.field, guess.sure) == (field, sure)
    assert 0 < guess.confidence <= 100
    assert str(guess.reason)


def test_name_and_values_together_are_surer_than_the_name_and_the_name_than_values() -> None:
    both, name, against = one("手机号", PHONE), one("手机号"), one("手机号", "abc")
    values = one("列", PHONE)
    assert both
    assert name
    assert against
    assert values
    assert both.confidence > name.confidence > values.confidence > 0
    assert against.confidence < name.confidence


def test_no_field_is_guessed_twice_and_nothing_of_others_is_guessed() -> None:
    found = guesses(
        ["手机号", "号码", "紧急联系人电话", "本金"], [[PHONE, PHONE, PHONE, "1.00"]] * 3
    )
    assert found["手机号"].field == "phone"
    assert "号码" not in found
    assert "紧急联系人电话" not in found


@pytest.mark.parametrize("column", OTHERS)
def test_columns_about_others_are_known_by_name(column: str) -> None:
    assert refused_columns([column]) == (column,)


@pytest.mark.parametrize("column", ITS_OWN)
def test_columns_about_the_debtor_are_not_mistaken(column: str) -> None:
    assert refused_columns([column]) == ()


@pytest.mark.django_db
def test_a_column_about_others_is_refused_even_when_mapped_to_the_debtor() -> None:
    bank = creditor()
    row = {key: value for key, value in ROW.items() if key != "phone"} | {"配偶电话": PHONE}
    with pytest.raises(ColumnsRefused, match="配偶电话"):
        check_batch(
            creditor_id=bank.pk,
            filename="x.csv",
            content=file_of(row),
            mapping={"columns": {"phone": "配偶电话"}},
            as_of=TODAY,
            actor=clerk(bank),
            at=NOW,
        )
    assert not Batch.objects.exists()


@pytest.mark.parametrize(
    ("column", "text", "refused"),
    [
        ("备注", "妻子13800138000", True),
        ("备注", "13800138000/13900139000", True),
        ("备注", "call 138-0013-8000 now", True),
        ("备注", "x +8613800138000", True),
        ("备注", "13800138000", False),
        ("备用手机", "13800138000", True),
        ("备注", "流水 20231380013800012", False),
        ("备注", "证件 990101199001011231", False),
        ("备注", "2026-11-28 未接", False),
        ("备注", "订单A13800138000", False),
        ("备注", "", False),
    ],
)
def test_numbers_in_free_text_are_refused(column: str, text: str, refused: bool) -> None:
    table = pl.DataFrame({NUMBER: [2, 3], column: ["", text], "手机": ["妻子13800138000"] * 2})
    if not refused:
        refuse_phones_in_text(table, {"phone": "手机"}, NUMBER)
        return
    with pytest.raises(PhonesInText) as found:
        refuse_phones_in_text(table, {"phone": "手机"}, NUMBER)
    said = str(found.value.user_message)
    assert column in said
    assert "rows 3" in said
    assert "138" not in said


@pytest.mark.parametrize(
    ("name", "places", "text", "moved_text"),
    [
        ("本金(万元)", 4, "1.234567", "12345.67"),
        ("本金（单位：万元）", 4, "12", "120000"),
        ("利息（分）", -2, "12050", "120.5"),
        ("amount_cents", -2, "-7", "-0.07"),
        ("本金[千元]", 3, "1,234.5", "1234500"),
        ("本金（元）", 0, "5", "5"),
        ("本金(万元)", 4, "abc", "abc"),
    ],
)
def test_units_are_told_by_the_name_of_a_column(
    name: str, places: int, text: str, moved_text: str
) -> None:
    assert unit_of(name) == places
    if places:
        assert pl.DataFrame({"a": [text]}).select(moved("a", places)).item() == moved_text


@pytest.mark.django_db
def test_amounts_in_ten_thousands_become_yuan_and_columns_are_remembered() -> None:
    bank = creditor()
    actor = clerk(bank)
    row = {key: value for key, value in ROW.items() if key != "principal"} | {
        "本金(万元)": "1.2345"
    }
    row |= {"内部": "x"}
    header = list(row)
    assert recognised(creditor_id=bank.pk, header=header) is None
    columns = {name: name for name in ROW if name != "principal"} | {"principal": "本金(万元)"}
    mapping = {"columns": columns, "ignore": ["内部"]}
    batch = check_batch(
        creditor_id=bank.pk,
        filename="x.csv",
        content=file_of(row),
        mapping=mapping,
        as_of=TODAY,
        actor=actor,
        at=NOW,
    )
    accept_batch(batch_id=batch.pk, partial=False, actor=actor, at=NOW)
    assert Claim.objects.get().principal == 1_234_500
    found = recognised(creditor_id=bank.pk, header=header[::-1])
    assert found is not None
    assert (found[0], found[1]["columns"]) == ("", columns)
    save_mapping(creditor_id=bank.pk, name="月报", mapping=mapping, actor=actor, at=NOW)
    again = recognised(creditor_id=bank.pk, header=header)
    assert again is not None
    assert again[0] == "月报"
    assert recognised(creditor_id=bank.pk, header=[*header, "新列"]) is None
    assert recognised(creditor_id=creditor("other").pk, header=header) is None


@pytest.mark.parametrize(
    "crooked",
    [
        {"columns": ["phone"]},
        {"columns": {"phone": 5}},
        {"columns": {"phone": ["a", "b"]}},
        {"ignore": "branch"},
        {"ignore": [1]},
        {"constants": [["currency", "CNY"]]},
        {"formats": "x"},
        {"formats": {"date": 5}},
        {"formats": {"encoding": ["big5"]}},
        {"columns": {"no_such_field": "x"}},
    ],
)
def test_a_mapping_of_another_shape_is_refused_in_words(crooked: dict[str, object]) -> None:
    with pytest.raises(BadMapping):
        parse(crooked)
