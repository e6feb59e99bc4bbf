"""Papers for many claims in one ZIP: looked through, named where they fit nothing, then added."""

from __future__ import annotations

import io
import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import translation
from pytest_django import Settings

from qinghe.claims.bundling.refusals import ArchiveLocked, NoFilesSent
from qinghe.claims.gateways.scanner import TEST_FILE
from qinghe.claims.models import Batch, Bundle, BundleFile, Claim, Evidence
from qinghe.claims.queries import NoSuchBatch
from qinghe.claims.queries.bundles import BundleView, NoSuchBundle, bundle_for, files_of, report
from qinghe.claims.services import (
    BundleDecided,
    BundleNotChecked,
    NoSuchKind,
    NothingToTake,
    Sent,
    accept_bundle,
    add_evidence,
    bundlework,
    cancel_bundle,
    forget_bundle_files,
    remove_refused,
    resume_bundles,
    send_papers,
    work_on_bundle,
)
from qinghe.claims.services.bundles import MOST_WAITING, TooManyWaiting
from qinghe.claims.services.removing import KEEP_REFUSED, UNDECIDED
from qinghe.claims.terms import BatchState, ClaimState
from qinghe.journal.models import Entry
from qinghe.kernel.actor import Actor
from qinghe.parties.filestore import NoSuchFile, load_file
from qinghe.parties.models import Organisation
from qinghe.parties.queries import NoSuchOrganisation
from qinghe.parties.roles import NotPermitted
from tests import factories
from tests.claims.bundled import paper, raw_zip, zipped
from tests.claims.samples import SAMPLES
from tests.claims.world import NOW, REVIEWER, clerk, creditor

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def vault(settings: Settings, tmp_path: Path) -> Path:
    settings.VAULT_FILES = tmp_path
    return tmp_path


@pytest.fixture
def bank() -> Organisation:
    return creditor()


def claim(bank: Organisation, number: str, **fields: Any) -> Claim:
    made = {"state": ClaimState.SUBMITTED, **fields}
    return factories.claim(creditor=bank, contract_number=number, **made)


def delivery(bank: Organisation) -> Batch:
    return Batch.objects.create(
        creditor=bank, filename="claims.csv", sha256="0" * 64, as_of=NOW.date(), uploaded_at=NOW,
        currency="CNY", state=BatchState.ACCEPTED, decided_at=NOW,
    )  # fmt: skip


def sent(bank: Organisation, *files: tuple[str, bytes], **more: Any) -> Bundle:
    given = [Sent(name, io.BytesIO(content)) for name, content in files]
    asked = {"actor": clerk(bank), "at": NOW, **more}
    return send_papers(creditor_id=bank.pk, files=given, **asked)


def looked(bank: Organisation, content: bytes, **more: Any) -> BundleView:
    bundle = sent(bank, ("papers.zip", content), **more)
    work_on_bundle(bundle_id=bundle.pk, clock=lambda: NOW)
    return bundle_for(bundle_id=bundle.pk, actor=clerk(bank))


def taken(view: BundleView, bank: Organisation, actor: Actor | None = None) -> BundleView:
    accept_bundle(bundle_id=view.id, actor=actor or clerk(bank), at=NOW)
    work_on_bundle(bundle_id=view.id, clock=lambda: NOW)
    return bundle_for(bundle_id=view.id, actor=clerk(bank))


def mixed() -> dict[str, bytes]:
    return {
        "JD001/合同.pdf": paper("one"),
        "JD001 转账.pdf": paper("two"),
        "流水/JD002.pdf": paper("three"),
        "JD009 合同.pdf": paper("four"),
        "JD001 JD002 合同.pdf": paper("five"),
        "JD002.pdf": paper("six"),
        "JD002 合同.exe": b"MZ\x90\0" * 9,
        "JD002 发票.zip": zipped({"a.pdf": paper("seven")}),
    }


