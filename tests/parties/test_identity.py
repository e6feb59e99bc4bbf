"""What identifies a person is checked hard and shown hardly."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.iso7064 import mod_11_2

from qinghe.parties import identity
from qinghe.parties.identity import Malformed
from qinghe.parties.regions import city_of, find_region, is_region, province_of, zones_of
from qinghe.parties.terms import Secret


@pytest.mark.parametrize(
    ("kind", "value", "shown"),
    [
        ("phone", "+8610012340000", "100****0000"),
        ("phone", "+8613800000000", "138****0000"),
        ("name", "陈某", "陈＊"),
        ("name", "陈某某", "陈＊＊"),
        ("name", "欧阳某某", "欧＊＊"),
        ("name", "Jane Doe", "J*** D***"),
        ("id_number", "990101199001011231", "9901**************"),
        ("email", "jane.doe@example.com", "j***@example.com"),
        ("address", "浙江省杭州市某路 1 号 2 室", "浙江省杭州市＊＊＊"),
        ("address", "1 Some Street", "＊＊＊"),
        ("account", "6222020000000000123", "****0123"),
        ("text", "anything", "***"),
    ],
)
def test_masks(kind: str, value: str, shown: str) -> None:
    assert identity.mask(kind, value) == shown


def test_a_firm_keeps_its_beginning_and_its_form() -> None:
    assert identity.mask_business("示例城建材有限公司") == "示例****有限公司"
    assert identity.mask_business("0379-NEVHP") == "03****"


@given(st.text(st.characters(categories=["L", "N"]), min_size=6, max_size=30))
def test_a_mask_never_contains_what_it_masks(value: str) -> None:
    for kind in (Secret.PHONE, Secret.ID_NUMBER, Secret.NAME, Secret.ACCOUNT, Secret.TEXT):
        assert value not in identity.mask(kind, value)


@given(st.text("0123456789", min_size=18, max_size=18))
def test_the_mask_of_an_id_number_hides_what_opens_the_door(number: str) -> None:
    assert len(set(identity.mask(Secret.ID_NUMBER, number)[-4:])) == 1


phones = st.integers(0, 99_999_999).map(lambda n: f"100{n:08}")


@given(phones, st.sampled_from(["{}", "+86{}", "+86 {}", "86{}", " {} "]))
def test_every_spelling_of_a_phone_is_one_number(number: str, written: str) -> None:
    spelled = written.format(f"{number[:3]} {number[3:7]}-{number[7:]}")
    assert identity.phone(spelled, demo=True) == f"+86{number}"


@pytest.mark.parametrize("value", ["", "12", "abc", "+861234", "10012345678"])
def test_a_number_nobody_can_have_is_refused_outside_a_demonstration(value: str) -> None:
    with pytest.raises(Malformed) as refused:
        identity.normalise("phone", value)
    assert value not in str(refused.value) or not value


@given(st.text("0123456789", min_size=15, max_size=15))
def test_a_demo_identity_is_never_a_valid_one(digits: str) -> None:
    for check in "0123456789X":
        number = f"99{digits}{check}"
        demo = identity.is_demo_id(number)
        assert demo != mod_11_2.is_valid(number)
        with pytest.raises(Malformed):
            identity.id_number(number)


@pytest.mark.parametrize(
    "number",
    [
        "11010119900101123",
        "110101199013011231",
        "110101209901011231",
        "000101199001011231",
        "11010119900101123A",
        "",
    ],
)
def test_an_identity_number_that_cannot_exist_is_refused(number: str) -> None:
    with pytest.raises(Malformed):
        identity.id_number(number)


def test_a_credit_code_is_checked_for_a_business() -> None:
    with pytest.raises(Malformed):
        identity.id_number("91110000MA00000001", kind="business")


@pytest.mark.parametrize("value", ["a@b", "a b@example.com", "@example.com", "a@@example.com"])
def test_what_is_no_address_is_refused(value: str) -> None:
    with pytest.raises(Malformed):
        identity.email(value)


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("杭州", "330100"),
        ("浙江省杭州市", "330100"),
        ("330106", "330100"),
        ("Hangzhou", "330100"),
        ("上海市", "310000"),
        ("310115", "310000"),
        ("110100", "110000"),
        ("新疆维吾尔自治区", "650000"),
        ("nowhere", None),
        ("999999", None),
        ("12345678", None),
    ],
)
def test_places_are_found_by_code_and_name(written: str, code: str | None) -> None:
    assert find_region(written) == code


@given(st.from_regex(r"[1-9]\d{5}", fullmatch=True))
def test_a_city_lies_in_its_province(code: str) -> None:
    city = city_of(code)
    assert province_of(city) == province_of(code)
    if is_region(city):
        assert zones_of(city)


def test_somebody_in_xinjiang_may_live_by_two_clocks() -> None:
    assert zones_of("650100") == ("Asia/Shanghai", "Asia/Urumqi")
    assert zones_of("") == ()
