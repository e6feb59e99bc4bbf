from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

import pytest

from qinghe.claims.models import Claim, Hold, Review
from qinghe.claims.services import place_hold
from qinghe.claims.services.sweep import end_challenges
from qinghe.contact.models import Attempt, Delivery
from qinghe.contact.queries import letters_to_print
from qinghe.contact.refusals import LetterOnItsWay, LetterUnopened, LetterVoid
from qinghe.contact.services import (
    mark_printed,
    notify,
    open_to_print,
    send,
    send_door_letter,
    set_wish,
)
from qinghe.contact.terms import AttemptState
from qinghe.journal.models import Entry
from qinghe.kernel.actor import Actor, Role, system
from qinghe.parties.models import ContactPoint, DoorCode
from qinghe.parties.roles import NotPermitted
from tests import factories
from tests.factories import AT

DAY = timedelta(days=1)
OPERATOR = factories.actor(Role.OPERATOR)


def contested_soon(*kinds: str) -> Claim:
    claim = factories.claim(state="challenge", challenge_ends_at=AT + 7 * DAY)
    for kind in kinds:
        factories.point(claim.debtor, kind, state="valid")
    return claim


def typeset(claim: Claim, at: datetime) -> Attempt:
    notify(at=at)
    attempt = Attempt.objects.get(claim=claim)
    send(attempt_id=attempt.pk, at=at)
    return attempt


def printed(*, attempt_id: UUID, actor: Actor, at: datetime) -> None:
    open_to_print(attempt_id=attempt_id, actor=actor, at=at)
    mark_printed(attempt_id=attempt_id, actor=actor, at=at)


@pytest.mark.django_db
def test_a_debtor_learns_of_a_claim_once_while_it_can_be_contested() -> None:
    contested_soon("address", "email")
    assert notify(at=AT) == {"permitted": 1, "refused": 0}
    assert notify(at=AT) == {"permitted": 0, "refused": 0}
    attempt = Attempt.objects.get()
    assert (attempt.channel, attempt.collector_id) == ("letter", None)
    assert send(attempt_id=attempt.pk, at=AT) == AttemptState.DONE
    assert Delivery.objects.get().file_sha256


@pytest.mark.django_db
def test_each_of_several_claims_is_told_on_the_same_day() -> None:
    first = contested_soon("address")
    factories.claim(debtor=first.debtor, state="challenge", challenge_ends_at=AT + 7 * DAY)
    assert notify(at=AT) == {"permitted": 2, "refused": 0}
    sent = [send(attempt_id=each.pk, at=AT) for each in Attempt.objects.all()]
    assert sent == [AttemptState.DONE, AttemptState.DONE]


@pytest.mark.django_db
def test_who_has_no_postal_address_gets_an_e_mail_and_who_has_none_is_on_record() -> None:
    contested_soon("email")
    contested_soon("phone")
    assert notify(at=AT) == {"permitted": 1, "refused": 1}
    assert Attempt.objects.get(state=AttemptState.REFUSED).rules == ["PLT-IN-03"]
    assert notify(at=AT + DAY) == {"permitted": 0, "refused": 0}


@pytest.mark.django_db
def test_a_notice_refused_at_night_is_asked_for_again_in_the_morning() -> None:
    contested_soon("email")
    night = AT + timedelta(hours=12)
    assert notify(at=night)["refused"] == 1
    assert notify(at=night + timedelta(hours=1)) == {"permitted": 0, "refused": 0}
    assert notify(at=night + timedelta(hours=9))["permitted"] == 1


@pytest.mark.django_db
def test_claims_outside_their_window_get_no_notice() -> None:
    claim = contested_soon("address")
    Claim.objects.filter(pk=claim.pk).update(state="ready")
    assert notify(at=AT) == {"permitted": 0, "refused": 0}


@pytest.mark.django_db
def test_the_window_counts_from_the_e_mail_and_not_from_the_release() -> None:
    claim = contested_soon("email")
    assert notify(at=AT + 20 * DAY)["permitted"] == 1
    claim.refresh_from_db()
    assert claim.noticed_at is None
    late = AT + 20 * DAY + timedelta(minutes=5)
    send(attempt_id=Attempt.objects.get().pk, at=late)
    claim.refresh_from_db()
    assert (claim.noticed_at, claim.challenge_ends_at) == (late, late + 7 * DAY)


