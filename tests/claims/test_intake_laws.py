"""Laws of intake: whatever the file, nothing is lost, and the order of rows decides nothing."""

from __future__ import annotations

import csv
import gettext
import io
import json
import os
import random
import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import django
import polars as pl
import pytest
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django.fixtures import Settings

from qinghe.claims.intake.check import Checked, check
from qinghe.claims.intake.columns import fit, shipped
from qinghe.claims.intake.encodings import encoding_of
from qinghe.claims.intake.how import How
from qinghe.claims.intake.read import ROW as NUMBER
from qinghe.claims.intake.read import header_of, how_read, read_table
from qinghe.claims.intake.strangers import PhonesInText
from qinghe.claims.intake.units import moved
from qinghe.claims.models import Claim, RowError
from qinghe.claims.queries import error_file
from qinghe.claims.services import accept_batch
from qinghe.kernel.errors import DomainError
from qinghe.kernel.ids import new_id
from tests.claims.world import NOW, ROW, TODAY, clerk, creditor, delivered

FEW = settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
VALUES = {
    "contract_number": ["C-1", "C-2", "C-3", "C-4", ""],
    "principal": ["10.00", "-1", "abc", "0", "99999999999999", "１２"],
    "currency": ["CNY", "USD", "RMB", ""],
    "due_date": ["2026-10-01", "2026-02-30", "", "3/4/2026"],
    "phone": ["10012345678", "123", ""],
    "id_number": ["990101199001011231", "110101199001011230", ""],
    "annual_overdue_rate": ["10", "36", "400", ""],
    "contract_date": ["2025-06-01", "", "2019-01-01"],
    "region": ["杭州", "火星"],
    "debtor_name": ["陈测试", ""],
}
rows = st.lists(
    st.fixed_dictionaries({name: st.sampled_from(some) for name, some in VALUES.items()}),
    min_size=1,
    max_size=12,
).map(lambda some: [ROW | each for each in some])


@pytest.fixture(autouse=True)
def _files(settings: Settings, tmp_path: Path) -> Iterator[None]:
    settings.VAULT_FILES = tmp_path
    with translation.override("en"):
        yield


def table_of(some: list[dict[str, str]]) -> pl.DataFrame:
    table = pl.DataFrame(some, schema=dict.fromkeys(some[0], pl.String))
    return table.with_row_index(NUMBER, offset=2)


def judged(some: list[dict[str, str]]) -> Checked:
    table = table_of(some)
    mapping = fit(shipped("qinghe"), header_of(table))
    return check(table, mapping, as_of=TODAY, lender_kind="bank", demo=True)


@settings(deadline=None)
@given(rows)
def test_every_row_is_sound_or_has_a_fault(some: list[dict[str, str]]) -> None:
    found = judged(some)
    bad = {fault.row for fault in found.faults}
    assert found.read == len(some)
    assert found.sound.height + len(bad) == len(some)
    assert not bad & set(found.sound["row"])


@settings(deadline=None)
@given(rows, st.randoms(use_true_random=False))
def test_the_order_of_rows_decides_nothing(
    some: list[dict[str, str]], chance: random.Random
) -> None:
    other = list(some)
    chance.shuffle(other)

    def essence(found: Checked) -> tuple[object, ...]:
        sound = found.sound.drop("row").sort(pl.all().exclude(pl.List)).rows()
        codes = sorted(fault.code for fault in found.faults)
        return found.currency, codes, sound

    assert essence(judged(some)) == essence(judged(other))


@pytest.mark.django_db
@FEW
@given(rows)
def test_accepted_and_rejected_and_unchanged_are_what_was_read(some: list[dict[str, str]]) -> None:
    bank = creditor(slug=f"bank-{new_id()}")
    for again in (False, True):
        batch = delivered(bank, *some)
        taken = accept_batch(batch_id=batch.pk, partial=True, actor=clerk(bank), at=NOW)
        assert taken.accepted + taken.rejected + taken.unchanged == taken.read == len(some)
        assert not again or taken.accepted == 0


@settings(deadline=None)
@given(st.integers(-(10**11), 10**11), st.sampled_from([-2, -1, 0, 3, 4]))
def test_a_unit_moves_the_point_and_nothing_else(minor: int, places: int) -> None:
    text = f"{'-' if minor < 0 else ''}{abs(minor) // 100}.{abs(minor) % 100:02}"
    table = pl.DataFrame({"a": [text]})
    assert Decimal(table.select(moved("a", places)).item()) == Decimal(text).scaleb(places)


DELIMITERS = [",", "\t", ";", "|", "^", "~", "\x1f", "，", "#", "："]
cells = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc", "Zs"]), max_size=6)


