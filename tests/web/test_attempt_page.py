"""Why a contact was decided as it was: a page for those concerned, and for nobody else."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from django.test import Client
from typer.testing import CliRunner

from qinghe.claims.models import Claim
from qinghe.cli import explain as command
from qinghe.contact.models import Attempt
from qinghe.contact.services import request_contact
from qinghe.journal.services import seal
from qinghe.kernel import clock
from qinghe.kernel.actor import Role
from qinghe.market.models import Mandate
from qinghe.parties.models import Organisation
from tests import factories
from tests.web.people import signed_in

NIGHT = datetime(2026, 11, 23, 15, tzinfo=UTC)

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


@pytest.fixture
def attempt(agency: Organisation, claim: Claim) -> Attempt:
    return request_contact(
        claim_id=claim.pk,
        channel="sms",
        template="reminder",
        actor=factories.actor(Role.COLLECTOR, agency),
        at=NIGHT,
    )


def read(client: Client, attempt: Attempt, query: str = "") -> tuple[int, str]:
    with clock.at(NIGHT):
        answer = client.get(f"/contacts/{attempt.pk}/{query}")
    return answer.status_code, answer.content.decode()


def test_those_concerned_read_the_whole_decision(
    agency: Organisation, claim: Claim, attempt: Attempt
) -> None:
    readers = [
        signed_in(Role.COLLECTOR, agency),
        signed_in(Role.CREDITOR, claim.creditor),
        signed_in(Role.REVIEWER),
        signed_in(Role.COMPLIANCE),
        signed_in(Role.OPERATOR),
    ]
    for client in readers:
        status, page = read(client, attempt)
        assert status == 200
        assert "CN-WIN-01" in page
        assert "08:00–22:00" in page
        assert attempt.pack in page
        assert "waits for the next seal" in page
        assert "100****" not in page


def test_strangers_find_no_such_page(agency: Organisation, attempt: Attempt) -> None:
    for role in (Role.COLLECTOR, Role.CREDITOR, Role.REGULATOR):
        assert read(signed_in(role), attempt)[0] == 404
    Mandate.objects.update(state="ended", closed_at=NIGHT)
    assert read(signed_in(Role.COLLECTOR, agency), attempt)[0] == 404


def test_the_proof_is_shown_when_asked_for(agency: Organisation, attempt: Attempt) -> None:
    seal(at=NIGHT)
    client = signed_in(Role.COMPLIANCE)
    assert "Leaf" not in read(client, attempt)[1]
    assert "Leaf" in read(client, attempt, "?proof=1")[1]


def test_a_proof_names_accounts_and_is_not_for_parties(
    agency: Organisation, claim: Claim, attempt: Attempt
) -> None:
    seal(at=NIGHT)
    for client in (signed_in(Role.COLLECTOR, agency), signed_in(Role.CREDITOR, claim.creditor)):
        status, page = read(client, attempt, "?proof=1")
        assert status == 200
        assert str(attempt.person_id) not in page
        assert "Leaf" not in page
        assert "Show the proof" not in page


def test_timeline_and_list_of_refusals_lead_here(
    agency: Organisation, claim: Claim, attempt: Attempt
) -> None:
    here = f"/contacts/{attempt.pk}/"
    with clock.at(NIGHT):
        assert here in signed_in(Role.COLLECTOR, agency).get(f"/cases/{claim.pk}/").content.decode()
        office = signed_in(Role.COMPLIANCE)
        assert here in office.get(f"/claims/{claim.pk}/").content.decode()
        assert here in office.get("/refusals/").content.decode()


def test_the_command_line_tells_the_same(attempt: Attempt) -> None:
    told = CliRunner().invoke(command.app, [str(attempt.pk), "--json"])
    answer = json.loads(told.stdout)
    assert answer["state"] == "refused"
    assert [rule["id"] for rule in answer["rules"]] == attempt.rules
    assert answer["history"][0]["kind"] == "contact.refused"
    assert "CN-WIN-01" in CliRunner().invoke(command.app, [str(attempt.pk)]).stdout
