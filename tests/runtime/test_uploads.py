"""A body that nobody asked for is refused by its announced length, before it is kept anywhere."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import Settings

from config import uploads
from qinghe.kernel.actor import Role
from tests.api.conftest import Market, market  # noqa: F401

SMALL = 2_000


@pytest.fixture(autouse=True)
def _small(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = SMALL
    monkeypatch.setattr(uploads, "LARGEST", 10 * SMALL)


def upload(size: int) -> SimpleUploadedFile:
    return SimpleUploadedFile("a.csv", b"x" * size, content_type="text/csv")


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/d/", "/accounts/login/", "/complain/", "/batches/new/"])
def test_a_stranger_uploads_nothing_large(address: str) -> None:
    client = Client(enforce_csrf_checks=True)
    client.cookies["csrftoken"] = "a" * 32
    assert client.post(address, {"file": upload(2 * SMALL)}).status_code == 400
    assert client.post(address, {"file": upload(10)}).status_code == 403


@pytest.mark.django_db
def test_a_key_may_send_more_but_not_without_end(market: Market) -> None:  # noqa: F811
    caller = market[Role.CREDITOR]
    assert caller.upload("/batches", file=upload(2 * SMALL)).json()["code"] != "api.invalid"
    assert caller.upload("/batches", file=upload(11 * SMALL)).json()["code"] == "api.invalid"
    stranger = Client().post("/api/batches", {"file": upload(2 * SMALL)})
    assert stranger.status_code == 401
