"""Evidence comes in examined, stays for good, and a claim without it goes nowhere."""

from __future__ import annotations

import socketserver
import struct
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import translation
from pytest_django import Settings

from qinghe.claims.gateways.scanner import TEST_FILE, scan
from qinghe.claims.models import Claim, Evidence
from qinghe.claims.queries import NoSuchClaim, claim_for, evidence_for, papers_of
from qinghe.claims.queries.one import NoSuchEvidence
from qinghe.claims.services import (
    AlreadyReplaced,
    AssignmentsFixed,
    BoughtOnce,
    FileCounted,
    FileKnown,
    FileWaits,
    MalwareFound,
    NoSuchKind,
    NotVerifiable,
    PdfEncrypted,
    ReplacedWithoutReason,
    TooManyAssignments,
    add_evidence,
    add_paper,
    open_dispute,
    open_evidence,
    replace_evidence,
    rescan,
    set_assignments,
    set_state,
    signers_of,
)
from qinghe.claims.terms import Scan
from qinghe.journal.models import Entry
from qinghe.kernel.actor import Actor
from qinghe.market.refusals import NotProven
from qinghe.parties.roles import NotPermitted
from qinghe.parties.terms import Purpose
from qinghe.simulation.evidence import contract_pdf
from tests import factories
from tests.claims import samples, signing
from tests.claims.samples import SAMPLES
from tests.claims.test_pdf import protected
from tests.claims.world import COMPLIANCE, JOB, NOW, REVIEWER, claim_of, clerk, creditor, debtor
from tests.desk import release
from tests.market.conftest import TERMS
from tests.races import race


@pytest.fixture
def claim(db: None) -> Claim:
    return claim_of(creditor())


def added(claim: Claim, content: bytes, kind: str = "contract", name: str = "", **more: Any) -> Any:
    asked = {"actor": clerk(claim.creditor), "at": NOW, **more}
    return add_evidence(claim_id=claim.pk, kind=kind, filename=name, content=content, **asked)


class TestAdding:
    @pytest.mark.parametrize("media_type", SAMPLES)
    def test_every_type_is_kept_once(self, claim: Claim, media_type: str) -> None:
        content, name = SAMPLES[media_type]
        first, again = (added(claim, content, name=f"../../{name}") for _each in range(2))
        assert first == again
        assert (first.media_type, first.filename, first.scan) == (media_type, name, "unchecked")
        row, opened = open_evidence(
            evidence_id=first.pk, purpose=Purpose.VERIFY_IDENTITY, actor=REVIEWER, at=NOW
        )
        # What proves something is not touched, the place where a photograph was taken included.
        assert opened == content
        assert row.sha256 == first.sha256
        with pytest.raises(NoSuchEvidence):
            evidence_for(evidence_id=first.pk, actor=clerk(creditor("stranger")))

    def test_only_the_creditor_of_the_claim_adds(self, claim: Claim) -> None:
        for actor, refusal in (
            (clerk(creditor("stranger")), NoSuchClaim),
            (REVIEWER, NotPermitted),
            (COMPLIANCE, NotPermitted),
            (debtor(claim), NotPermitted),
        ):
            with pytest.raises(refusal):
                added(claim, samples.png(), actor=actor)

    def test_a_kind_that_is_none_is_refused(self, claim: Claim) -> None:
        with pytest.raises(NoSuchKind):
            added(claim, samples.png(), kind="gossip")

    def test_a_protected_pdf_is_refused_with_a_sentence(self, claim: Claim) -> None:
        with pytest.raises(PdfEncrypted):
            added(claim, protected())
        assert not Evidence.objects.exists()

    def test_what_was_found_is_kept_and_names_are_sealed(
        self, claim: Claim, settings: Settings, tmp_path: Path
    ) -> None:
        settings.TRUST_FOLDER = str(signing.trusting(tmp_path))
        row = added(claim, signing.signed())
        (found,) = row.findings["signatures"]
        assert (found["verdict"], row.findings["pages"]) == ("valid", 1)
        everything = str(list(Evidence.objects.values()) + list(Entry.objects.values()))
        assert signing.SIGNER not in everything
        with translation.override("en"):
            (told,) = signers_of(
                evidence_id=row.pk, purpose=Purpose.VERIFY_IDENTITY, actor=REVIEWER, at=NOW
            )
        assert signing.SIGNER in told.signer
        assert told.verdict == "Signed by somebody whom a known authority vouches for."
        assert Entry.objects.filter(subject=f"file:{row.report}").count() == 1

    def test_a_photograph_says_its_size_and_nothing_of_its_place(self, claim: Claim) -> None:
        row = added(claim, samples.jpeg(40, 30, exif=b"GPS 31.2304N 121.4737E"))
        assert row.findings == {"width": 40, "height": 30}

    def test_the_same_form_twice_adds_once_and_answers_alike(self, claim: Claim) -> None:
        actor = clerk(claim.creditor).with_key("form.1")
        first, again = (added(claim, samples.png(), actor=actor) for _each in range(2))
        assert first == again
        assert Entry.objects.filter(kind="claims.evidence-added").count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_same_file_at_once_is_one_file() -> None:
    claim = claim_of(creditor())

    def add(kind: str) -> str:
        try:
            return str(added(claim, samples.png(), kind=kind).pk)
        except FileCounted:
            return "counted"

    found = race(["contract", "transfer", "contract", "statement"], add)
    assert len(set(found) - {"counted"}) == 1
    assert found.count("counted") >= 2
    assert Evidence.objects.count() == 1
    assert Entry.objects.filter(kind="claims.evidence-added").count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_who_replace_a_file_at_once_one_does() -> None:
    claim = claim_of(creditor())
    old = added(claim, samples.png())

    def better(width: int) -> str:
        try:
            replaced(old, samples.png(width))
        except AlreadyReplaced:
            return "late"
        return "done"

    assert sorted(race([3, 4], better)) == ["done", "late"]
    assert Evidence.objects.filter(superseded_at__isnull=True).count() == 1


