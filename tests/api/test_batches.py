"""A file of claims by machine: checked, its errors named, taken or left."""

from __future__ import annotations

from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from qinghe.claims.models import Claim
from qinghe.claims.services import intake
from qinghe.kernel import clock
from qinghe.kernel.actor import Role
from tests.api.conftest import Caller, Market

HEAD = (
    "contract_number,debtor_name,id_number,phone,email,address,region,product,principal,interest,"
    "fees,currency,contract_date,due_date,annual_overdue_rate,hand"
)
WHO = "Test Person,990101199001011234,+86 10012345678,,,330100,consumer_loan"
GOOD = f"K-1,{WHO},100.00,5.00,0,CNY,2025-01-02,2026-08-31,12,1"
BAD = f"K-2,{WHO},-1,0,0,CNY,2025-01-02,2026-08-31,12,1"


def send(caller: Caller, *rows: str, once: str | None = None) -> dict[str, object]:
    content = "\n".join([HEAD, *rows]).encode()
    upload = SimpleUploadedFile("claims.csv", content, content_type="text/csv")
    answer = caller.upload("/batches", once, file=upload, mapping="qinghe", as_of="2026-11-23")
    assert answer.status_code == 201, answer.content.decode()
    batch: dict[str, object] = answer.json()
    return batch


def test_a_sound_file_becomes_claims(market: Market) -> None:
    batch = send(market[Role.CREDITOR], GOOD)
    assert (batch["read"], batch["valid"], batch["rejected"]) == (1, 1, 0)
    before = Claim.objects.count()
    path = f"/batches/{batch['id']}"
    done = market[Role.CREDITOR].post(f"{path}/acceptance", {})
    assert (done.status_code, done.json()["accepted"]) == (200, 1)
    assert Claim.objects.count() == before + 1
    assert market[Role.CREDITOR].get(path).json()["state"] == "accepted"
    found = market[Role.CREDITOR].get("/claims", batch_id=str(batch["id"])).json()["items"]
    assert [row["contract_number"] for row in found] == ["K-1"]


def test_errors_refuse_the_file_unless_the_rest_is_chosen(market: Market) -> None:
    batch = send(market[Role.CREDITOR], GOOD, BAD)
    path = f"/batches/{batch['id']}"
    errors = market[Role.CREDITOR].get(f"{path}/errors", limit=1).json()
    assert errors["items"][0]["row"] >= 1
    assert errors["items"][0]["fix"]
    table = market[Role.CREDITOR].get(f"{path}/errors.csv")
    assert table["Content-Type"].startswith("text/csv")
    refused = market[Role.CREDITOR].post(f"{path}/acceptance", {})
    assert (refused.status_code, refused.json()["code"]) == (409, "claims.batch-has-errors")
    done = market[Role.CREDITOR].post(f"{path}/acceptance", {"partial": True})
    assert done.json()["accepted"] == 1


def test_a_file_can_be_left(market: Market) -> None:
    batch = send(market[Role.CREDITOR], GOOD)
    answer = market[Role.CREDITOR].post(f"/batches/{batch['id']}/refusal")
    assert answer.json()["state"] == "refused"


def test_sending_twice_with_a_key_is_one_batch(market: Market) -> None:
    first = send(market[Role.CREDITOR], GOOD, once="b")
    assert send(market[Role.CREDITOR], GOOD, once="b") == first


def test_a_mapping_that_is_no_json_is_refused(market: Market) -> None:
    upload = SimpleUploadedFile("claims.csv", b"a,b\n1,2\n")
    answer = market[Role.CREDITOR].upload("/batches", file=upload, mapping="{")
    assert (answer.status_code, answer.json()["code"]) == (400, "api.bad-mapping")


def test_only_creditors_send_files_and_see_their_own(market: Market, stranger: Caller) -> None:
    batch = send(market[Role.CREDITOR], GOOD)
    upload = SimpleUploadedFile("claims.csv", b"a,b\n1,2\n")
    assert market[Role.COLLECTOR].upload("/batches", file=upload).status_code == 403
    assert stranger.get(f"/batches/{batch['id']}").status_code == 404
    assert stranger.get(f"/batches/{batch['id']}/errors.xlsx").status_code == 404