@settings(deadline=None)
@given(
    st.lists(st.tuples(cells, cells, cells), min_size=3, max_size=8),
    st.sampled_from(DELIMITERS),
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gb18030"]),
    st.integers(0, 2),
)
def test_a_table_reads_the_same_however_it_was_saved(
    data: list[tuple[str, str, str]], delimiter: str, end: str, encoding: str, titles: int
) -> None:
    if delimiter in ("#", "："):
        data = [tuple(cell.replace(delimiter, "") for cell in row) for row in data]  # type: ignore[misc]
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\n", quoting=csv.QUOTE_MINIMAL)
    writer.writerows([["二〇二六年委外清单", "", ""]] * titles)
    writer.writerow(["合同号", "客户姓名", "地址"])
    writer.writerows([[f"K{n}", *row[1:]] for n, row in enumerate(data)])
    content = out.getvalue().replace("\n", end).encode(encoding)
    table = read_table(content)
    assert header_of(table) == ["合同号", "客户姓名", "地址"]
    assert [row[1:] for row in table.rows()] == [
        (f"K{n}", row[1].strip(), row[2].strip()) for n, row in enumerate(data)
    ]
    assert table[NUMBER][0] == titles + 2


@pytest.mark.parametrize("encoding", ["gb18030", "gbk", "big5", "cp950", "utf-16-le"])
def test_the_encoding_is_told_from_the_content(encoding: str) -> None:
    simple = "合同编号,客户姓名\nA1,王小明\n"
    traditional = "合約編號,客戶姓名\nA1,王小明\n"
    text = traditional if encoding in ("big5", "cp950") else simple
    family = {"gbk": "gb18030", "cp950": "big5"}.get(encoding, encoding)
    found, _sheets = how_read(text.encode(encoding))
    assert found.encoding == family
    assert read_table(text.encode(encoding)).rows() == [(2, "A1", "王小明")]


@pytest.mark.parametrize("language", ["zh_Hans", "zh_Hant"])
def test_common_characters_tell_gb18030_from_big5_without_any_known_word(language: str) -> None:
    """The catalogues that Django brings along are text of both kinds that nobody wrote for us."""
    base = Path(django.__file__).parent
    text = ""
    for path in sorted(base.glob(f"**/locale/{language}/LC_MESSAGES/django.mo")):
        with path.open("rb") as file:
            text += " ".join(str(each) for each in gettext.GNUTranslations(file)._catalog.values())
    codec = "gb18030" if language == "zh_Hans" else "big5"
    words = [
        word
        for word in re.findall(r"[一-鿿]{2,4}", text)
        if word.encode(codec, "ignore").decode(codec) == word
    ]
    chance, wrong, asked = random.Random(7), 0, 0
    for _ in range(100):
        lines = [f"A{n},{chance.choice(words)},{n}.50" for n in range(8)]
        content = "\n".join(["col1,col2,amount", *lines]).encode(codec)
        try:
            wrong += encoding_of(content) != codec
        except DomainError:
            asked += 1
    assert wrong == 0
    assert asked <= 10


def test_what_was_chosen_is_read_so_and_a_wrong_choice_is_told() -> None:
    content = "a,b\n1,張三\n".encode("big5")
    with pytest.raises(DomainError) as unsure:
        read_table(content)
    assert unsure.value.code == "claims.encoding-unsure"
    assert "big5" in str(unsure.value.user_message)
    assert read_table(content, How(encoding="big5")).rows() == [(2, "1", "張三")]
    for wrong in ("utf-8", "latin-9"):
        with pytest.raises(DomainError) as refused:
            read_table(content, How(encoding=wrong))
        assert wrong in str(refused.value.user_message)


NAUGHTY = [
    "", "undefined", "NULL", "=1+1", "@SUM(1)", "<script>alert(1)</script>", "'; DROP TABLE x;--",
    "Ω≈ç√∫", "田中さん", "🏳️\u200d🌈", "\u202etest", "\ufeff", "％ｓ", "{0}",
    "{first_row}", "%s%n", "\u0000",
    "../../etc/passwd", "\x1b[31m", "\u2028", "a" * 5000, "Z̮̞̠", "１２３", "٠١٢", "𠜎𠜱", "\ud83d",
]  # fmt: skip


def naughty() -> list[str]:
    folder = os.environ.get("QINGHE_DATA", "")
    path = Path(folder) / "naughty" / "blns.json"
    return json.loads(path.read_text("utf-8")) if folder and path.exists() else NAUGHTY


@pytest.mark.django_db
@pytest.mark.parametrize("field", ["contract_number", "debtor_name", "address", "region", "email"])
def test_naughty_strings_are_taken_as_they_are_or_told_by_row(field: str) -> None:
    bank = creditor()
    some = []
    for place, text in enumerate(naughty()):
        tidy = text.encode("utf-8", "ignore").decode().replace("\0", "")
        number = tidy if field == "contract_number" else f"N-{place}"
        some.append(ROW | {field: tidy, "contract_number": number})
    try:
        batch = delivered(bank, *some)
    except PhonesInText:
        pytest.fail("a naughty string is no telephone number")
    taken = accept_batch(batch_id=batch.pk, partial=True, actor=clerk(bank), at=NOW)
    assert taken.accepted + taken.rejected + taken.unchanged == taken.read
    assert taken.read >= len(some) - 1
    if field == "contract_number":
        kept = set(Claim.objects.values_list("contract_number", flat=True))
        assert kept <= {each[field].strip() for each in some}
    for error in RowError.objects.all():
        assert not any(len(text) > 6 and text in str(error.facts) for text in naughty())
    for fmt in ("csv", "xlsx"):
        if taken.rejected:
            assert read_table(error_file(batch, fmt)).height > 0