def replaced(old: Evidence, content: bytes, reason: str = "a clearer scan", **more: Any) -> Any:
    asked = {"actor": clerk(old.claim.creditor), "at": NOW + timedelta(hours=1), **more}
    return replace_evidence(
        evidence_id=old.pk, reason=reason, filename="b.png", content=content, **asked
    )


@pytest.mark.django_db
@pytest.mark.parametrize("lender", ["factoring", "local_amc"])
def test_who_trades_in_claims_cannot_say_that_it_lent(lender: str) -> None:
    claim = claim_of(creditor("factor", lender_kind=lender))
    with pytest.raises(BoughtOnce):
        set_assignments(claim_id=claim.pk, count=0, actor=clerk(claim.creditor), at=NOW)
    told = set_assignments(claim_id=claim.pk, count=2, actor=clerk(claim.creditor), at=NOW)
    assert told.assignments == 2


def test_one_file_counts_for_one_kind_and_says_for_which(claim: Claim) -> None:
    added(claim, samples.png())
    with translation.override("en"):
        with pytest.raises(FileCounted) as refused:
            added(claim, samples.png(), kind="assignment")
        assert "Contract" in refused.value.user_message
    assert Evidence.objects.count() == 1


class TestReplacing:
    def test_the_old_version_stays_and_says_why(self, claim: Claim) -> None:
        old = added(claim, samples.png())
        new = replaced(old, samples.png(3))
        old.refresh_from_db()
        assert (new.replaces_id, new.kind) == (old.pk, old.kind)
        assert old.superseded_because == "a clearer scan"
        view = claim_for(claim_id=claim.pk, actor=REVIEWER)
        assert [row.usable for row in view.evidence] == [False, True]
        _row, content = open_evidence(
            evidence_id=old.pk, purpose=Purpose.VERIFY_IDENTITY, actor=REVIEWER, at=NOW
        )
        assert content == samples.png()
        with pytest.raises(AlreadyReplaced):
            replaced(old, samples.png(4))
        with pytest.raises(FileKnown):
            replaced(new, samples.png())
        with pytest.raises(FileKnown):
            added(claim, samples.png())

    def test_a_reason_is_needed_and_strangers_replace_nothing(self, claim: Claim) -> None:
        old = added(claim, samples.png())
        with pytest.raises(ReplacedWithoutReason):
            replaced(old, samples.png(3), reason=" ")
        with pytest.raises(NoSuchEvidence):
            replaced(old, samples.png(3), actor=clerk(creditor("stranger")))

    @pytest.mark.parametrize(
        "change",
        [
            {"sha256": "0" * 64},
            {"kind": "other"},
            {"findings": {}},
            {"uploaded_at": NOW - timedelta(days=1)},
            {"scan": "infected"},
            {"filename": "x"},
        ],
    )
    def test_the_database_refuses_to_change_a_file(
        self, claim: Claim, change: dict[str, Any]
    ) -> None:
        added(claim, samples.png(5, 5))
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            Evidence.objects.update(**change)

    def test_the_database_refuses_to_delete_or_to_take_back_a_replacement(
        self, claim: Claim
    ) -> None:
        old = added(claim, samples.png())
        replaced(old, samples.png(3))
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            Evidence.objects.filter(replaces__isnull=False).delete()
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            Evidence.objects.update(superseded_at=None, superseded_because="")
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            Evidence.objects.filter(pk=old.pk).update(superseded_because="another reason")


