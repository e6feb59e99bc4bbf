"""A creditor answers the reason of a return on the page of what came back; nothing stands raw."""

from __future__ import annotations

import pytest

from qinghe.kernel.actor import Role
from qinghe.market.models import Mandate
from qinghe.market.services import give_back, take
from qinghe.market.services.mandates import end_for_assignment, end_placement
from qinghe.market.terms import ReturnReason
from qinghe.parties.models import Organisation
from qinghe.web.words import CAUSES, cause
from tests import factories
from tests.factories import AT
from tests.market.conftest import licensed
from tests.market.test_exposure import listed
from tests.web.people import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def came_back() -> Mandate:
    (order,) = listed(1)
    taker = licensed()
    mandate = take(listing_id=order.pk, actor=taker, at=AT)
    return give_back(
        mandate_id=mandate.pk, reason="", code=ReturnReason.NO_CONTACT, actor=taker, at=AT
    )


@pytest.mark.parametrize("answer", ["confirm", "refuse"])
def test_the_creditor_answers_and_both_sides_read_it(came_back: Mandate, answer: str) -> None:
    client = signed_in(Role.CREDITOR, came_back.creditor)
    page = client.get("/mandates/back/").content.decode()
    assert "Does the reason hold?" in page
    to = f"/mandates/{came_back.pk}/return/{answer}/"
    assert to in page
    empty = client.post(f"/mandates/{came_back.pk}/return/refuse/", {"words": ""}, follow=True)
    assert empty.status_code == 200
    client.post(to, {"words": "Nobody rang."})
    assert "Does the reason hold?" not in client.get("/mandates/back/").content.decode()
    works = signed_in(Role.COLLECTOR, came_back.collector)
    read = works.get(f"/mandates/{came_back.pk}/").content.decode()
    said = {"confirm": "Confirmed; does not count", "refuse": "Not confirmed; counts: Nobody rang."}
    assert said[answer] in read


def test_another_creditor_finds_nothing_to_answer(came_back: Mandate) -> None:
    client = signed_in(Role.CREDITOR, factories.organisation())
    assert "Does the reason hold?" not in client.get("/mandates/back/").content.decode()
    assert client.post(f"/mandates/{came_back.pk}/return/confirm/").status_code in (302, 404)
    came_back.refresh_from_db()
    assert came_back.excuse == "waiting"


def test_why_a_mandate_ended_is_told_in_words_to_both_sides() -> None:
    orders = listed(3)
    taker = licensed()
    held = [take(listing_id=order.pk, actor=taker, at=AT) for order in orders]
    officer = factories.actor(Role.COMPLIANCE)
    end_for_assignment(held[0].pk, officer, AT)
    for mandate, reason in ((held[1], "claim"), (held[2], "collector-suspended")):
        end_placement(claim_id=mandate.claim_id, reason=reason, actor=officer, at=AT)
    agency = Organisation.objects.get(pk=taker.org_id)
    for mandate in held:
        mandate.refresh_from_db()
    for lang, words in (
        ("en", ("passed to another creditor", "closed or withdrawn", "suspended the collector")),
        ("zh-hans", ("转让给其他债权人", "已撤回", "暂停了该催收方")),
    ):
        for mandate, told in zip(held, words, strict=True):
            for role, org in ((Role.CREDITOR, mandate.creditor), (Role.COLLECTOR, agency)):
                page = signed_in(role, org, lang).get(f"/mandates/{mandate.pk}/").content.decode()
                assert 'data-test="ended"' in page
                assert told in page
                assert f">{mandate.reason}<" not in page


def test_only_what_a_rule_wrote_is_put_into_words() -> None:
    assert cause("complaint:0193") == str(CAUSES["complaint"])
    for said in ("claim: already paid", "we work it ourselves", ""):
        assert cause(said) == said
