"""Refused files go after a term; a file that serves as evidence, or became claims, never does."""

from __future__ import annotations

import os
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.apps import apps
from pytest_django import Settings

from qinghe.claims.models import Batch, Claim, Evidence, RemovedFile
from qinghe.claims.services import remove_refused
from qinghe.claims.services.removing import KEEP_REFUSED, UNDECIDED, hash_columns
from qinghe.journal.models import Entry
from qinghe.parties.filestore import NoSuchFile, load_file, seal_file
from qinghe.parties.models import Organisation
from tests import factories
from tests.factories import AT

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
LATER = AT + KEEP_REFUSED + DAY


@pytest.fixture(autouse=True)
def vault(settings: Settings, tmp_path: Path) -> Path:
    settings.VAULT_FILES = tmp_path
    return tmp_path


def kept(content: bytes, vault: Path) -> str:
    """Keep a file that was last touched long ago."""
    sha256 = seal_file(content)
    old = (AT - 90 * DAY).timestamp()
    os.utime(vault / sha256[:2] / sha256, (old, old))
    return sha256


def batch(sha256: str, state: str, creditor: Organisation | None = None, **fields: int) -> Batch:
    return Batch.objects.create(
        creditor=creditor or factories.organisation(), filename="a.csv", sha256=sha256,
        as_of=AT.date(), state=state, currency="CNY", uploaded_at=AT - DAY, worked_at=AT - DAY,
        decided_at=None if state == "checked" else AT, read=fields.get("accepted", 0), **fields,
    )  # fmt: skip


def evidence(sha256: str, scan: str, at: datetime = AT) -> Evidence:
    claim: Claim = factories.claim()
    return Evidence.objects.create(
        claim=claim, kind="contract", sha256=sha256, media_type="application/pdf", size=4,
        filename="a.pdf", uploaded_at=at, scan=scan,
    )  # fmt: skip


def there(sha256: str) -> bool:
    try:
        load_file(sha256)
    except NoSuchFile:
        return False
    return True


@pytest.mark.parametrize("state", ["refused", "cancelled", "failed"])
def test_a_claim_file_that_nobody_accepted_goes_after_its_term(state: str, vault: Path) -> None:
    sha256 = kept(b"rows", vault)
    batch(sha256, state)
    assert remove_refused(at=AT + KEEP_REFUSED) == 0
    assert there(sha256)
    assert remove_refused(at=LATER) == 1
    assert not there(sha256)
    # The hash says for ever which file it was.
    assert Batch.objects.get().sha256 == RemovedFile.objects.get().sha256 == sha256
    assert Entry.objects.get(kind="claims.file-removed").subject == f"file:{sha256}"
    assert remove_refused(at=LATER + DAY) == 0


def test_infected_evidence_goes_and_clean_or_waiting_evidence_stays(vault: Path) -> None:
    files = {scan: kept(scan.encode(), vault) for scan in ("infected", "clean", "waiting")}
    for scan, sha256 in files.items():
        evidence(sha256, scan)
    assert remove_refused(at=LATER) == 1
    assert {scan: there(sha256) for scan, sha256 in files.items()} == {
        "infected": False,
        "clean": True,
        "waiting": True,
    }
    assert Evidence.objects.filter(sha256__in=files.values()).count() == 3


@pytest.mark.parametrize("use", ["accepted", "evidence", "half", "paper", "again"])
def test_what_anything_else_still_needs_stays(use: str, vault: Path) -> None:
    sha256 = kept(b"rows", vault)
    if use == "half":
        batch(sha256, "cancelled", accepted=3)
    else:
        batch(sha256, "cancelled")
    if use == "accepted":
        batch(sha256, "accepted")
    if use == "evidence":
        evidence(sha256, "clean")
    if use == "paper":
        factories.licence(factories.collector(), scan=sha256)
    if use == "again":
        # Just sent again, though no row says so yet.
        path = vault / sha256[:2] / sha256
        os.utime(path, (LATER.timestamp(), LATER.timestamp()))
    assert remove_refused(at=LATER) == 0
    assert there(sha256)


def test_keeping_a_content_again_marks_it_as_used(vault: Path) -> None:
    sha256 = kept(b"rows", vault)
    seal_file(b"rows")
    assert (vault / sha256[:2] / sha256).stat().st_mtime > (AT - 90 * DAY).timestamp()


def test_a_file_sent_and_refused_again_goes_again(vault: Path) -> None:
    sha256 = kept(b"rows", vault)
    first = batch(sha256, "refused")
    assert remove_refused(at=LATER) == 1
    assert kept(b"rows", vault) == sha256
    second = batch(sha256, "refused", first.creditor)
    Batch.objects.filter(pk=second.pk).update(decided_at=LATER + DAY)
    assert remove_refused(at=LATER + DAY) == 0
    assert remove_refused(at=LATER + 2 * DAY + KEEP_REFUSED) == 1


def test_what_nobody_decided_on_is_refused_first_and_goes_later(vault: Path) -> None:
    sha256 = kept(b"rows", vault)
    made = batch(sha256, "checked")
    assert remove_refused(at=AT + UNDECIDED + DAY) == 0
    made.refresh_from_db()
    assert (made.state, there(sha256)) == ("cancelled", True)
    assert remove_refused(at=AT + UNDECIDED + 2 * DAY + KEEP_REFUSED) == 1


def test_every_column_that_names_a_sealed_file_is_known() -> None:
    known = {(model.__name__, name) for model, name in hash_columns()}
    expected = {
        ("Batch", "sha256"), ("Correction", "sha256"), ("Evidence", "sha256"),
        ("Evidence", "report"), ("Licence", "scan"), ("Representative", "paper"),
        ("Delivery", "file_sha256"),
    }  # fmt: skip
    assert expected <= known
    # A column with another name would be forgotten: whoever adds one adds it to `NAMES`.
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if model.__module__.startswith("qinghe.") and field.name.endswith(("_file", "_scan")):
                pytest.fail(f"{model.__name__}.{field.name} may name a file")
