"""Papers for many claims by machine: sent, looked at, added."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from pytest_django import Settings

from qinghe.claims.models import Evidence
from qinghe.claims.services import work_on_bundle
from qinghe.kernel import clock
from qinghe.kernel.actor import Role
from tests import factories
from tests.api.conftest import Caller, Market
from tests.claims.bundled import paper, zipped


@pytest.fixture(autouse=True)
def _vault(settings: Settings, tmp_path: Path) -> None:
    settings.VAULT_FILES = tmp_path


def send(caller: Caller, **files: bytes) -> dict[str, object]:
    content = zipped({f"{name.replace('_', ' ')}.pdf": body for name, body in files.items()})
    upload = SimpleUploadedFile("papers.zip", content)
    answer = caller.upload("/papers", "once", files=[upload])
    assert answer.status_code == 201, answer.content.decode()
    made: dict[str, object] = answer.json()
    again = caller.upload("/papers", "once", files=[SimpleUploadedFile("papers.zip", content)])
    assert again.json()["id"] == made["id"]
    work_on_bundle(bundle_id=made["id"], clock=clock.now)  # type: ignore[arg-type]
    return made


def test_papers_are_sent_looked_at_and_added(market: Market, stranger: Caller) -> None:
    factories.claim(creditor=market.creditor, contract_number="JD001", state="submitted")
    caller = market[Role.CREDITOR]
    path = f"/papers/{send(caller, JD001_contract=paper('x'), who=paper('y'))['id']}"
    found = caller.get(path).json()
    assert (found["state"], found["counts"]) == ("checked", {"matched": 1, "unknown": 1})
    first = caller.get(f"{path}/files", limit=1).json()
    assert [row["verdict"] for row in first["items"]] == ["matched"]
    rest = caller.get(f"{path}/files", limit=1, cursor=first["next_cursor"]).json()
    assert [row["code"] for row in rest["items"]] == ["claims.paper-number-unknown"]
    assert len(caller.get(f"{path}/files", verdict="unknown").json()["items"]) == 1
    assert "who.pdf" in caller.get(f"{path}/report.csv").content.decode("utf-8-sig")
    for method in (stranger.get, market[Role.REVIEWER].get):
        assert method(path).status_code == 404
    assert stranger.post(f"{path}/acceptance").status_code == 404
    assert caller.post(f"{path}/acceptance").json()["state"] == "taking"
    work_on_bundle(bundle_id=path.rpartition("/")[2], clock=clock.now)  # type: ignore[arg-type]
    assert caller.get(path).json()["counts"] == {"added": 1, "unknown": 1}
    assert Evidence.objects.filter(claim__contract_number="JD001").count() == 1
    assert caller.post(f"{path}/cancellation").json()["code"] == "claims.bundle-decided"
    assert [row["id"] for row in caller.get("/papers").json()["items"]] == [path[8:]]
