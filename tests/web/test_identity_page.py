"""A reviewer compares the debtor's name and number with the papers; each look is on record."""

from __future__ import annotations

import pytest

from qinghe.claims.models import Claim
from qinghe.claims.terms import ClaimState
from qinghe.journal.models import Entry
from qinghe.kernel import clock
from qinghe.kernel.actor import Role
from qinghe.parties.services import seal
from qinghe.parties.services.erasure import ask_erasure
from tests import factories
from tests.factories import AT
from tests.web.people import signed_in

NUMBER = "990000199001011234"
PHONE = "10012345678"

pytestmark = pytest.mark.django_db


@pytest.fixture
def claim() -> Claim:
    claim = factories.claim(state=ClaimState.SUBMITTED)
    factories.point(claim.debtor, value=PHONE)
    seal(kind="name", value="陈示例", person_id=claim.debtor_id, at=AT)
    seal(kind="id_number", value=NUMBER, person_id=claim.debtor_id, at=AT)
    return claim


def looks() -> list[tuple[str, str]]:
    rows = Entry.objects.filter(kind="parties.revealed").order_by("id")
    return [(row.facts["datum"], row.facts["purpose"]) for row in rows]


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.COMPLIANCE])
@pytest.mark.parametrize("lang", ["en", "zh-hans"])
def test_name_and_number_are_opened_and_the_telephone_is_not(
    claim: Claim, role: Role, lang: str
) -> None:
    with clock.at(AT):
        client = signed_in(role, lang=lang)
        before = client.get(f"/verify/{claim.pk}/").content.decode()
        assert f"/verify/{claim.pk}/identity/" in before
        assert NUMBER not in before
        assert "100****5678" in before
        assert "Asia/Shanghai" not in before
        assert ("Beijing time" if lang == "en" else "北京时间") in before
        assert looks() == []
        page = client.get(f"/verify/{claim.pk}/identity/").content.decode()
    assert "陈示例" in page
    assert NUMBER in page
    assert PHONE not in page
    assert looks() == [("name", "verify_identity"), ("id_number", "verify_identity")]


def test_after_the_decision_nobody_is_opened_any_more(claim: Claim) -> None:
    factories.papers(claim)
    Claim.objects.update(state=ClaimState.CHALLENGE)
    with clock.at(AT):
        client = signed_in(Role.REVIEWER)
        page = client.get(f"/verify/{claim.pk}/identity/", follow=True).content.decode()
    assert "Identities are not opened any more." in page
    assert NUMBER not in page
    assert looks() == []


def test_who_watches_over_contact_sees_where_addresses_come_from(claim: Claim) -> None:
    shown = 'data-test="points"'
    with clock.at(AT):
        assert shown in signed_in(Role.COMPLIANCE).get(f"/claims/{claim.pk}/").content.decode()
        for role in (Role.CREDITOR, Role.OPERATOR):
            org = claim.creditor if role is Role.CREDITOR else None
            page = signed_in(role, org).get(f"/claims/{claim.pk}/").content.decode()
            assert shown not in page
            assert "100****5678" not in page


def test_who_watches_over_data_sees_that_deletion_was_asked_for(claim: Claim) -> None:
    shown = 'data-test="erasure"'
    with clock.at(AT):
        client = signed_in(Role.COMPLIANCE)
        assert shown not in client.get(f"/claims/{claim.pk}/").content.decode()
        ask_erasure(person_id=claim.debtor_id, actor=factories.debtor_of(claim), at=AT)
        assert shown in client.get(f"/claims/{claim.pk}/").content.decode()