class TestCompleteness:
    def test_each_paper_brings_the_claim_nearer_to_its_release(self, claim: Claim) -> None:
        actor = clerk(claim.creditor)
        set_assignments(claim_id=claim.pk, count=2, actor=actor, at=NOW)
        papers = ("contract", "transfer", "assignment", "notice", "assignment")
        scores = []
        for number, kind in enumerate(papers):
            with translation.override("en"), pytest.raises(NotVerifiable) as refused:
                release(claim_id=claim.pk, actor=REVIEWER, at=NOW)
            if number == len(papers) - 1:
                assert refused.value.facts == {"missing": "Assignment of the claim, link 2"}
            added(claim, contract_pdf(claim.number, f"{kind} {number}"), kind=kind)
            scores.append(papers_of([claim.pk])[claim.pk].score)
        assert scores == sorted(scores)
        assert release(claim_id=claim.pk, actor=REVIEWER, at=NOW).state == "challenge"
        with pytest.raises(AssignmentsFixed):
            set_assignments(claim_id=claim.pk, count=1, actor=actor, at=NOW)

    def test_a_chain_has_a_length(self, claim: Claim) -> None:
        for count in (-1, 10):
            with pytest.raises(TooManyAssignments):
                set_assignments(claim_id=claim.pk, count=count, actor=JOB, at=NOW)

    def test_a_replaced_file_no_longer_counts_and_its_successor_does(self, claim: Claim) -> None:
        old = added(claim, samples.png())
        before = papers_of([claim.pk])[claim.pk].score
        replaced(old, samples.png(3))
        assert papers_of([claim.pk])[claim.pk].score == before > 0

    def test_the_database_releases_nothing_without_a_file(self, claim: Claim) -> None:
        with pytest.raises(IntegrityError, match="no evidence"), transaction.atomic():
            set_state(claim_id=claim.pk, state="challenge", actor=JOB, at=NOW)
        added(claim, samples.png())
        assert set_state(claim_id=claim.pk, state="challenge", actor=JOB, at=NOW)

    def test_a_claim_whose_papers_are_missing_is_not_placed(self, db: None) -> None:
        from qinghe.kernel.actor import Role
        from qinghe.market.services import publish

        ready = factories.claim()
        factories.point(ready.debtor)
        Evidence.objects.filter(claim=ready, kind="transfer").update(
            superseded_at=NOW, superseded_because="of another claim"
        )
        owner = factories.actor(Role.CREDITOR, ready.creditor)
        with translation.override("en"), pytest.raises(NotProven) as refused:
            publish(claim_id=ready.pk, actor=owner, at=NOW, mode="grab", **TERMS)
        assert refused.value.facts == {"missing": "Proof of payment to the debtor"}

    def test_many_claims_are_scored_with_two_queries(
        self, db: None, django_assert_num_queries: Any
    ) -> None:
        claims = [factories.claim().pk for _each in range(5)]
        with django_assert_num_queries(2):
            assert all(found.complete for found in papers_of(claims).values())


class Clamd(socketserver.StreamRequestHandler):
    """A scanner for tests: takes a stream as clamd does, and finds one word."""

    answers: dict[str, bytes] = {}

    def handle(self) -> None:
        assert self.rfile.read(10) == b"zINSTREAM\0"
        content = b""
        while size := struct.unpack(">I", self.rfile.read(4))[0]:
            content += self.rfile.read(size)
        found = b"stream: Bad.Word FOUND\0" if b"badword" in content else b"stream: OK\0"
        self.wfile.write(self.answers.get("always", found))


@pytest.fixture(params=["unix", "tcp"])
def clamd(request: Any, tmp_path: Path, settings: Settings) -> Iterator[str]:
    if request.param == "unix":
        place = str(tmp_path / "clamd.ctl")
        server: socketserver.BaseServer = socketserver.UnixStreamServer(place, Clamd)
        address = f"unix:{place}"
    else:
        server = socketserver.TCPServer(("127.0.0.1", 0), Clamd)
        address = f"tcp:127.0.0.1:{server.server_address[1]}"  # type: ignore[index]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    settings.CLAMD = address
    yield address
    server.shutdown()
    thread.join()
    server.server_close()
    Clamd.answers.clear()


