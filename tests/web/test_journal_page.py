"""A regulator takes the seals home and follows the chain without asking anybody."""

from __future__ import annotations

import csv
import hashlib
import json

import pytest

from qinghe.journal import services
from qinghe.kernel.actor import Role
from tests.factories import AT
from tests.journal.test_seals import record
from tests.web.people import signed_in

pytestmark = pytest.mark.django_db


def digest(row: dict[str, str]) -> str:
    fields = [int(row["size"]), row["root"], row["previous"], int(row["last_entry"])]
    return hashlib.sha256(json.dumps([*fields, row["sealed_at"]]).encode()).hexdigest()


def test_the_chain_can_be_followed_from_the_file_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "BATCH", 3)
    record(7)
    services.seal(at=AT)
    client = signed_in(Role.REGULATOR)
    assert "/journal/seals.csv" in client.get("/journal/").content.decode()
    answer = client.get("/journal/seals.csv")
    text = b"".join(answer).decode()
    rows = list(csv.DictReader(text.splitlines()))
    assert [row["size"] for row in rows] == ["3", "3", "1"]
    previous = "0" * 64
    for row in rows:
        assert row["previous"] == previous
        assert row["digest"] == digest(row)
        previous = row["digest"]
    assert "claim:" not in text
    page = client.get("/journal/?verify=1").content.decode()
    assert previous in page