def test_nothing_is_added_before_it_was_looked_at(bank: Organisation) -> None:
    first, second = claim(bank, "JD001"), claim(bank, "JD002")
    view = looked(bank, zipped(mixed()))
    assert view.state == "checked"
    assert view.counts == {"matched": 3, "unknown": 2, "ambiguous": 1, "refused": 2}
    assert not Evidence.objects.exists()
    actor = clerk(bank)
    view = taken(view, bank, actor)
    assert (view.state, view.progress) == ("taken", None)
    assert view.counts == {"added": 3, "unknown": 2, "ambiguous": 1, "refused": 2}
    kinds = {(row.claim_id, row.kind) for row in Evidence.objects.all()}
    assert kinds == {(first.pk, "contract"), (first.pk, "transfer"), (second.pk, "statement")}
    # Each is a row of the journal of its own, in the name of who decided.
    rows = Entry.objects.filter(kind="claims.evidence-added")
    assert {row.actor for row in rows} == {actor.label}
    assert rows.count() == 3


def test_every_file_that_is_left_out_has_a_reason_and_a_remedy(bank: Organisation) -> None:
    claim(bank, "JD001"), claim(bank, "JD002")
    view = looked(bank, zipped(mixed()))
    codes = {row.name: row.code for row in files_of(view) if row.verdict != "matched"}
    assert codes == {
        "JD009 合同.pdf": "claims.paper-number-not-taken",
        "JD001 JD002 合同.pdf": "claims.paper-number-ambiguous",
        "JD002.pdf": "claims.paper-kind-unknown",
        "JD002 合同.exe": "claims.file-type-refused",
        "JD002 发票.zip": "claims.nested-archive",
    }
    with translation.override("zh-hans"):
        told = report(view).decode("utf-8-sig")
    assert "JD001/合同.pdf" in told
    assert "JD001, JD002" in told
    assert "没有编号为 JD009 的债权" in told
    assert len(told.splitlines()) == 9
    for row in files_of(view):
        assert bool(row.reason) == (row.verdict != "matched")


def test_a_report_runs_no_formula(bank: Organisation) -> None:
    view = looked(bank, zipped({"=cmd|' /C calc'!A0.pdf": paper("x")}))
    assert "'=cmd" in report(view).decode("utf-8-sig")


def test_the_same_again_adds_nothing(bank: Organisation) -> None:
    one, other = claim(bank, "JD001"), claim(bank, "JD002")
    content = zipped({"JD001 合同.pdf": paper("x"), "JD002 合同.pdf": paper("x"),
                      "again/JD001 合同.pdf": paper("x")})  # fmt: skip
    view = taken(looked(bank, content), bank)
    # One content may prove something for two claims; within one it counts once.
    assert view.counts == {"added": 2, "here": 1}
    assert {row.claim_id for row in Evidence.objects.all()} == {one.pk, other.pk}
    again = looked(bank, content)
    assert again.counts == {"here": 3}
    with pytest.raises(NothingToTake):
        accept_bundle(bundle_id=again.id, actor=clerk(bank), at=NOW)
    other_kind = looked(bank, zipped({"JD001 流水.pdf": paper("x")}))
    assert [row.code for row in files_of(other_kind)] == ["claims.file-counted"]
    assert Evidence.objects.count() == 2


def test_names_of_a_chinese_windows_are_read(bank: Organisation) -> None:
    made = claim(bank, "沪贷字第001号")
    names = {"沪贷字第001号/借款合同.pdf".encode("gbk"): paper("x")}
    taken(looked(bank, raw_zip(names)), bank)
    row = Evidence.objects.get()
    assert (row.claim_id, row.kind, row.filename) == (made.pk, "contract", "借款合同.pdf")


