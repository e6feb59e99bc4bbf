"""A debtor who contests sends papers and says who may read them; the creditor reads what it may."""

from __future__ import annotations

from pathlib import Path
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import Settings

from config import uploads
from qinghe.claims.models import Dispute, DisputePaper, Hold
from qinghe.claims.services import decide_dispute
from qinghe.claims.services.sending import MOST_PAPERS
from qinghe.journal.models import Entry
from qinghe.kernel import clock
from qinghe.kernel.actor import Role
from qinghe.simulation.evidence import contract_pdf
from tests import factories
from tests.claims.samples import csv_statement, jpeg, png
from tests.portal.conftest import NOON, World
from tests.web.people import signed_in

WORDS = "I paid 500.00 on 2026-03-01 to 6222 0202 0011 2233 444, call 13812345678."


def photo(number: int = 1, name: str = "IMG_0001.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, jpeg(number, 2), "image/jpeg")


def contest(client: Client, world: World, *files: SimpleUploadedFile, **told: str) -> str:
    body = {"request_key": uuid4().hex, "reason": "paid", "papers": files, **told}
    path = f"/d/claims/{world.claim.pk}/contest/"
    return client.post(path, body, follow=True).content.decode()


def place(world: World) -> str:
    return f"/claims/{world.claim.pk}/words/{Dispute.objects.get().pk}/"


def seen_by(world: World, role: Role, path: str) -> str:
    org = world.creditor if role is Role.CREDITOR else None
    with clock.at(NOON):
        return signed_in(role, org).get(path).content.decode()


@pytest.mark.parametrize(
    ("language", "asks"), [("en", "Who reads this?"), ("zh-hans", "谁会看到这些内容？")]
)
def test_the_form_says_who_reads_and_takes_papers(
    inside: Client, world: World, language: str, asks: str
) -> None:
    inside.cookies["django_language"] = language
    text = inside.get(f"/d/claims/{world.claim.pk}/contest/").content.decode()
    assert asks in text
    assert "Harbour Loans" in text.partition('data-test="who-reads"')[2].partition("</section>")[0]
    assert 'enctype="multipart/form-data"' in text
    assert 'accept="image/*,application/pdf"' in text


def test_papers_come_with_the_dispute_and_afterwards(inside: Client, world: World) -> None:
    scan = SimpleUploadedFile("receipt.pdf", contract_pdf("R", "receipt"))
    assert "Contact has stopped" in contest(inside, world, photo(), scan)
    assert DisputePaper.objects.count() == 2
    # Papers alone need no new words; the same one again is no second one.
    text = contest(inside, world, photo(), photo(2), more="1")
    assert "We have added" in text
    assert DisputePaper.objects.count() == 3
    own = inside.get(f"/d/claims/{world.claim.pk}/contest/").content.decode()
    assert own.count("IMG_0001.jpg") == 2
    paper = DisputePaper.objects.filter(media_type="image/jpeg").first()
    assert paper is not None
    got = inside.get(f"/d/claims/{world.claim.pk}/papers/{paper.pk}/")
    assert got.content in (jpeg(1, 2), jpeg(2, 2))
    assert got["Content-Disposition"].startswith("attachment")


def test_a_refused_file_loses_neither_the_dispute_nor_the_others(
    inside: Client, world: World
) -> None:
    table = SimpleUploadedFile("list.csv", csv_statement())
    fake = SimpleUploadedFile("photo.jpg", b"MZ not a photo")
    text = contest(inside, world, table, photo(), fake, statement="See the photo.")
    assert "“list.csv” was not taken: Only pictures and PDF" in text
    assert "“photo.jpg” was not taken" in text
    assert "What you wrote was received." in text
    assert DisputePaper.objects.count() == 1
    assert Hold.objects.filter(kind="dispute", lifted_at__isnull=True).exists()


def test_there_is_an_end_to_papers(inside: Client, world: World) -> None:
    text = contest(inside, world, *[photo(n) for n in range(1, 7)])
    assert "at most 5 files at once" in text
    assert not Dispute.objects.exists()
    contest(inside, world)
    for first in range(1, MOST_PAPERS, 5):
        contest(inside, world, *[photo(n) for n in range(first, first + 5)], more="1")
    assert DisputePaper.objects.count() == MOST_PAPERS
    assert f"sent {MOST_PAPERS} papers already" in contest(inside, world, photo(99), more="1")


def test_nothing_is_added_once_it_is_decided_or_by_others(inside: Client, world: World) -> None:
    contest(inside, world, photo())
    paper = DisputePaper.objects.get()
    decide_dispute(
        dispute_id=Dispute.objects.get().pk, outcome="dismissed", text="It was answered.",
        correction=None, actor=factories.actor(Role.COMPLIANCE), at=NOON,
    )  # fmt: skip
    body = {"request_key": uuid4().hex, "reason": "paid", "more": "1", "papers": [photo(2)]}
    inside.post(f"/d/claims/{world.strange.pk}/contest/", body)
    assert DisputePaper.objects.get() == paper
    with clock.at(NOON):
        strange = signed_in(Role.CREDITOR)
        assert strange.get(f"/disputes/papers/{paper.pk}/").status_code == 404
        assert signed_in(Role.REVIEWER).get(f"/disputes/papers/{paper.pk}/").status_code == 404


def test_the_creditor_reads_the_words_without_numbers_and_it_is_on_record(
    inside: Client, world: World
) -> None:
    contest(inside, world, photo(), statement=WORDS)
    link = f'href="{place(world)}"'
    assert link in seen_by(world, Role.CREDITOR, f"/claims/{world.claim.pk}/")
    text = seen_by(world, Role.CREDITOR, place(world))
    assert "I paid 500.00 on 2026-03-01 to …, call …." in text
    assert "13812345678" not in text
    paper = DisputePaper.objects.get()
    with clock.at(NOON):
        client = signed_in(Role.CREDITOR, world.creditor)
        got = client.get(f"/disputes/papers/{paper.pk}/")
        assert got.content == jpeg(1, 2)
        assert "IMG_0001" not in got["Content-Disposition"]
        assert signed_in(Role.CREDITOR).get(place(world)).status_code == 404
    kinds = Entry.objects.filter(actor__startswith="creditor:").values_list("kind", flat=True)
    assert {"parties.revealed", "parties.file-opened"} <= set(kinds)


def test_who_hides_them_is_read_by_the_officer_alone(inside: Client, world: World) -> None:
    contest(inside, world, photo(), statement="My secret", hide="on")
    claim = seen_by(world, Role.CREDITOR, f"/claims/{world.claim.pk}/")
    assert place(world) not in claim
    assert 'data-test="not-shared"' in claim
    text = seen_by(world, Role.CREDITOR, place(world))
    assert "My secret" not in text
    paper = DisputePaper.objects.get()
    assert f"/disputes/papers/{paper.pk}/" not in text
    with clock.at(NOON):
        client = signed_in(Role.CREDITOR, world.creditor)
        assert client.get(f"/disputes/papers/{paper.pk}/").status_code == 404
    dispute = Dispute.objects.get()
    officer = seen_by(world, Role.COMPLIANCE, f"/disputes/{dispute.pk}/")
    assert "My secret" in officer
    assert f"/disputes/papers/{paper.pk}/" in officer
    # Later the person may let the creditor read it, and take that back.
    contest(inside, world, more="1")
    assert Dispute.objects.get().shared
    contest(inside, world, more="1", hide="on")
    assert not Dispute.objects.get().shared


def test_what_was_written_before_anybody_said_who_reads_stays_with_the_officer(
    world: World,
) -> None:
    dispute = Dispute.objects.create(
        claim=world.claim, person=world.person, reason="paid", opened_at=NOON, answer_due_at=NOON
    )
    assert not Dispute.objects.get(pk=dispute.pk).shared


def test_a_photograph_is_larger_than_what_a_stranger_may_send(inside: Client, world: World) -> None:
    large = png(2, 2) + b"\0" * 6_000_000
    file = SimpleUploadedFile("photo.png", large, "image/png")
    body = {"request_key": uuid4().hex, "reason": "paid", "papers": [file]}
    path = f"/d/claims/{world.claim.pk}/contest/"
    assert inside.post(path, body).status_code == 302
    file.seek(0)
    assert Client().post("/d/", {"code": "x", "answer": "y", "papers": [file]}).status_code == 400


@pytest.mark.parametrize(
    ("language", "words"), [("en", "more than 1 MB"), ("zh-hans", "合计超过 1 MB")]
)
def test_too_many_photographs_are_said_and_the_form_is_found_again(
    inside: Client, world: World, monkeypatch: pytest.MonkeyPatch, language: str, words: str
) -> None:
    inside.cookies["django_language"] = language
    monkeypatch.setattr(uploads, "OF_DEBTORS", 1024 * 1024)
    path = f"/d/claims/{world.claim.pk}/contest/"
    large = SimpleUploadedFile("a.png", png(2, 2) + b"\0" * 6_000_000, "image/png")
    body = {"request_key": uuid4().hex, "reason": "paid", "papers": [large]}
    refused = inside.post(path, body)
    assert refused.status_code == 400
    text = refused.content.decode()
    assert words in text
    assert f'href="{path}"' in text
    assert not Dispute.objects.exists()


def test_the_form_tells_the_browser_how_much_may_be_sent(inside: Client, world: World) -> None:
    text = inside.get(f"/d/claims/{world.claim.pk}/contest/").content.decode()
    assert f'data-most="{(60 * 1024 - 64) * 1024}"' in text
    assert 'data-too-much="Together these files are larger than 60 MB.' in text
    assert "/static/qinghe.js" in text


def test_files_alone_are_not_called_words_and_a_long_name_is_cut(
    inside: Client, world: World
) -> None:
    contest(inside, world)
    name = "a" * 60 + "-receipt.csv"
    text = contest(inside, world, SimpleUploadedFile(name, csv_statement()), more="1")
    assert "a" * 31 + "…eipt.csv” was not taken" in text
    assert "What you wrote was received" not in text


def test_where_a_photograph_was_taken_is_not_kept(inside: Client, world: World) -> None:
    place = b"GPS 31.2304N 121.4737E"
    contest(inside, world, SimpleUploadedFile("a.jpg", jpeg(1, 2, place), "image/jpeg"))
    paper = DisputePaper.objects.get()
    got = inside.get(f"/d/claims/{world.claim.pk}/papers/{paper.pk}/")
    assert got.content == jpeg(1, 2)
    assert paper.size == len(jpeg(1, 2))


def test_a_paper_of_one_claim_does_not_open_under_another(inside: Client, world: World) -> None:
    contest(inside, world, photo())
    paper = DisputePaper.objects.get()
    opened = Entry.objects.filter(kind="parties.file-opened").count()
    assert inside.get(f"/d/claims/{world.other.pk}/papers/{paper.pk}/").status_code == 404
    assert Entry.objects.filter(kind="parties.file-opened").count() == opened


def test_no_page_asks_the_telephone_for_anything(inside: Client) -> None:
    allowed = inside.get("/d/home/")["Permissions-Policy"]
    for what in ("geolocation", "microphone", "camera", "payment"):
        assert f"{what}=()" in allowed


@pytest.mark.parametrize(
    ("language", "waits", "refused"),
    [("en", "still being checked", "cannot be opened"), ("zh-hans", "还在检查", "无法打开")],
)
def test_a_debtor_reads_that_a_paper_is_still_being_checked(
    inside: Client, world: World, settings: Settings, language: str, waits: str, refused: str
) -> None:
    inside.cookies["django_language"] = language
    settings.CLAMD = "unix:/nonexistent/clamd.ctl"
    contest(inside, world, photo())
    path = f"/d/claims/{world.claim.pk}/contest/"
    text = inside.get(path).content.decode()
    assert waits in text
    assert refused not in text
    DisputePaper.objects.update(scan="infected", scanned_at=NOON)
    text = inside.get(path).content.decode()
    assert waits not in text
    assert refused in text


def test_what_is_refused_leaves_no_file_on_the_disk(
    inside: Client, world: World, settings: Settings, tmp_path: Path
) -> None:
    contest(inside, world)
    for first in range(1, MOST_PAPERS, 5):
        contest(inside, world, *[photo(n) for n in range(first, first + 5)], more="1")
    settings.VAULT_FILES = tmp_path
    contest(inside, world, photo(99), more="1")
    assert DisputePaper.objects.count() == MOST_PAPERS
    assert not [each for each in tmp_path.rglob("*") if each.is_file()]


def test_a_text_is_told_which_kinds_are_taken_here(inside: Client, world: World) -> None:
    text = contest(inside, world, SimpleUploadedFile("a.txt", b"I paid it", "text/plain"))
    assert "Only pictures and PDF files can be sent here." in text
    assert "XLSX" not in text