def test_a_large_file_is_worked_on_and_its_state_can_be_asked(
    market: Market, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("qinghe.claims.services.batches.AT_ONCE_BYTES", 0)
    monkeypatch.setattr("qinghe.claims.services.batches.AT_ONCE_ROWS", 0)
    caller = market[Role.CREDITOR]
    batch = send(caller, GOOD)
    path = f"/batches/{batch['id']}"
    assert (batch["state"], batch["may_cancel"]) == ("received", True)
    assert batch["progress"] == {
        "phase": "checking",
        "done": 0,
        "of": 0,
        "per_second": None,
        "remaining_seconds": None,
    }
    early = caller.post(f"{path}/acceptance", {})
    assert (early.status_code, early.json()["code"]) == (409, "claims.batch-not-checked")
    intake(batch_id=UUID(str(batch["id"])), clock=clock.now)
    assert caller.post(f"{path}/acceptance", {}).json()["state"] == "merging"
    intake(batch_id=UUID(str(batch["id"])), clock=clock.now)
    done = caller.get(path).json()
    assert (done["state"], done["accepted"], done["progress"]) == ("accepted", 1, None)
    late = caller.post(f"{path}/cancellation")
    assert (late.status_code, late.json()["code"]) == (409, "claims.batch-decided")


def test_a_file_that_waits_can_be_cancelled(market: Market) -> None:
    batch = send(market[Role.CREDITOR], GOOD)
    answer = market[Role.CREDITOR].post(f"/batches/{batch['id']}/cancellation")
    assert (answer.json()["state"], answer.json()["may_cancel"]) == ("cancelled", False)


def test_errors_are_read_piece_by_piece(market: Market) -> None:
    bad = [BAD.replace("K-2", f"K-{n}") for n in range(5)]
    path = f"/batches/{send(market[Role.CREDITOR], *bad)['id']}/errors"
    rows, cursor = [], ""
    while True:
        piece = market[Role.CREDITOR].get(path, limit=2, cursor=cursor).json()
        rows += [item["row"] for item in piece["items"]]
        cursor = piece["next_cursor"]
        if cursor is None:
            break
    assert rows == [2, 3, 4, 5, 6]
    wrong = market[Role.CREDITOR].get(path, cursor="Im5vcGUi")
    assert (wrong.status_code, wrong.json()["code"]) == (400, "api.bad-cursor")


def test_one_claim_is_posted_by_hand(market: Market) -> None:
    caller = market[Role.CREDITOR]
    claim = {
        "contract_number": "H-1", "debtor_name": "Test Person", "id_number": "990101199001011234",
        "phone": "+86 10012345678", "principal": "100.00", "due_date": "2026-08-31",
        "contract_date": "2025-01-02", "agreed_rate": "12",
    }  # fmt: skip
    told = {"claim": claim, "as_of": "2026-11-23"}
    ready = caller.post("/claims", told | {"accept": False})
    assert ready.status_code == 201, ready.content.decode()
    assert (ready.json()["claim_id"], ready.json()["calculated"]["claimed"]) == (None, 10_000)
    before = Claim.objects.count()
    done = caller.post("/claims", told, once="h-1")
    assert (done.status_code, done.json()["amount"]) == (201, 10_000)
    assert caller.post("/claims", told, once="h-1").json()["number"] == done.json()["number"]
    assert Claim.objects.count() == before + 1
    again = caller.post("/claims", told)
    assert (again.status_code, again.json()["code"]) == (409, "claims.claim-known")


def test_a_claim_by_hand_is_refused_field_by_field(market: Market) -> None:
    caller = market[Role.CREDITOR]
    answer = caller.post("/claims", {"claim": {"debtor_name": "Test Person", "principal": "-1"}})
    assert (answer.status_code, answer.json()["code"]) == (422, "claims.claim-refused")
    fields = {each["field"] for each in answer.json()["facts"]["faults"]}
    assert fields == {"id_number", "principal", "due_date"}
    other = caller.post("/claims", {"claim": {"debtor_name": "Test", "spouse_phone": "1"}})
    assert other.json()["code"] == "claims.columns-refused"
    assert market[Role.COLLECTOR].post("/claims", {"claim": {}}).status_code == 403
