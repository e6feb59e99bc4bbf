"""A collector who calls things by other names gains nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest

from qinghe.claims.services import place_hold
from qinghe.contact.services import set_wish
from qinghe.contact.terms import AttemptState
from qinghe.kernel.actor import system
from tests import factories
from tests.contact.conftest import Case
from tests.factories import AT

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
NOTICE = {"template": "first_notice", "purpose": "legal_notice"}
REPLY = {"template": "plan_offer", "purpose": "reply"}


def permitted(case: Case, minute: int, channel: str, **fields: str) -> bool:
    return case.ask(AT + minute * MINUTE, channel, **fields).state == AttemptState.PERMITTED


def test_notices_required_by_law_do_not_go_around_the_cap_on_messages(case: Case) -> None:
    sent = [permitted(case, 2 * n, ("email", "letter")[n % 2], **NOTICE) for n in range(12)]
    assert sum(sent) == 4, "one notice, and the three messages of a day"


def test_a_second_notice_respects_holds_and_wishes(case: Case) -> None:
    assert permitted(case, 0, "letter", **NOTICE)
    debtor = factories.debtor_of(case.claim)
    set_wish(person_id=case.claim.debtor_id, kind="cease_all", actor=debtor, at=AT + MINUTE)
    assert not permitted(case, 2, "letter", **NOTICE)


@pytest.mark.parametrize("channel", ["sms", "email", "letter"])
@pytest.mark.parametrize("days", [9, 400])
def test_a_notice_of_long_ago_was_a_notice_too(case: Case, channel: str, days: int) -> None:
    case.mandate.ends_at = AT + 500 * DAY
    case.mandate.save(update_fields=["ends_at"])
    assert permitted(case, 0, channel, **NOTICE)
    debtor = factories.debtor_of(case.claim)
    set_wish(person_id=case.claim.debtor_id, kind="cease_all", actor=debtor, at=AT + DAY)
    again = case.ask(AT + days * DAY, channel, **NOTICE)
    assert again.state == AttemptState.REFUSED
    assert again.purpose == "collect"


@pytest.mark.parametrize("kind", ["dispute", "hardship", "complaint", "plan"])
def test_calling_it_a_reply_does_not_go_around_a_hold(case: Case, kind: str) -> None:
    place_hold(
        person_id=case.claim.debtor_id,
        claim_id=case.claim.pk,
        kind=kind,
        cause="test:1",
        ends_at=None,
        actor=system("test"),
        at=AT,
    )
    assert not permitted(case, 1, "sms", **REPLY)
    assert not permitted(case, 2, "voice", **REPLY)


def test_calling_it_a_reply_does_not_go_around_the_cap_on_messages(case: Case) -> None:
    assert sum(permitted(case, 2 * n, ("sms", "email")[n % 2], **REPLY) for n in range(8)) == 3


def test_a_call_is_a_call_by_a_person_whatever_its_mode_is_said_to_be(case: Case) -> None:
    assert case.ask(AT, "voice", mode="one_way").rules == ["PLT-IN-04"]
    assert case.ask(AT + MINUTE, "sms", mode="human").rules == ["PLT-IN-04"]
    assert permitted(case, 2, "voice", mode="human")
