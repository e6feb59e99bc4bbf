"""One shape for everything that goes wrong, and nothing of what was sent comes back."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.test import Client

from qinghe.api.paging import pack
from qinghe.api.urls import api
from qinghe.kernel.actor import Role
from tests.api.conftest import Caller, Market

SHAPE = {"code", "message", "facts"}


def test_no_key_is_401(client: Client) -> None:
    answer = client.get("/api/claims")
    assert (answer.status_code, answer.json()["code"]) == (401, "api.no-key")
    assert set(answer.json()) == SHAPE


def test_an_unknown_key_is_401(market: Market) -> None:
    answer = Caller("qh_unknown").get("/claims")
    assert (answer.status_code, answer.json()["code"]) == (401, "parties.unknown-key")
    assert set(answer.json()) == SHAPE


def test_a_body_that_does_not_fit_is_422_without_its_values(market: Market) -> None:
    body = {"channel": "pigeon-138-secret", "template": "reminder"}
    answer = market[Role.COLLECTOR].post(f"/claims/{market.claim.pk}/contacts", body)
    assert answer.status_code == 422
    assert set(answer.json()) == SHAPE
    assert "secret" not in answer.content.decode()


def test_broken_json_is_400_in_the_same_shape(market: Market) -> None:
    caller = market[Role.CREDITOR]
    answer = caller.client.post(
        f"/api/claims/{market.claim.pk}/payments",
        "{",
        content_type="application/json",
        headers={"Authorization": f"Bearer {caller.key}"},
    )
    assert (answer.status_code, set(answer.json())) == (400, SHAPE)


@pytest.mark.parametrize("cursor", ["x", "!!", pack("1"), pack(0), pack([1]), pack(True)])
def test_a_cursor_of_somebody_else_is_400(market: Market, cursor: str) -> None:
    answer = market[Role.CREDITOR].get("/claims", cursor=cursor)
    assert (answer.status_code, answer.json()["code"]) == (400, "api.bad-cursor")


@pytest.mark.parametrize("key", ["", "x" * 65, "a\tb"])
def test_a_key_that_cannot_be_one_is_400(market: Market, key: str) -> None:
    caller = market[Role.CREDITOR]
    answer = caller.client.post(
        f"/api/batches/{uuid4()}/refusal",
        headers={"Authorization": f"Bearer {caller.key}", "Idempotency-Key": key},
    )
    assert (answer.status_code, answer.json()["code"]) == (400, "api.bad-request-key")


def test_a_mistake_of_ours_is_500_in_the_same_shape(
    market: Market, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(**_facts: object) -> None:
        raise RuntimeError("a secret")

    monkeypatch.setattr("qinghe.api.claims.claims_table", fail)
    answer = market[Role.CREDITOR].get("/claims")
    assert (answer.status_code, set(answer.json())) == (500, SHAPE)
    assert "secret" not in answer.content.decode()


def test_messages_follow_the_language_of_the_caller(market: Market) -> None:
    caller = market[Role.CREDITOR]
    answer = caller.get(f"/claims/{uuid4()}")
    assert answer.status_code == 404
    assert answer.json()["message"] == "There is no such claim."


def test_the_description_is_valid_and_names_the_shape(client: Client) -> None:
    schema = client.get("/api/openapi.json").json()
    assert schema["openapi"].startswith("3.1")
    for path, operations in schema["paths"].items():
        for method, operation in operations.items():
            assert operation["summary"], (method, path)
            assert operation["description"], (method, path)
            assert "Problem" in str(operation["responses"]["default"])
            assert operation.get("security") or "/webhooks/" in path


def test_every_reference_in_the_description_leads_somewhere() -> None:
    schema = api.get_openapi_schema()
    known = set(schema["components"]["schemas"])
    assert set(_references(schema)) <= known


def _references(node: object) -> list[str]:
    if isinstance(node, dict):
        here = [str(node["$ref"]).rpartition("/")[2]] if "$ref" in node else []
        return here + [each for value in node.values() for each in _references(value)]
    if isinstance(node, list):
        return [each for value in node for each in _references(value)]
    return []
