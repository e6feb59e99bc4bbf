"""How a debtor felt, and a complaint that is taken back."""

from __future__ import annotations

import pytest
from django.test import Client

from qinghe.contact.models import Attempt
from qinghe.quality.models import Complaint, Signal
from qinghe.quality.services import open_complaint
from tests import factories
from tests.portal.conftest import NOON, World
from tests.quality.market import attempt

pytestmark = pytest.mark.django_db


@pytest.fixture
def made(world: World) -> Attempt:
    row = attempt(world.mandate, NOON)
    row.save()
    return row


def test_one_press_is_counted_once(inside: Client, made: Attempt) -> None:
    here = f"/d/contacts/{made.pk}/felt/"
    assert here in inside.get("/d/contacts/").content.decode()
    inside.post(here, {"face": "bad"})
    page = inside.post(here, {"face": "good"}, follow=True).content.decode()
    assert "already" in page
    assert list(Signal.objects.values_list("face", flat=True)) == ["bad"]
    assert inside.post(here, {"face": "furious"}).status_code == 404


def test_a_strangers_contact_is_not_there(inside: Client, world: World) -> None:
    row = attempt(factories.mandate(factories.claim(), world.collector), NOON)
    row.save()
    assert inside.post(f"/d/contacts/{row.pk}/felt/", {"face": "bad"}).status_code == 404


def test_a_complaint_is_taken_back_while_nobody_decided(inside: Client, world: World) -> None:
    made = open_complaint(
        kind="rude",
        statement="",
        claim_id=world.claim.pk,
        person_id=None,
        actor=factories.debtor_of(world.claim),
        at=NOON,
    )
    page = inside.post(f"/d/complaints/{made.pk}/back/", follow=True).content.decode()
    assert "Taken back" in page
    assert Complaint.objects.get().state == "withdrawn"
    assert inside.post(f"/d/complaints/{made.pk}/back/").status_code == 409
