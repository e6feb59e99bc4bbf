"""The page on which a sentence is tried before it is said."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.test import Client

from qinghe.casework.services import add_record
from qinghe.journal.models import Entry
from qinghe.kernel.actor import Role
from qinghe.rules.screen.terms import Finding
from qinghe.web.compliance.screening import Piece, pieces
from tests.contact.conftest import make_case
from tests.factories import AT
from tests.web.people import signed_in

NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)

pytestmark = pytest.mark.django_db


def told(client: Client, text: str, **more: object) -> str:
    answer = client.post("/words/", {"text": text, "role": "debtor", **more})
    assert answer.status_code == 200
    return answer.content.decode()


def found(start: int, end: int) -> Finding:
    return Finding("x", start, end, ("PLT-CON-01",), "", "")


def test_a_text_is_cut_where_marks_begin_and_end() -> None:
    assert list(pieces("abcdef", [found(1, 3), found(2, 4)])) == [
        Piece("a", False),
        Piece("bcd", True),
        Piece("ef", False),
    ]
    assert list(pieces("ab", [])) == [Piece("ab", False)]


@pytest.mark.parametrize("role", [Role.COLLECTOR, Role.COMPLIANCE])
def test_a_sentence_is_judged_and_nothing_is_kept(role: Role) -> None:
    client = signed_in(role)
    before = Entry.objects.count()
    page = told(client, "再不还钱就弄死你 <b>")

    assert "<mark>弄死</mark>" in page
    assert "&lt;b&gt;" in page
    assert "CN-CON-01" in page
    assert 'class="okm"' in page
    assert Entry.objects.count() == before
    assert "<mark>" not in told(client, "您好，请问现在方便吗？")


def test_role_and_facts_change_the_answer() -> None:
    client = signed_in(Role.COLLECTOR)
    text = "债权人已经向法院提起诉讼。"

    assert "<mark>" in told(client, text)
    assert "<mark>" not in told(client, text, facts=["suit_filed"])
    assert client.post("/words/", {"text": "", "role": "debtor"}).status_code == 422


def test_only_compliance_sees_which_notes_were_marked() -> None:
    case = make_case()
    add_record(
        claim_id=case.claim.pk,
        action="call",
        result="informed",
        note="不还钱就弄死你",
        actor=case.collector,
        at=AT,
    )
    seen = signed_in(Role.COMPLIANCE).get("/words/").content.decode()

    assert case.claim.number in seen
    assert "弄死" not in seen
    assert case.claim.number not in signed_in(Role.COLLECTOR).get("/words/").content.decode()