class TestScanner:
    def test_the_test_file_of_the_scanners_is_always_refused(
        self, claim: Claim, settings: Settings
    ) -> None:
        settings.CLAMD = ""
        with pytest.raises(MalwareFound):
            added(claim, samples.csv_statement() + TEST_FILE + b",1\n", name="a.csv")
        assert not Evidence.objects.exists()

    def test_a_clean_file_is_taken_and_says_so(self, claim: Claim, clamd: str) -> None:
        row = added(claim, samples.png())
        assert (row.scan, row.scanned_at) == (Scan.CLEAN, NOW)

    def test_what_the_scanner_finds_is_not_kept(self, claim: Claim, clamd: str) -> None:
        long = contract_pdf("badword", "x").replace(b"%%EOF", b"% " + b"x" * 200_000 + b"\n%%EOF")
        with pytest.raises(MalwareFound):
            added(claim, long)
        assert not Evidence.objects.exists()

    def test_an_answer_that_is_none_makes_the_file_wait(self, claim: Claim, clamd: str) -> None:
        Clamd.answers["always"] = b"INSTREAM size limit exceeded. ERROR\0"
        assert added(claim, samples.png()).scan == Scan.WAITING

    def test_a_scanner_out_of_reach_fails_closed_until_it_answers(
        self, claim: Claim, clamd: str, settings: Settings
    ) -> None:
        settings.CLAMD = "unix:/nonexistent/clamd.ctl"
        contract, transfer = (
            added(claim, contract_pdf(claim.number, kind), kind=kind)
            for kind in ("contract", "transfer")
        )
        assert contract.scan == Scan.WAITING
        assert papers_of([claim.pk])[claim.pk].score == 0
        with pytest.raises(NotVerifiable):
            release(claim_id=claim.pk, actor=REVIEWER, at=NOW)
        with pytest.raises(FileWaits):
            open_evidence(
                evidence_id=contract.pk, purpose=Purpose.DATA_COPY, actor=debtor(claim), at=NOW
            )
        assert rescan(at=NOW) == 0

        settings.CLAMD = clamd
        assert rescan(at=NOW) == 2
        assert rescan(at=NOW) == 0
        assert Evidence.objects.get(pk=transfer.pk).scan == Scan.CLEAN
        assert release(claim_id=claim.pk, actor=REVIEWER, at=NOW).state == "challenge"

    def test_papers_of_a_debtor_that_waited_are_scanned_by_the_same_job(
        self, claim: Claim, clamd: str, settings: Settings
    ) -> None:
        mine = debtor(claim)
        open_dispute(claim_id=claim.pk, reason="paid", statement="", actor=mine, at=NOW)
        settings.CLAMD = "unix:/nonexistent/clamd.ctl"
        kept, bad = (
            add_paper(claim_id=claim.pk, filename="p.pdf", content=each, actor=mine, at=NOW)
            for each in (contract_pdf("receipt", "x"), contract_pdf("badword", "x"))
        )
        added(claim, samples.png())
        assert rescan(at=NOW) == 0
        settings.CLAMD = clamd
        assert rescan(at=NOW) == 3
        assert rescan(at=NOW) == 0
        for paper, verdict in ((kept, Scan.CLEAN), (bad, Scan.INFECTED)):
            paper.refresh_from_db()
            assert (paper.scan, paper.scanned_at) == (verdict, NOW)
        assert Entry.objects.filter(kind="claims.paper-scanned").count() == 2

    def test_what_a_later_scan_finds_proves_nothing_and_opens_for_nobody(
        self, claim: Claim, clamd: str, settings: Settings
    ) -> None:
        settings.CLAMD = "tcp:127.0.0.1:1"
        row = added(claim, contract_pdf("badword", "x"))
        settings.CLAMD = clamd
        assert rescan(at=NOW) == 1
        row.refresh_from_db()
        assert row.scan == Scan.INFECTED
        assert papers_of([claim.pk])[claim.pk].score == 0
        with pytest.raises(NoSuchEvidence):
            open_evidence(
                evidence_id=row.pk, purpose=Purpose.VERIFY_IDENTITY, actor=REVIEWER, at=NOW
            )
        assert Entry.objects.get(kind="claims.evidence-scanned").facts["scan"] == "infected"

    @pytest.mark.parametrize("address", ["unix:/nonexistent", "tcp:127.0.0.1:1", "/nonexistent"])
    def test_no_scanner_at_an_address_is_no_verdict(self, address: str) -> None:
        assert scan(b"x", address=address).scan == Scan.WAITING


def test_an_actor_of_the_shell_is_told_what_is_missing(claim: Claim) -> None:
    with translation.override("en"), pytest.raises(NotVerifiable) as refused:
        release(claim_id=claim.pk, actor=Actor(role=REVIEWER.role), at=NOW)
    assert "Contract; Proof of payment to the debtor" in refused.value.user_message