@pytest.mark.django_db
def test_the_window_counts_from_the_printed_letter_and_not_from_the_typeset_one() -> None:
    claim = contested_soon("address")
    attempt = typeset(claim, AT)
    claim.refresh_from_db()
    assert claim.noticed_at is None
    # However long it lies: nobody may collect, and no second letter is made.
    late = AT + 365 * DAY
    assert end_challenges(at=late) == 0
    assert notify(at=late) == {"permitted": 0, "refused": 0}
    printed(attempt_id=attempt.pk, actor=OPERATOR, at=late)
    claim.refresh_from_db()
    assert (claim.noticed_at, claim.challenge_ends_at) == (late, late + 7 * DAY)
    assert end_challenges(at=late + 7 * DAY) == 1


@pytest.mark.django_db
def test_a_letter_from_before_the_last_release_begins_no_window() -> None:
    claim = contested_soon("address")
    attempt = typeset(claim, AT)
    released = AT + 2 * DAY
    Review.objects.create(claim=claim, step="released", by="reviewer:1", at=released)
    assert notify(at=released) == {"permitted": 1, "refused": 0}
    assert letters_to_print(actor=OPERATOR) == []
    for service in (open_to_print, mark_printed):
        with pytest.raises(LetterVoid):
            service(attempt_id=attempt.pk, actor=OPERATOR, at=released)
    claim.refresh_from_db()
    assert claim.noticed_at is None
    newer = Attempt.objects.exclude(pk=attempt.pk).get()
    send(attempt_id=newer.pk, at=released)
    printed(attempt_id=newer.pk, actor=OPERATOR, at=released + DAY)
    claim.refresh_from_db()
    assert claim.noticed_at == released + DAY


@pytest.mark.django_db
@pytest.mark.parametrize("state", ["rejected", "withdrawn", "submitted", "ready"])
def test_a_letter_of_a_claim_that_moved_on_is_void(state: str) -> None:
    claim = contested_soon("address")
    attempt = typeset(claim, AT)
    assert len(letters_to_print(actor=OPERATOR)) == 1
    open_to_print(attempt_id=attempt.pk, actor=OPERATOR, at=AT)
    Claim.objects.filter(pk=claim.pk).update(state=state)
    assert letters_to_print(actor=OPERATOR) == []
    with pytest.raises(LetterVoid):
        mark_printed(attempt_id=attempt.pk, actor=OPERATOR, at=AT)


@pytest.mark.django_db
def test_a_notice_permitted_before_a_raise_is_not_composed_after_it() -> None:
    claim = contested_soon("address")
    notify(at=AT)
    Claim.objects.filter(pk=claim.pk).update(state="submitted")
    attempt = Attempt.objects.get(claim=claim)
    assert send(attempt_id=attempt.pk, at=AT) == AttemptState.CANCELLED
    assert not Delivery.objects.exists()


@pytest.mark.django_db
def test_only_who_had_the_file_can_say_that_it_is_on_paper() -> None:
    claim = contested_soon("address")
    attempt = typeset(claim, AT)
    open_to_print(attempt_id=attempt.pk, actor=factories.actor(Role.OPERATOR), at=AT)
    with pytest.raises(LetterUnopened):
        mark_printed(attempt_id=attempt.pk, actor=OPERATOR, at=AT)
    printed(attempt_id=attempt.pk, actor=OPERATOR, at=AT)
    claim.refresh_from_db()
    assert claim.noticed_at == AT


@pytest.mark.django_db
def test_an_address_that_only_the_creditor_chose_begins_no_window() -> None:
    claim = contested_soon()
    point = factories.point(claim.debtor, "email", state="unverified")
    assert notify(at=AT) == {"permitted": 0, "refused": 1}
    assert Attempt.objects.get(claim=claim).rules == ["PLT-IN-03"]
    # Nor when it lost what it was known by while the message went out.
    other = contested_soon("email")
    assert notify(at=AT) == {"permitted": 1, "refused": 0}
    ContactPoint.objects.filter(person=other.debtor).update(state="unverified")
    assert send(attempt_id=Attempt.objects.get(claim=other).pk, at=AT) == AttemptState.DONE
    other.refresh_from_db()
    assert other.noticed_at is None
    assert notify(at=AT + timedelta(hours=1)) == {"permitted": 0, "refused": 0}
    assert point.state == "unverified"


