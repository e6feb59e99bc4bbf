"""A ZIP of papers is opened safely, its names are read rightly, and each is told to one claim."""

from __future__ import annotations

import io
import struct
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qinghe.claims.bundling import archive as archives
from qinghe.claims.bundling.archive import Archive
from qinghe.claims.bundling.matching import claim_of, key, keys_of, kind_of, known_of
from qinghe.claims.bundling.refusals import (
    ArchiveBomb,
    ArchiveEmpty,
    ArchiveLocked,
    ArchiveTooLarge,
    KindNotTold,
    KindOfSeveral,
    NotAnArchive,
    NumberNotFound,
    NumberNotTaken,
    NumberOfSeveral,
    NumberUnsure,
    StrangePlace,
)
from qinghe.claims.media import DamagedFile, FileTooLarge
from qinghe.claims.terms import EvidenceKind
from qinghe.kernel.errors import DomainError
from qinghe.kernel.ids import new_id
from tests.claims.bundled import raw_zip, unicode_path, zipped


def names(content: bytes) -> list[str]:
    return [each.name for each in Archive(io.BytesIO(content)).members]


def found(name: str, *numbers: str) -> str:
    known = known_of([(new_id(), number) for number in numbers], keys_of(name))
    return claim_of(name, known)[0].number


def kind(name: str, *numbers: str, otherwise: str = "") -> EvidenceKind:
    known = known_of([(new_id(), number) for number in numbers], keys_of(name))
    return kind_of(claim_of(name, known)[1], otherwise)


class TestNames:
    CHINESE = "借款合同/示例_乗車_JD001合同.pdf"

    @pytest.mark.parametrize("codec", ["gbk", "gb18030", "utf-8", "cp437"])
    def test_names_are_read_in_the_encoding_of_their_system(self, codec: str) -> None:
        name = "JD001 contract.pdf" if codec == "cp437" else self.CHINESE
        assert names(raw_zip({name.encode(codec): b"x"})) == [name]

    def test_names_that_say_utf8_and_second_names_are_believed(self) -> None:
        assert names(zipped({self.CHINESE: b"x"})) == [self.CHINESE]
        raw = "合同.pdf".encode("gbk")
        assert names(raw_zip({raw: b"x"}, extra=unicode_path(raw, "協議.pdf"))) == ["協議.pdf"]
        assert names(raw_zip({raw: b"x"}, extra=unicode_path(b"?", "其他.pdf"))) == ["合同.pdf"]

    def test_signs_that_nobody_sees_are_left_out(self) -> None:
        name = "JD001\u202efdp\u2066.\u2069\u2028合\u200b同\ufeff\x85.pdf"
        assert names(zipped({name: b"x"})) == ["JD001fdp.合同.pdf"]

    def test_what_systems_leave_behind_is_passed_over(self) -> None:
        left = ("__MACOSX/a/._x.pdf", "a/.DS_Store", "a/Thumbs.db", "a/._x.pdf", "a/")
        assert names(zipped({**dict.fromkeys(left, b""), "a/x.pdf": b"x"})) == ["a/x.pdf"]
        with pytest.raises(ArchiveEmpty):
            names(zipped(dict.fromkeys(left, b"")))


