"""From the first step to the decision: what is missing is said, and nobody decides alone."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import translation
from pytest_django import Settings

from qinghe.journal.models import Entry
from qinghe.kernel.actor import Actor, Role
from qinghe.kernel.errors import DomainError
from qinghe.parties.models import (
    Application,
    IdentityCheck,
    Licence,
    Organisation,
    PartyFlag,
    Proof,
    Representative,
    User,
)
from qinghe.parties.queries import NoSuchOrganisation
from qinghe.parties.services import (
    answer_check,
    approve_application,
    ask_registers,
    confirm_cover,
    decide_party_flag,
    declare_account,
    declare_firm,
    hand_in,
    record_cover,
    return_application,
    suspend_organisation,
    verify_organisation,
)
from qinghe.parties.services.lifting import LiftedBySamePerson
from qinghe.parties.services.onboarding import (
    ApplicationOpen,
    Incomplete,
    Unconfirmed,
    begin_application,
    open_application,
)
from qinghe.parties.services.organisations import HasApplication
from qinghe.parties.services.own import UnderReview
from qinghe.parties.services.people import BadIdentity
from qinghe.parties.services.reviewing import (
    DoubtsOpen,
    NotOpened,
    NotProven,
    SanctionStands,
    SecondBySamePerson,
)
from qinghe.parties.terms import ApplicationState, OrgKind, OrgState, PartyFlagKind, ProofKind
from tests import factories
from tests.factories import AT
from tests.parties.onboarded import DOOR, NAME, Applicant, number

pytestmark = pytest.mark.django_db
REVIEWER = factories.actor(Role.REVIEWER)
OTHER = factories.actor(Role.REVIEWER)


def decide(one: Applicant, by: Actor) -> Application:
    return approve_application(application_id=one.application.pk, actor=by, at=AT)


def approve(one: Applicant, by: Actor = REVIEWER) -> Application:
    """Open what there is, and approve."""
    one.names_read(by)
    one.papers_read(by)
    return decide(one, by)


def unopened(one: Applicant, by: Actor) -> str:
    with translation.override("en"), pytest.raises(NotOpened) as refusal:
        decide(one, by)
    return str(refusal.value.facts["what"])


def test_a_person_is_a_creditor_after_number_account_and_review() -> None:
    one = Applicant()
    one.ready()
    assert one.org.level == 2
    assert one.org.state == OrgState.PENDING
    approve(one)
    assert (one.org.state, one.org.level) == (OrgState.ACTIVE, 3)
    assert one.org.level_until is not None
    assert one.org.name == "陈＊＊", "the name itself is in the vault"


def test_nobody_approves_whom_they_have_not_looked_at() -> None:
    one, other = Applicant(), Applicant()
    for each in (one, other):
        each.ready()
    assert unopened(one, REVIEWER) == "names and numbers; The creditor in person"
    one.names_read(REVIEWER)
    # The same scan under another application was another look, and so is a colleague's.
    other.papers_read(REVIEWER)
    one.papers_read(OTHER)
    assert unopened(one, REVIEWER) == "The creditor in person"
    assert unopened(one, OTHER) == "names and numbers"
    assert not Proof.objects.filter(kind__in=(ProofKind.PAPERS, ProofKind.REVIEW)).exists()
    one.papers_read(REVIEWER)
    assert decide(one, REVIEWER).state == ApplicationState.APPROVED
    assert Proof.objects.get(kind=ProofKind.PAPERS).organisation_id == one.org_id


def test_what_is_handed_in_anew_is_opened_anew() -> None:
    one = Applicant()
    one.ready()
    one.names_read(REVIEWER)
    one.papers_read(REVIEWER)
    return_application(
        application_id=one.application.pk, reason="unreadable", words="", actor=REVIEWER, at=AT
    )
    hand_in(**{**one.mine(), "at": AT + timedelta(minutes=1)})
    assert unopened(one, REVIEWER) == "names and numbers; The creditor in person"


def test_both_reviewers_of_an_agency_open_its_papers_and_an_ended_licence_needs_none() -> None:
    one = Applicant(OrgKind.AGENCY)
    one.ready()
    clerk, other = factories.actor(Role.OPERATOR), factories.actor(Role.OPERATOR)
    cover = record_cover(
        org_id=one.org_id, kind="deposit", amount=10_000_00, currency="CNY", actor=clerk, at=AT
    )
    confirm_cover(cover_id=cover.pk, actor=other, at=AT)
    approve(one)
    assert "names and numbers" in unopened(one, OTHER)
    Licence.objects.filter(organisation=one.org_id).update(ends_on=AT.date())
    one.names_read(OTHER)
    left = unopened(one, OTHER)
    assert ";" not in left, "the paper of the signatory, and no ended licence"


def test_where_there_is_no_paper_nothing_says_that_one_was_seen() -> None:
    one = Applicant(OrgKind.INSTITUTION)
    one.ready()
    Representative.objects.filter(organisation=one.org_id).update(paper="")
    Licence.objects.filter(organisation=one.org_id).update(scan="")
    one.names_read(REVIEWER)
    decide(one, REVIEWER)
    kinds = Proof.objects.filter(organisation=one.org_id).values_list("kind", flat=True)
    assert ProofKind.REVIEW in kinds
    assert ProofKind.PAPERS not in kinds


def test_an_institution_stands_until_the_first_of_its_papers_ends() -> None:
    one = Applicant(OrgKind.INSTITUTION)
    one.ready()
    approve(one)
    assert one.org.level == 3
    assert str(one.org.level_until) == "2027-06-30", "the authority ends before the licence"


def test_an_agency_needs_a_deposit_and_two_reviewers() -> None:
    one = Applicant(OrgKind.AGENCY)
    one.ready()
    with pytest.raises(NotProven):
        approve(one)
    clerk, other = factories.actor(Role.OPERATOR), factories.actor(Role.OPERATOR)
    cover = record_cover(
        org_id=one.org_id, kind="deposit", amount=10_000_00, currency="CNY", actor=clerk, at=AT
    )
    confirm_cover(cover_id=cover.pk, actor=other, at=AT)
    assert approve(one).state == ApplicationState.SECOND
    assert one.org.state == OrgState.PENDING
    with pytest.raises(SecondBySamePerson):
        approve(one)
    assert approve(one, OTHER).state == ApplicationState.APPROVED
    assert one.org.level == 3


def test_what_is_missing_is_said_and_nothing_is_handed_in() -> None:
    one = Applicant()
    with translation.override("en"), pytest.raises(Incomplete) as refusal:
        hand_in(**one.mine())
    assert "identity number" in str(refusal.value.facts["missing"])
    one.tell()
    one.account()
    with translation.override("en"), pytest.raises(Incomplete) as refusal:
        hand_in(**one.mine())
    assert "few cents" in str(refusal.value.facts["missing"])


def test_an_application_opens_with_the_confirmed_address_and_only_once() -> None:
    user = User.objects.create_user("b@example.com")
    made = begin_application(user_id=user.pk, kind=OrgKind.AGENCY, actor=DOOR, at=AT)
    with pytest.raises(ApplicationOpen):
        begin_application(user_id=user.pk, kind=OrgKind.AGENCY, actor=DOOR, at=AT)
    me = Actor(role=Role.COLLECTOR, user_id=user.pk)
    with pytest.raises(Unconfirmed):
        open_application(application_id=made.pk, confirmed=False, actor=me, at=AT)
    assert not Organisation.objects.exists()
    for _ in range(2):
        open_application(application_id=made.pk, confirmed=True, actor=me, at=AT)
    assert Organisation.objects.count() == 1


def test_what_was_handed_in_cannot_be_changed_until_it_is_returned() -> None:
    one = Applicant()
    one.ready()
    with pytest.raises(UnderReview):
        one.tell()
    return_application(
        application_id=one.application.pk, reason="unreadable", words="", actor=REVIEWER, at=AT
    )
    one.tell()
    assert one.org.level == 0, "another person stands behind it now: the number is not proven"


def test_nobody_declares_for_somebody_else() -> None:
    one, other = Applicant(), Applicant()
    with pytest.raises(NoSuchOrganisation):
        declare_account(
            org_id=other.org_id, holder=NAME, number="1" * 16, bank="x", actor=one.actor, at=AT
        )


def test_a_changed_account_lowers_the_level_until_it_is_proven() -> None:
    one = Applicant()
    one.ready()
    approve(one)
    one.account()
    assert one.org.level == 1
    one.at = AT + timedelta(hours=1)
    one.prove()
    assert one.org.level == 3


@pytest.mark.parametrize(
    ("holder", "same", "kind"),
    [("王别人", False, PartyFlagKind.OTHER_HOLDER), ("", True, PartyFlagKind.SAME_ACCOUNT)],
)
def test_a_doubtful_account_keeps_an_application_waiting(
    holder: str, same: bool, kind: str
) -> None:
    first = Applicant()
    first.account(number="9912345678901234")
    one = Applicant()
    one.tell()
    one.account(holder, "9912345678901234" if same else "")
    one.prove()
    one.application = hand_in(**one.mine())
    ask_registers(at=AT)
    flag = PartyFlag.objects.get(organisation=one.org_id, kind=kind)
    with pytest.raises(DoubtsOpen):
        approve(one)
    decide_party_flag(flag_id=flag.pk, confirmed=False, actor=REVIEWER, at=AT)
    assert approve(one).state == ApplicationState.APPROVED


def test_the_same_number_at_two_parties_is_flagged_at_the_later_one() -> None:
    one, other = Applicant(), Applicant()
    for each in (one, other):
        each.person("self", number="99010119900101999X", phone="10012345678")
    kinds = PartyFlag.objects.filter(organisation=other.org_id).values_list("kind", flat=True)
    assert set(kinds) == {PartyFlagKind.SAME_NUMBER, PartyFlagKind.SAME_PHONE}
    assert not PartyFlag.objects.filter(organisation=one.org_id).exists()


def test_a_number_that_cannot_be_is_refused_and_leaves_nothing() -> None:
    one = Applicant()
    with pytest.raises(BadIdentity):
        one.person("self", number="330106199001011234")
    assert not one.org.level


def test_a_register_that_does_not_agree_opens_nothing() -> None:
    one = Applicant()
    one.tell("陈不符")
    one.account("陈不符")
    one.prove()
    one.application = hand_in(**one.mine())
    ask_registers(at=AT)
    assert one.org.level == 0
    with pytest.raises(NotProven):
        approve(one)


def test_a_silent_register_is_asked_again_and_then_a_person_looks() -> None:
    one = Applicant()
    one.tell("陈无应答")
    one.account("陈无应答")
    one.prove()
    one.application = hand_in(**one.mine())
    at, asked = AT, 0
    while IdentityCheck.objects.filter(next_at__isnull=False).exists():
        assert ask_registers(at=at) == 0
        asked += 1
        at += timedelta(days=1)
    assert asked == 8
    check = IdentityCheck.objects.get()
    assert check.outcome == "unknown"
    assert one.org.level == 0
    answer_check(check_id=check.pk, agrees=True, reference="R-1", actor=REVIEWER, at=at)
    assert one.org.level == 2


def test_by_hand_nobody_is_asked_and_a_reviewer_answers(settings: Settings) -> None:
    settings.REALNAME_GATEWAY = "manual"
    one = Applicant()
    one.ready()
    check = IdentityCheck.objects.get()
    assert (check.outcome, check.next_at) == ("unknown", None)
    answer_check(check_id=check.pk, agrees=True, reference="seen", actor=REVIEWER, at=AT)
    assert Proof.objects.filter(organisation=one.org_id, kind=ProofKind.NUMBER).exists()


def test_who_applied_is_not_verified_around_the_desk() -> None:
    one = Applicant()
    with pytest.raises(HasApplication):
        verify_organisation(org_id=one.org_id, actor=REVIEWER, at=AT)


def test_a_firm_that_takes_part_already_is_not_taken_twice() -> None:
    factories.organisation(OrgKind.AGENCY, credit_code="99000000000000000X")
    one = Applicant(OrgKind.AGENCY)
    with pytest.raises(DomainError, match=r"parties\.code-taken"):
        declare_firm(name="x", credit_code="99000000000000000X", region="330100", **one.mine())


def test_the_journal_holds_no_datum() -> None:
    one = Applicant()
    one.tell()
    one.account(number="9955554444333322")
    text = " ".join(str(entry.facts) for entry in Entry.objects.all())
    for datum in (NAME, "9955554444333322", "9901011990"):
        assert datum not in text


def suspended(one: Applicant) -> None:
    approve(one)
    suspend_organisation(org_id=one.org_id, reason="x", actor=DOOR, at=AT)


def test_a_suspended_party_does_not_come_back_under_a_new_application() -> None:
    mine = number()
    first, second = Applicant(), Applicant()
    first.ready(number=mine)
    suspended(first)
    second.ready(number=mine)
    for flag in PartyFlag.objects.filter(organisation=second.org_id).exclude(kind="sanctioned"):
        decide_party_flag(flag_id=flag.pk, confirmed=False, actor=REVIEWER, at=AT)
    flag = PartyFlag.objects.get(organisation=second.org_id, kind="sanctioned")
    assert flag.other_id == first.org_id
    decide_party_flag(flag_id=flag.pk, confirmed=False, actor=REVIEWER, at=AT)
    with pytest.raises(DoubtsOpen):
        approve(second)
    with pytest.raises(LiftedBySamePerson):
        decide_party_flag(flag_id=flag.pk, confirmed=False, actor=REVIEWER, at=AT)
    decide_party_flag(flag_id=flag.pk, confirmed=False, actor=OTHER, at=AT)
    assert approve(second).state == ApplicationState.APPROVED


def test_a_suspension_after_the_application_was_handed_in_is_seen_too() -> None:
    mine = number()
    first, second = Applicant(), Applicant()
    first.ready(number=mine)
    second.ready(number=mine)
    for flag in PartyFlag.objects.filter(decided_at=None):
        decide_party_flag(flag_id=flag.pk, confirmed=False, actor=REVIEWER, at=AT)
    suspended(first)
    with pytest.raises(SanctionStands):
        approve(second)
