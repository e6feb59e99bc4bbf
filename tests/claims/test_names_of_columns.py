"""A row of names that cannot be used is refused by the letters of its columns, never by values."""

from __future__ import annotations

import polars as pl
import pytest
from django.utils.translation import override

from qinghe.claims.intake.columns import bare, value_names
from qinghe.claims.intake.currencies import code_of, coded
from qinghe.claims.intake.faults import ADVICE
from qinghe.claims.intake.read import FileUnreadable, letters_of, read_table
from qinghe.claims.terms import Product


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("a,b,a\n1,2,3\n", "columns A and C have the same name"),
        ("a,,c\n1,2,3\n", "column B has no name"),
        (f"a,b,{'x' * 201}\n1,2,3\n", "the name of column C has more than 200 characters"),
        ("a,b,c\n", "no row with data stands below the names"),
        ("a,b,c\n,,\n", "no row with data stands below the names"),
        ("", "there is nothing in it"),
    ],
)
def test_what_is_wrong_is_told_by_column(content: str, said: str) -> None:
    with override("en"):
        with pytest.raises(FileUnreadable) as refused:
            read_table(content.encode())
        assert said in refused.value.user_message


def test_letters_count_as_a_spreadsheet_does() -> None:
    assert [letters_of(n) for n in (0, 25, 26, 51, 52, 701, 702)] == [
        "A", "Z", "AA", "AZ", "BA", "ZZ", "AAA",
    ]  # fmt: skip


@pytest.mark.parametrize("written", ["CNY", "rmb", "人民币", "元", " 人民币元 ", "￥", "RMB元"])
def test_the_renminbi_has_many_names_and_is_one_currency(written: str) -> None:
    frame = pl.DataFrame({"currency": [written, "usd", "火星币", ""]})
    assert frame.select(coded("currency"))["currency"].to_list() == [
        "CNY",
        "USD",
        "火星币",
        "",
    ]
    assert code_of(written) == "CNY"


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("product", list(Product))
def test_a_file_may_name_a_product_as_the_pages_do(language: str, product: Product) -> None:
    with override(language):
        label = bare(str(product.label))
        told = str(ADVICE["unknown-product"].fix)
        assert str(product.label) in told
    assert product.value in told
    assert value_names("product")[label] == product