def test_files_chosen_together_are_one_send(bank: Organisation) -> None:
    claim(bank, "JD001")
    picture, name = SAMPLES["image/png"]
    bundle = sent(
        bank, ("JD001 合同.pdf", paper("x")), (f"JD001 转账 {name}", picture),
        ("JD001 流水.zip", zipped({"a.pdf": paper("y")})),
    )  # fmt: skip
    assert (bundle.filename, bundle.files) == ("JD001 合同.pdf +2", 3)
    work_on_bundle(bundle_id=bundle.pk, clock=lambda: NOW)
    view = bundle_for(bundle_id=bundle.pk, actor=clerk(bank))
    assert view.counts == {"matched": 2, "refused": 1}
    # A workbook is a paper, although it is a ZIP inside.
    table, name = SAMPLES["application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"]
    bundle = sent(bank, (f"JD001 流水 {name}", table))
    work_on_bundle(bundle_id=bundle.pk, clock=lambda: NOW)
    assert bundle_for(bundle_id=bundle.pk, actor=clerk(bank)).counts == {"matched": 1}


def test_malware_is_refused_and_the_rest_goes_on(bank: Organisation) -> None:
    claim(bank, "JD001")
    sick = paper("x").replace(b"%%EOF", b"%" + TEST_FILE + b"\n%%EOF")
    view = looked(bank, zipped({"JD001 合同.pdf": sick, "JD001 转账.pdf": paper("y")}))
    codes = [row.code for row in files_of(view, verdict="refused")]
    assert (view.counts, codes) == ({"matched": 1, "refused": 1}, ["claims.malware-found"])


def test_only_own_claims_and_those_of_the_batch_are_found(bank: Organisation) -> None:
    stranger = creditor("stranger")
    claim(stranger, "JD001")
    view = looked(bank, zipped({"JD001 合同.pdf": paper("x")}))
    assert view.counts == {"unknown": 1}
    with pytest.raises(NoSuchBundle):
        bundle_for(bundle_id=view.id, actor=clerk(stranger))
    for act in (accept_bundle, cancel_bundle):
        with pytest.raises(NoSuchBundle):
            act(bundle_id=view.id, actor=clerk(stranger), at=NOW)
    with pytest.raises(NoSuchOrganisation):
        sent(bank, ("a.pdf", paper("x")), actor=clerk(stranger))
    with pytest.raises(NotPermitted):
        sent(bank, ("a.pdf", paper("x")), actor=REVIEWER)
    batch = delivery(bank)
    claim(bank, "JD001", batch=batch)
    claim(bank, "JD002")
    files = zipped({"JD001 合同.pdf": paper("x"), "JD002 合同.pdf": paper("y")})
    assert looked(bank, files, batch_id=batch.pk).counts == {"matched": 1, "unknown": 1}
    with pytest.raises(NoSuchBatch):
        sent(bank, ("a.pdf", paper("x")), batch_id=delivery(stranger).pk)


def test_what_ended_meanwhile_gets_nothing(bank: Organisation) -> None:
    claim(bank, "JD001", state=ClaimState.WITHDRAWN)
    open_, content = claim(bank, "JD002"), paper("x")
    view = looked(bank, zipped({"JD001 合同.pdf": content, "JD002 合同.pdf": content}))
    assert view.counts == {"matched": 1, "refused": 1}
    Claim.objects.filter(pk=open_.pk).update(state=ClaimState.WITHDRAWN)
    assert taken(view, bank).counts == {"refused": 2}
    assert {row.code for row in files_of(view)} == {"claims.paper-claim-over"}
    sent_in = BundleFile.objects.values("digest")
    assert not Evidence.objects.filter(sha256__in=sent_in).exists()


def test_a_send_is_decided_once(bank: Organisation) -> None:
    claim(bank, "JD001")
    bundle = sent(bank, ("p.zip", zipped({"JD001 合同.pdf": paper("x")})))
    with pytest.raises(BundleNotChecked):
        accept_bundle(bundle_id=bundle.pk, actor=clerk(bank), at=NOW)
    work_on_bundle(bundle_id=bundle.pk, clock=lambda: NOW)
    cancel_bundle(bundle_id=bundle.pk, actor=clerk(bank), at=NOW)
    for act in (accept_bundle, cancel_bundle):
        with pytest.raises(BundleDecided):
            act(bundle_id=bundle.pk, actor=clerk(bank), at=NOW)
    work_on_bundle(bundle_id=bundle.pk, clock=lambda: NOW)
    assert not Evidence.objects.exists()


