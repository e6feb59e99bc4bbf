"""House rules and urgent notices on the pages: written by one person, approved by another."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from qinghe.contact.models import Attempt, HousePack, Override
from qinghe.contact.terms import AttemptState
from qinghe.kernel import clock
from qinghe.kernel.actor import Role
from qinghe.kernel.ids import new_id
from qinghe.parties.models import Organisation
from qinghe.parties.terms import OrgKind
from tests import factories
from tests.contact.conftest import make_case
from tests.factories import AT
from tests.web.people import signed_in, sock_of

FEWER: Any = {"title": "Fewer", "HSE-MSG-01": "1"}
LATER = AT + timedelta(hours=2)
pytestmark = pytest.mark.django_db


@pytest.fixture
def house() -> Organisation:
    return factories.organisation(OrgKind.OPERATOR)


def post(client: Client, place: str, at: datetime = LATER, **sent: Any) -> str:
    with clock.at(at):
        answer = client.post(place, {"request_key": str(new_id()), **sent}, follow=True)
    return answer.content.decode()


def get(client: Client, place: str, at: datetime = LATER) -> str:
    with clock.at(at):
        return client.get(place).content.decode()


def test_a_draft_goes_from_one_person_to_another_and_binds(house: Organisation) -> None:
    case = make_case()
    for minute in range(3):
        case.ask(AT + timedelta(minutes=minute))
    author, second = signed_in(Role.COMPLIANCE, house), signed_in(Role.OPERATOR, house)
    fields: Any = {"title": "Gentler winter", "HSE-FRQ-01": "2", "HSE-WIN-02": "20:00"}
    page = post(author, "/house-rules/new/", **fields, from_0="2027-02-05", until_0="2027-02-13")
    pack = HousePack.objects.get()
    assert pack.content == {
        "tighten": [
            {"rule": "CN-FRQ-01", "parameter": "max", "value": 2},
            {"rule": "CN-WIN-01", "parameter": "close", "value": "20:00"},
        ],
        "close": [{"from": "2027-02-05", "until": "2027-02-13"}],
    }
    here = f"/house-rules/{pack.pk}/"
    assert "Hand over" not in page
    page = post(author, f"{here}replay/", days="7")
    assert "Hand over for approval" in page
    assert str(Attempt.objects.order_by("at")[2].pk) in page
    assert str(case.claim.debtor_id) not in page
    post(author, f"{here}hand-over/")
    for tied in (author, sock_of(author, Role.COMPLIANCE)):
        page = get(tied, here)
        assert "A second person who stands apart from its author must approve." in page
        assert f"{here}approve/" not in page
    assert "A second person must do this" in post(author, f"{here}approve/", day="2026-11-24")
    assert "First day: This field is required" in post(second, f"{here}approve/", day="")
    assert "Choose a later moment" in post(second, f"{here}approve/", day="2026-11-23")
    assert "Approved, to come" in post(second, f"{here}approve/", day="2026-11-24")
    pack.refresh_from_db()
    assert pack.starts_at == datetime(2026, 11, 23, 16, tzinfo=UTC)
    assert "In force" in get(author, "/house-rules/", AT + timedelta(days=1))
    assert case.ask(AT + timedelta(days=1, hours=9)).rules == ["HSE-WIN-02"]


def test_an_end_takes_the_other_person_too(house: Organisation) -> None:
    author, second = signed_in(Role.COMPLIANCE, house), signed_in(Role.OPERATOR, house)
    post(author, "/house-rules/new/", **FEWER)
    here = f"/house-rules/{HousePack.objects.get().pk}/"
    post(author, f"{here}replay/", days="7")
    post(author, f"{here}hand-over/")
    post(second, f"{here}approve/", day="2026-11-24")
    assert "The end was asked for" in post(second, f"{here}end/", day="2026-12-01")
    assert "The end was asked for" in get(sock_of(second, Role.OPERATOR), here)
    shown = "2026-11-30T16:00:00+00:00"
    assert "A second person must do this" in post(second, f"{here}end/grant/", ends_at=shown)
    assert f'name="ends_at" value="{shown}"' in get(author, here)
    for other in ("", "soon", "2026-12-30T16:00:00+00:00"):
        assert "This version has moved on" in post(author, f"{here}end/grant/", ends_at=other)
    assert "The end is set." in post(author, f"{here}end/grant/", ends_at=shown)
    assert get(author, here, AT + timedelta(days=9)).count("Ended") == 1


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"HSE-FRQ-01": "4"}, "less than or equal to 2"),
        ({"HSE-FRQ-01": "0"}, "greater than or equal to 1"),
        ({"HSE-WIN-01": "07:30"}, "is not stricter"),
        ({}, "at least one figure or closed day"),
        ({"from_0": "2027-02-05"}, "Give both days"),
        ({"from_0": "2027-02-05", "until_0": "2027-02-05"}, "lies after the first closed"),
    ],
)
def test_a_draft_that_would_loosen_comes_back_with_a_sentence(
    house: Organisation, fields: Any, said: str
) -> None:
    client = signed_in(Role.OPERATOR, house)
    assert said in post(client, "/house-rules/new/", title="x", **fields)
    assert not HousePack.objects.exists()


def test_a_new_draft_may_begin_from_an_earlier_version(house: Organisation) -> None:
    client = signed_in(Role.OPERATOR, house)
    fields: Any = {"HSE-WIN-01": "09:30", "from_0": "2027-02-05", "until_0": "2027-02-13"}
    post(client, "/house-rules/new/", title="Late riser", **fields)
    page = get(client, f"/house-rules/new/?from={HousePack.objects.get().pk}")
    for value in ("Late riser", "09:30", "2027-02-05", "2027-02-13"):
        assert f'value="{value}"' in page
    assert get(client, "/house-rules/new/?from=nothing").count("Late riser") == 0


def test_an_urgent_notice_goes_from_one_officer_to_another_and_to_the_person(
    house: Organisation,
) -> None:
    case = make_case()
    for minute in range(3):
        case.ask(AT + timedelta(minutes=minute), "sms")
    one, other = signed_in(Role.COMPLIANCE, house), signed_in(Role.COMPLIANCE, house)
    place = f"/claims/{case.claim.pk}/urgent-notice/"
    assert place in get(one, f"/claims/{case.claim.pk}/")
    fields: Any = {"template": "first_notice", "channel": "email", "rules": "PLT-MSG-01"}
    said: Any = {"reason": "data_breach", "words": "A file went to a wrong address."}
    tied_words = "a second officer who stands apart decides"
    assert tied_words in post(one, place, **fields, **said)
    assert tied_words in get(sock_of(one, Role.COMPLIANCE), "/urgent-notices/")
    assert tied_words not in get(other, "/urgent-notices/")
    override = Override.objects.get()
    here = f"/urgent-notices/{override.pk}/"
    assert "A second person must do this" in post(one, f"{here}decide/", approve="yes")
    assert "Send it now" in post(other, f"{here}decide/", approve="yes")
    assert "The notice is on its way." in post(one, f"{here}send/")
    attempt = Attempt.objects.get(override=override)
    assert attempt.state == AttemptState.PERMITTED
    assert isinstance(attempt.pk, UUID)


def test_a_rule_of_the_law_is_not_even_offered(house: Organisation) -> None:
    case = make_case()
    officer = signed_in(Role.COMPLIANCE, house)
    page = get(officer, f"/claims/{case.claim.pk}/urgent-notice/")
    assert "PLT-MSG-01" in page
    assert "CN-WIN-01" not in page
    fields: Any = {"template": "first_notice", "channel": "email", "reason": "court", "words": "x"}
    post(officer, f"/claims/{case.claim.pk}/urgent-notice/", rules="CN-WIN-01", **fields)
    assert not Override.objects.exists()


def test_a_rule_of_the_house_has_a_page(house: Organisation) -> None:
    page = get(signed_in(Role.OPERATOR, house), "/rules/HSE-FRQ-01/")
    assert "Fewer talks a day" in page
