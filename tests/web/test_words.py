"""What a debtor or a collector wrote is read by who must answer it or work with it; on record."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from qinghe.casework.services import add_record, ask_hardship
from qinghe.claims.models import Claim
from qinghe.journal.models import Entry
from qinghe.kernel import clock
from qinghe.kernel.actor import Role
from qinghe.parties.models import Organisation
from tests import factories
from tests.web.people import signed_in

NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)
LOST = "I lost my work in October."
NOTE = "Payday is the 25th."

pytestmark = pytest.mark.django_db


@pytest.fixture
def agency() -> Organisation:
    return factories.collector()


@pytest.fixture
def claim(agency: Organisation) -> Claim:
    claim = factories.claim()
    factories.point(claim.debtor)
    factories.mandate(claim, agency)
    return claim


def opened() -> list[str]:
    return [e.facts["purpose"] for e in Entry.objects.filter(kind="parties.revealed")]


def note(claim: Claim, agency: Organisation) -> None:
    actor = factories.actor(Role.COLLECTOR, agency)
    work = {"action": "call", "result": "informed", "note": NOTE}
    add_record(claim_id=claim.pk, **work, actor=actor, at=NOON)


@pytest.mark.parametrize("lang", ["en", "zh-hans"])
@pytest.mark.parametrize("role", [Role.CREDITOR, Role.COMPLIANCE])
def test_who_decides_about_a_pause_reads_why_it_is_asked_for(
    claim: Claim, role: Role, lang: str
) -> None:
    asking = factories.debtor_of(claim)
    ask_hardship(claim_id=claim.pk, statement=LOST, actor=asking, at=NOON)
    reader = signed_in(role, claim.creditor if role is Role.CREDITOR else None, lang)
    with clock.at(NOON):
        first = reader.get(f"/claims/{claim.pk}/").content.decode()
        assert f"/claims/{claim.pk}/hardship/" in first
        assert LOST not in first
        assert opened() == []
        assert LOST in reader.get(f"/claims/{claim.pk}/hardship/").content.decode()
    assert opened() == ["hardship"]


def test_another_creditor_finds_no_request_to_read(claim: Claim) -> None:
    asking = factories.debtor_of(claim)
    ask_hardship(claim_id=claim.pk, statement=LOST, actor=asking, at=NOON)
    with clock.at(NOON):
        page = signed_in(Role.CREDITOR).get(f"/claims/{claim.pk}/hardship/", follow=True)
    assert page.status_code == 404
    assert opened() == []


def test_a_collector_reads_its_own_notes_again(claim: Claim, agency: Organisation) -> None:
    note(claim, agency)
    with clock.at(NOON):
        client = signed_in(Role.COLLECTOR, agency)
        assert f"/claims/{claim.pk}/notes/" in client.get(f"/cases/{claim.pk}/").content.decode()
        assert NOTE in client.get(f"/claims/{claim.pk}/notes/").content.decode()
    assert opened() == ["work_case"]


def test_the_next_collector_reads_none_of_them(claim: Claim, agency: Organisation) -> None:
    note(claim, agency)
    other = factories.collector()
    claim_of_other = factories.claim(debtor=claim.debtor)
    factories.mandate(claim_of_other, other)
    with clock.at(NOON):
        client = signed_in(Role.COLLECTOR, other)
        assert client.get(f"/claims/{claim.pk}/notes/").status_code == 404
        assert NOTE not in client.get(f"/claims/{claim_of_other.pk}/notes/").content.decode()
    assert opened() == []


def test_who_hears_complaints_reads_what_was_noted(claim: Claim, agency: Organisation) -> None:
    note(claim, agency)
    with clock.at(NOON):
        client = signed_in(Role.COMPLIANCE)
        assert f"/claims/{claim.pk}/notes/" in client.get(f"/claims/{claim.pk}/").content.decode()
        page = client.get(f"/claims/{claim.pk}/notes/").content.decode()
    assert NOTE in page
    assert agency.name in page
    assert opened() == ["complaint"]