def test_what_is_no_send_is_refused_at_once(bank: Organisation) -> None:
    with pytest.raises(NoFilesSent):
        sent(bank)
    with pytest.raises(NoSuchKind):
        sent(bank, ("a.pdf", paper("x")), otherwise="letter")
    with pytest.raises(ArchiveLocked):
        sent(bank, ("p.zip", raw_zip({b"a.pdf": b"x"}, flags=1)))
    assert not Bundle.objects.exists()


def test_pressing_twice_is_one_send(bank: Organisation) -> None:
    actor = clerk(bank).with_key("k")
    first, again = (sent(bank, ("JD001 合同.pdf", paper("x")), actor=actor) for _each in range(2))
    assert first == again
    assert Bundle.objects.count() == 1


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_worker_that_dies_leaves_nothing_half(
    bank: Organisation, when: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    claim(bank, "JD001")
    files = {f"JD001 合同 {n:02}.pdf": paper(str(n)) for n in range(9)}
    monkeypatch.setattr(bundlework, "CHUNK", 4)
    monkeypatch.setattr(bundlework, "LOT", 6)
    bundle = sent(bank, ("p.zip", zipped(files)))
    _dies(monkeypatch, "sorted_out", after=5, when=when)
    with pytest.raises(ZeroDivisionError):
        work_on_bundle(bundle_id=bundle.pk, clock=lambda: NOW)
    view = bundle_for(bundle_id=bundle.pk, actor=clerk(bank))
    assert (view.state, view.checked_to, BundleFile.objects.count()) == ("checking", 4, 4)
    assert view.progress is not None
    assert resume_bundles() == 1
    work_on_bundle(bundle_id=bundle.pk, clock=lambda: NOW)
    accept_bundle(bundle_id=bundle.pk, actor=clerk(bank), at=NOW)
    _dies(monkeypatch, "add_evidence", after=3, when=when)
    with pytest.raises(ZeroDivisionError):
        work_on_bundle(bundle_id=bundle.pk, clock=lambda: NOW)
    there = Evidence.objects.count()
    assert there == (3 if when == "before" else 4)
    work_on_bundle(bundle_id=bundle.pk, clock=lambda: NOW)
    view = bundle_for(bundle_id=bundle.pk, actor=clerk(bank))
    assert (view.state, view.counts) == ("taken", {"added": 9})
    assert Evidence.objects.count() == 9
    assert resume_bundles() == 0


def _dies(monkeypatch: pytest.MonkeyPatch, name: str, *, after: int, when: str) -> None:
    """Break a function once: at its call number `after`, before or after it did its work."""
    real: Callable[..., Any] = getattr(bundlework, name)
    calls = 0

    def breaks(*args: Any, **kwargs: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == after + 1 and when == "before":
            raise ZeroDivisionError
        done = real(*args, **kwargs)
        if calls == after + 1:
            raise ZeroDivisionError
        return done

    monkeypatch.setattr(bundlework, name, breaks)


def test_a_send_that_breaks_again_and_again_is_given_up(
    bank: Organisation, monkeypatch: pytest.MonkeyPatch
) -> None:
    bundle = sent(bank, ("p.zip", zipped({"JD001 合同.pdf": paper("x")})))

    def breaks(*_args: Any, **_kwargs: Any) -> Any:
        raise ZeroDivisionError

    monkeypatch.setattr(bundlework, "sorted_out", breaks)
    for _each in range(5):
        with pytest.raises(ZeroDivisionError):
            work_on_bundle(bundle_id=bundle.pk, clock=lambda: NOW)
    view = bundle_for(bundle_id=bundle.pk, actor=clerk(bank))
    assert view.state == "failed"
    assert view.failed_because


def test_the_zip_and_the_names_go_and_the_papers_stay(bank: Organisation, vault: Path) -> None:
    claim(bank, "JD001")
    view = taken(looked(bank, zipped({"JD001 合同.pdf": paper("x")})), bank)
    idle = looked(bank, zipped({"JD001 流水.pdf": paper("y")}))
    old = (NOW - 90 * DAY).timestamp()
    for path in vault.glob("??/*"):
        os.utime(path, (old, old))
    assert remove_refused(at=NOW + KEEP_REFUSED - DAY) == 0
    assert remove_refused(at=NOW + KEEP_REFUSED + DAY) == 1
    with pytest.raises(NoSuchFile):
        load_file(view.sha256)
    assert load_file(Evidence.objects.get().sha256) == paper("x")
    remove_refused(at=NOW + UNDECIDED + DAY)
    assert Bundle.objects.get(pk=idle.id).state == "cancelled"
    assert forget_bundle_files(at=NOW + 89 * DAY) == 0
    assert forget_bundle_files(at=NOW + 91 * DAY) == 1


def test_a_file_added_by_hand_meanwhile_is_not_added_twice(bank: Organisation) -> None:
    made = claim(bank, "JD001")
    view = looked(bank, zipped({"JD001 合同.pdf": paper("x")}))
    add_evidence(
        claim_id=made.pk, kind="contract", filename="x.pdf", content=paper("x"),
        actor=clerk(bank), at=NOW,
    )  # fmt: skip
    assert taken(view, bank).state == "taken"
    assert Evidence.objects.count() == 1


@pytest.mark.parametrize(
    ("name", "inside"),
    [
        ("JD001 合同.docx", "word/document.xml"), ("JD001 合同.pptx", "ppt/presentation.xml"),
        ("JD001 合同.odt", "META-INF/manifest.xml"),
    ],
)  # fmt: skip
def test_a_text_of_an_office_is_no_archive(bank: Organisation, name: str, inside: str) -> None:
    claim(bank, "JD001")
    document = zipped({"[Content_Types].xml": b"x", inside: b"x"})
    packed = looked(bank, zipped({name: document}))
    # A file alone is as much a ZIP as one with papers in it.
    alone = sent(bank, (name, document))
    work_on_bundle(bundle_id=alone.pk, clock=lambda: NOW)
    for bundle_id in (packed.id, alone.pk):
        (row,) = files_of(bundle_for(bundle_id=bundle_id, actor=clerk(bank)))
        assert (row.name, row.code) == (name, "claims.paper-office-file")


def test_only_some_sends_wait_at_once(bank: Organisation, vault: Path) -> None:
    first = sent(bank, ("JD001 合同.pdf", paper("0")))
    for n in range(1, MOST_WAITING):
        sent(bank, ("JD001 合同.pdf", paper(str(n))))
    files = {each.name for each in vault.rglob("*")}
    with pytest.raises(TooManyWaiting):
        sent(bank, ("JD001 合同.pdf", paper("more")))
    assert {each.name for each in vault.rglob("*")} == files
    cancel_bundle(bundle_id=first.pk, actor=clerk(bank), at=NOW)
    sent(bank, ("JD001 合同.pdf", paper("more")))
    # Another creditor has a count of its own.
    other = factories.organisation()
    sent(other, ("JD001 合同.pdf", paper("more")))


def test_the_last_that_may_wait_is_answered_again_and_not_refused(bank: Organisation) -> None:
    for n in range(1, MOST_WAITING):
        sent(bank, ("JD001 合同.pdf", paper(str(n))))
    actor = clerk(bank).with_key("k")
    first, again = (sent(bank, ("JD001 合同.pdf", paper("x")), actor=actor) for _each in range(2))
    assert first == again
