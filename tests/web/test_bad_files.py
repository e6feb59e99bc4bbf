"""Every file of two folders of bad files goes through the page: a sentence, or a table."""

from __future__ import annotations

import html
import os
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client

from qinghe.claims.models import Batch, Claim
from qinghe.kernel import clock
from qinghe.kernel.actor import Role
from tests import factories
from tests.web.people import signed_in

NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)
SUMMARY = re.compile(r"data-error-summary>.*?<ul>(.*?)</ul>", re.DOTALL)
NEXT = ("/batches/columns/", "/batches/reading/")
CODE = re.compile(r"\b[a-z]+(?:_[a-z]+)+\b|\{[a-z]+\}|…")

pytestmark = pytest.mark.django_db


def files_of(folder: str) -> list[Path]:
    data = os.environ.get("QINGHE_DATA", "")
    if not data or not (Path(data) / folder).is_dir():
        pytest.skip(f"QINGHE_DATA names no folder with {folder}")
    return sorted(path for path in (Path(data) / folder).rglob("*") if path.is_file())


def said(answer: HttpResponse) -> str:
    """Return the sentences above the form."""
    found = SUMMARY.search(answer.content.decode())
    return html.unescape(re.sub(r"<[^>]+>", " ", found[1])).strip() if found else ""


def sent(client: Client, path: Path) -> HttpResponse:
    file = SimpleUploadedFile(path.name, path.read_bytes())
    told = {"file": file, "as_of": "2026-11-20", "mapping": ""}
    answer: HttpResponse = client.post("/batches/new/", told)  # type: ignore[assignment]
    return answer


@pytest.mark.parametrize("folder", ["csv_bad", "xlsx_bad"])
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_each_is_refused_in_a_sentence_or_read_on(folder: str, language: str) -> None:
    client = signed_in(Role.CREDITOR, factories.organisation())
    client.cookies["django_language"] = language
    for path in files_of(folder):
        with clock.at(NOON):
            answer = sent(client, path)
            if answer.status_code == 302:
                assert answer["Location"] in NEXT, path.name
                page = client.get(answer["Location"])
                assert page.status_code == 200, path.name
                refused = client.post(answer["Location"], {"encoding": "", "sheet": ""})
                words = said(refused)  # type: ignore[arg-type]
            else:
                assert answer.status_code == 422, (path.name, answer.status_code)
                words = said(answer)
        assert words, path.name
        assert not CODE.search(words), (path.name, words)
        if language != "en":
            assert re.search(r"[一-鿿]{4}", words), (path.name, words)
        print(f"{path.name} | {answer.status_code} {answer.headers.get('Location', '')} | {words}")
    assert not Batch.objects.exists()
    assert not Claim.objects.exists()