@pytest.mark.django_db
def test_a_letter_about_something_else_begins_no_window() -> None:
    claim = contested_soon("address")
    officer = factories.actor(Role.COMPLIANCE)
    attempt = send_door_letter(claim_id=claim.pk, actor=officer, at=AT)
    send(attempt_id=attempt.pk, at=AT)
    printed(attempt_id=attempt.pk, actor=OPERATOR, at=AT)
    claim.refresh_from_db()
    assert claim.noticed_at is None


@pytest.mark.django_db
def test_whoever_cannot_be_told_is_not_collected_from() -> None:
    claim = contested_soon("phone")
    notify(at=AT)
    assert end_challenges(at=AT + 365 * DAY) == 0
    claim.refresh_from_db()
    assert (claim.state, claim.noticed_at) == ("challenge", None)


@pytest.mark.django_db
def test_a_lost_code_is_replaced_by_letter_also_while_contact_is_stopped() -> None:
    claim = contested_soon("address")
    factories.mandate(claim, factories.collector())
    set_wish(
        person_id=claim.debtor_id, kind="cease_all", channels=[], window=None,
        actor=factories.debtor_of(claim), at=AT,
    )  # fmt: skip
    place_hold(
        person_id=claim.debtor_id, claim_id=claim.pk, kind="hardship", cause="test", ends_at=None,
        actor=system("tests"), at=AT,
    )  # fmt: skip
    officer = factories.actor(Role.COMPLIANCE)
    attempt = send_door_letter(claim_id=claim.pk, actor=officer, at=AT)
    assert (attempt.channel, attempt.template.split("@")[0]) == ("letter", "door_letter")
    # The collector who works the claim did not send it.
    assert attempt.collector_id is None
    assert attempt.state == AttemptState.PERMITTED
    assert send(attempt_id=attempt.pk, at=AT) == AttemptState.DONE
    assert DoorCode.objects.get().person_id == claim.debtor_id
    assert Entry.objects.get(kind="contact.door-letter-asked").actor.startswith("compliance")
    # It is no first notice: that one still comes.
    Hold.objects.all().delete()
    Claim.objects.filter(pk=claim.pk).update(state="challenge")
    assert notify(at=AT) == {"permitted": 1, "refused": 0}


@pytest.mark.django_db
def test_a_collector_sends_no_codes() -> None:
    claim = contested_soon("address")
    with pytest.raises(NotPermitted):
        send_door_letter(claim_id=claim.pk, actor=factories.actor(Role.COLLECTOR), at=AT)


@pytest.mark.django_db
def test_letters_with_a_code_cannot_be_rained_on_anybody() -> None:
    first = contested_soon("address")
    second = factories.claim(debtor=first.debtor)
    officer = factories.actor(Role.OPERATOR)
    send_door_letter(claim_id=first.pk, actor=officer, at=AT)
    for claim in (first, second):
        with pytest.raises(LetterOnItsWay):
            send_door_letter(claim_id=claim.pk, actor=officer, at=AT + 6 * DAY)
    again = send_door_letter(claim_id=first.pk, actor=officer, at=AT + 7 * DAY)
    assert again.state == AttemptState.PERMITTED


@pytest.mark.django_db
def test_a_new_window_is_told_anew() -> None:
    claim = contested_soon("address")
    printed(attempt_id=typeset(claim, AT).pk, actor=OPERATOR, at=AT)
    later = AT + 9 * DAY
    Claim.objects.filter(pk=claim.pk).update(noticed_at=None, challenge_ends_at=later + 7 * DAY)
    assert notify(at=later) == {"permitted": 1, "refused": 0}
    assert notify(at=later) == {"permitted": 0, "refused": 0}