class TestHostile:
    @pytest.mark.parametrize(
        "name", ["../x.pdf", "a/../../x.pdf", "/etc/x.pdf", "C:/x.pdf", "..\\x.pdf"]
    )
    def test_a_name_that_leads_out_is_refused(self, name: str) -> None:
        archive = Archive(io.BytesIO(raw_zip({name.encode(): b"x"})))
        with pytest.raises(StrangePlace):
            archive.read(archive.members[0])

    def test_a_link_is_refused(self) -> None:
        info = zipfile.ZipInfo("JD001.pdf")
        info.external_attr = 0o120777 << 16
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as made:
            made.writestr(info, "/etc/passwd")
        archive = Archive(out)
        with pytest.raises(StrangePlace):
            archive.read(archive.members[0])

    @pytest.mark.parametrize("flags", [0x1, 0x41])
    def test_a_password_refuses_the_whole(self, flags: int) -> None:
        with pytest.raises(ArchiveLocked):
            names(raw_zip({b"a.pdf": b"x"}, flags=flags))

    def test_a_bomb_is_refused_by_its_proportion(self) -> None:
        with pytest.raises(ArchiveBomb):
            names(zipped({"a.pdf": b"\0" * 40_000_000}, deflate=True))
        many = {f"{n}.pdf": b"\0" * 2_000_000 for n in range(20)}
        with pytest.raises(ArchiveBomb):
            names(zipped(many, deflate=True))

    def test_files_on_top_of_each_other_are_refused(self) -> None:
        content = raw_zip({b"a.pdf": b"x" * 100, b"b.pdf": b"x" * 100})
        place = content.rfind(b"PK\x01\x02")
        twice = content[: place + 42] + struct.pack("<L", 0) + content[place + 46 :]
        with pytest.raises(NotAnArchive):
            names(twice)

    def test_a_table_of_contents_beyond_all_measure_is_not_read(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        content = zipped({f"{n}.pdf": b"x" for n in range(9)})
        monkeypatch.setattr(archives, "MOST_CONTENTS", 100)
        with pytest.raises(ArchiveTooLarge):
            names(content)

    @pytest.mark.parametrize("limit", ["MOST_FILES", "MOST_PACKED", "MOST_UNPACKED"])
    def test_too_many_or_too_much_is_refused(
        self, monkeypatch: pytest.MonkeyPatch, limit: str
    ) -> None:
        monkeypatch.setattr(archives, limit, 3)
        with pytest.raises(ArchiveTooLarge):
            names(zipped({f"{n}.pdf": b"x" for n in range(4)}))

    def test_the_large_form_cannot_hide_another_table(self) -> None:
        content = zipped({"a.pdf": b"x"})
        place = content.rfind(b"PK\x05\x06")
        locator = b"PK\x06\x07" + struct.pack("<LQL", 0, 0, 1)
        with pytest.raises(ArchiveTooLarge):
            names(content[:place] + locator + content[place:])

    def test_a_file_larger_than_a_paper_is_not_read(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(archives, "LARGEST", 10)
        archive = Archive(io.BytesIO(zipped({"a.pdf": b"x" * 11})))
        with pytest.raises(FileTooLarge):
            archive.read(archive.members[0])

    def test_a_damaged_file_and_an_odd_packing_are_told(self) -> None:
        content = bytearray(zipped({"a.pdf": b"xxxx"}))
        content[content.find(b"xxxx")] = 0
        archive = Archive(io.BytesIO(bytes(content)))
        with pytest.raises(DamagedFile):
            archive.read(archive.members[0])
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_LZMA) as made:
            made.writestr("a.pdf", b"x")
        archive = Archive(out)
        with pytest.raises(DamagedFile):
            archive.read(archive.members[0])

    @given(st.integers(0, 300), st.binary(max_size=8))
    def test_whatever_is_damaged_is_refused_in_words(self, place: int, bad: bytes) -> None:
        content = zipped({"JD001合同.pdf": b"x" * 50, "b.pdf": b"y" * 50}, deflate=True)
        try:
            archive = Archive(io.BytesIO(content[:place] + bad + content[place + len(bad) :]))
            for each in archive.members:
                archive.read(each)
        except DomainError as refusal:
            told = refusal.user_message
        else:
            told = "read"
        assert told


class TestMatching:
    @pytest.mark.parametrize(
        "name",
        [
            "JD-2026-001.pdf", "jd-2026-001_合同.pdf", "合同JD-2026-001（1）.pdf", "JD2026001.pdf",
            "JD-2026-001/合同.pdf", "JD 2026 001/扫描件/页1.pdf", "ＪＤ－２０２６－００１ 放款.pdf",
            "陈示例 JD-2026-001/JD-2026-001流水.pdf", "2026/JD-2026-001.pdf",
        ],
    )  # fmt: skip
    def test_a_number_is_found_however_it_is_spelt(self, name: str) -> None:
        assert found(name, "JD-2026-001", "JD-2026-0012", "JD-2026-00") == "JD-2026-001"

    @pytest.mark.parametrize(
        "name", ["JD-2026-0011.pdf", "XJD-2026-001 合同.pdf", "JD-2027-3/1.pdf"]
    )
    def test_a_number_must_stand_there_whole(self, name: str) -> None:
        with pytest.raises(NumberNotTaken) as refused:
            found(name, "JD-2026-001")
        assert refused.value.facts["number"] in name

    @pytest.mark.parametrize(
        "name",
        [
            "合同.pdf",
            "1.pdf",
            "IMG_20260101_103000.jpg",
            "2026-01-02 流水.pdf",
            "scan0001.pdf",
        ],
    )
    def test_what_is_no_number_is_not_called_one(self, name: str) -> None:
        with pytest.raises(NumberNotFound):
            found(name, "JD-2026-001")

    def test_the_longest_wins_and_the_spelling_on_record(self) -> None:
        assert found("JD-1-2 合同.pdf", "JD-1", "JD-1-2", "2") == "JD-1-2"
        assert found("A-1.pdf", "A1", "A-1") == "A-1"
        assert found("A1.pdf", "A1", "A-1") == "A1"
        assert found("（2026）沪贷字第001号借款合同.pdf", "(2026)沪贷字第001号") == (
            "(2026)沪贷字第001号"
        )

    @pytest.mark.parametrize(
        ("name", "numbers"),
        [
            ("JD001 JD002.pdf", ("JD001", "JD002")),
            ("JD001/JD002.pdf", ("JD001", "JD002")),
            # Page 1 of 10, or 101?
            ("10-1.pdf", ("10", "101")),
            ("A 1.pdf", ("A1", "A-1")),
        ],
    )
    def test_what_fits_several_is_not_guessed(self, name: str, numbers: tuple[str, ...]) -> None:
        with pytest.raises(NumberOfSeveral):
            found(name, *numbers)

    @pytest.mark.parametrize(
        ("number", "name"),
        [
            ("1105", "流水 2024-11-05.pdf"), ("2024", "合同 2024-11-05.pdf"),
            ("20241105", "合同2024-11-05.pdf"), ("20241105", "20241105_123000 借条.jpg"),
            ("123000", "20241105_123000 借条.jpg"), ("2024", "合同 2024年11月5日.pdf"),
            ("11", "合同2024年11月05日.pdf"), ("05123", "2024-11-05 123 合同.pdf"),
            ("1", "借条 (1).pdf"), ("1", "借条（1）.pdf"), ("2", "借条 - 副本 (2).pdf"),
            ("100", "借条 copy 100.pdf"), ("1", "借条 1.pdf"), ("A01", "A01合同.pdf"),
            ("13800138000", "转账 138 0013 8000.pdf"), ("13800138000", "13800138000转账.pdf"),
            ("8000", "转账 138-0013-8000.pdf"), ("1234", "第1234页 合同.pdf"),
        ],
    )  # fmt: skip
    def test_a_day_a_telephone_or_a_copy_is_no_contract(self, number: str, name: str) -> None:
        with pytest.raises(NumberUnsure) as refused:
            found(name, number)
        assert number in refused.value.user_message
        # Beside a number that is sure it says nothing at all.
        assert found(f"JD-2026-001/{name}", number, "JD-2026-001") == "JD-2026-001"
        # Whoever has such contract numbers names the folder like it.
        assert found(f"{number}/借条.pdf", number) == number

    @pytest.mark.parametrize(
        ("number", "name"),
        [
            ("HT-2024-11-05-001", "HT-2024-11-05-001合同.pdf"),
            ("20241105001", "20241105001 流水.pdf"), ("JD20241105", "JD20241105合同 (1).pdf"),
            ("2024-1105-0001", "2024-1105-0001 2024-11-05 合同.pdf"), ("7", "7.pdf"),
            ("7", "7/合同 (7).pdf"), ("(2024)沪001", "(2024)沪001借条 2024年11月5日.pdf"),
        ],
    )  # fmt: skip
    def test_a_number_that_holds_a_day_and_more_is_found(self, number: str, name: str) -> None:
        assert found(name, number, "2024-11-05", "1105") == number

    @given(
        st.text("A1-", min_size=4, max_size=9).filter(lambda n: "1" in n and len(key(n)) > 3),
        st.text("B2_", max_size=6),
    )
    def test_a_number_between_signs_is_always_found(self, number: str, other: str) -> None:
        assert found(f"{other} #{number}# 合同.pdf", number) == number

    def test_a_name_full_of_numbers_costs_little(self) -> None:
        assert len(keys_of("/".join(["-".join("1234567890" * 10)] * 50))) < 2000
        # A title in Chinese without a digit is no number.
        assert keys_of("借款合同扫描件/债权转让通知书.pdf") == set()

    @pytest.mark.parametrize(
        ("name", "expected"),
        [
            ("JD001_借款合同.pdf", "contract"), ("JD001/放款凭证.jpg", "transfer"),
            ("流水/JD001.pdf", "statement"), ("JD001_statement_01.pdf", "statement"),
            ("JD001-transfer.pdf", "transfer"), ("JD001债权转让协议.pdf", "assignment"),
            ("JD001债权转让通知书.pdf", "notice"), ("JD001催收函.pdf", "other"),
            ("JD001债权转让暨催收通知.pdf", "notice"), ("合同/JD001流水.pdf", "statement"),
            ("JD001 判决书.pdf", "judgment"), ("JD001调解协议.pdf", "mediation"),
        ],
    )  # fmt: skip
    def test_words_tell_the_kind(self, name: str, expected: str) -> None:
        assert kind(name, "JD001") == expected

    def test_a_word_in_the_number_tells_nothing(self) -> None:
        assert kind("沪合同001流水.pdf", "沪合同001") == "statement"

    def test_no_word_and_several_words_are_told(self) -> None:
        with pytest.raises(KindNotTold):
            kind("JD001.pdf", "JD001")
        assert kind("JD001.pdf", "JD001", otherwise="contract") == "contract"
        with pytest.raises(KindOfSeveral):
            kind("JD001合同及流水.pdf", "JD001", otherwise="contract")
        with pytest.raises(KindNotTold):
            kind("JD001 subcontractor.pdf", "JD001")
