"""A demonstration has something to decide on every desk, and not more at each start."""

from __future__ import annotations

import pytest
from django.test import Client
from pytest_django import Settings

from qinghe.claims.models import Claim, Dispute
from qinghe.claims.services import SecondReviewer
from qinghe.kernel.actor import Actor, Role
from qinghe.kernel.ids import new_id
from qinghe.parties.models import Application, Membership, PartyFlag, User
from qinghe.quality.models import Complaint
from qinghe.risk.models import Flag
from qinghe.simulation.demo_applicant import let_apply
from qinghe.simulation.demo_desks import leave_open
from qinghe.simulation.demo_review import LARGE, OWNER, TWIN, leave_to_review
from qinghe.simulation.people_of_demo import DEMO_USERS
from tests import factories
from tests.desk import release
from tests.web.people import LONG_AGO


@pytest.mark.django_db
def test_one_debtor_contests_and_another_complains() -> None:
    for _ in range(3):
        factories.mandate(factories.claim(), factories.collector())
    for _ in range(2):
        leave_open(at=factories.AT)
    assert Dispute.objects.filter(state="open").count() == 1
    assert Complaint.objects.filter(state="open").count() == 1
    assert Dispute.objects.get().person_id != Complaint.objects.get().person_id


@pytest.mark.django_db
def test_one_person_has_applied_and_there_is_a_doubt_to_decide() -> None:
    for _ in range(2):
        let_apply(at=factories.AT)
    application = Application.objects.get()
    assert application.state == "submitted"
    assert PartyFlag.objects.get(organisation=application.organisation).kind == "other_holder"
    assert application.organisation is not None
    application.organisation.refresh_from_db()
    assert application.organisation.level == 2


@pytest.mark.django_db
def test_an_empty_market_stays_as_it_is() -> None:
    leave_open(at=factories.AT)
    assert not Dispute.objects.exists()


@pytest.mark.django_db
def test_the_desk_has_a_claim_for_two_and_one_in_doubt(settings: Settings) -> None:
    settings.DEMO = True
    leave_to_review(at=factories.AT)
    assert not Claim.objects.exists()
    user = User.objects.create(email=OWNER, display_name="x")
    Membership.objects.create(
        user=user,
        organisation=factories.organisation(lender_kind="factoring"),
        role=Role.CREDITOR,
        starts_at=LONG_AGO,
    )
    for _ in range(2):
        leave_to_review(at=factories.AT)
    large, twin = (Claim.objects.get(contract_number=each) for each in (LARGE, TWIN))
    assert Claim.objects.count() == 2
    assert list(Flag.objects.filter(state="open").values_list("claim_id", "code")) == [
        (twin.pk, "entered-twice")
    ]
    one, other = (Actor(Role.REVIEWER, new_id()) for _ in range(2))
    assert release(claim_id=large.pk, actor=one, at=factories.AT).state == "submitted"
    with pytest.raises(SecondReviewer):
        release(claim_id=large.pk, actor=one, at=factories.AT)
    assert release(claim_id=large.pk, actor=other, at=factories.AT).state == "challenge"


@pytest.mark.django_db
def test_two_reviewers_stand_on_the_page_of_sign_ins(settings: Settings) -> None:
    settings.DEMO = True
    reviewers = [email for email, role, _org in DEMO_USERS if role is Role.REVIEWER]
    assert len(reviewers) == 2
    page = Client().get("/accounts/login/").content.decode()
    assert all(email in page for email in reviewers)
