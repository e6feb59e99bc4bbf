"""A notice that came back told nobody: no window runs on it, and the next way is tried."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import mail

from qinghe.claims.models import Claim, Hold, Review
from qinghe.claims.services import give_address, remind_untold
from qinghe.claims.services.noticing import AddressSource, NotUntold
from qinghe.claims.services.sweep import end_challenges, lift_ended_holds
from qinghe.claims.terms import REMINDED_AFTER_DAYS, UNTOLD_DAYS
from qinghe.contact.gateways.returned import message_id, read
from qinghe.contact.models import Attempt
from qinghe.contact.refusals import NoSuchAttempt, NotOurReturn
from qinghe.contact.services import came_back, notify, read_return, send
from qinghe.journal.models import Entry
from qinghe.kernel.actor import Role, system
from qinghe.parties.models import ContactPoint
from tests import factories
from tests.contact.test_notices import DAY, OPERATOR, contested_soon, printed
from tests.factories import AT

pytestmark = pytest.mark.django_db
MACHINE = system("cli.letters")
HOUR = timedelta(hours=1)


def mailed(*kinds: str) -> tuple[Claim, Attempt]:
    """Return a claim whose window runs on an e-mail, and that e-mail."""
    claim = contested_soon("email", *kinds)
    notify(at=AT)
    attempt = Attempt.objects.get(claim=claim)
    send(attempt_id=attempt.pk, at=AT)
    claim.refresh_from_db()
    assert claim.noticed_at == AT
    return claim, attempt


def bounce(attempt: Attempt, after: timedelta = HOUR) -> None:
    came_back(attempt_id=attempt.pk, status="5.1.1", actor=MACHINE, at=AT + after)


def report(named: str, *, status: str = "5.1.1", action: str = "failed") -> bytes:
    return f"""From: mailer-daemon@mail.example
To: notices@house.example
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

It could not be delivered.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.example

Final-Recipient: rfc822; nobody@mail.example
Action: {action}
Status: {status}

--b
Content-Type: text/rfc822-headers

Message-ID: {named}
Subject: x

--b--
""".encode()


def test_a_window_does_not_run_on_a_notice_that_came_back() -> None:
    claim, attempt = mailed()
    bounce(attempt)
    claim.refresh_from_db()
    assert (claim.noticed_at, claim.challenge_ends_at) == (None, None)
    assert end_challenges(at=AT + 60 * DAY) == 0
    assert Claim.objects.get(pk=claim.pk).state == "challenge"
    assert ContactPoint.objects.get(person=claim.debtor).state == "invalid"
    assert Entry.objects.filter(kind="claims.notice-void", subject=f"claim:{claim.pk}").exists()


def test_the_letter_is_asked_for_at_once_and_begins_the_window_anew() -> None:
    claim, attempt = mailed()
    factories.point(claim.debtor, "address")
    bounce(attempt)
    assert notify(at=AT + 2 * HOUR) == {"permitted": 1, "refused": 0}
    letter = Attempt.objects.exclude(pk=attempt.pk).get()
    assert letter.channel == "letter"
    send(attempt_id=letter.pk, at=AT + 2 * HOUR)
    printed(attempt_id=letter.pk, actor=OPERATOR, at=AT + DAY)
    claim.refresh_from_db()
    assert claim.challenge_ends_at == AT + 8 * DAY


@pytest.mark.parametrize("state", ["ready", "listed", "placed"])
def test_a_late_return_stops_the_claim_until_a_whole_new_window_has_run(state: str) -> None:
    claim, attempt = mailed()
    Claim.objects.filter(pk=claim.pk).update(state=state)
    bounce(attempt, 10 * DAY)
    hold = Hold.objects.get(claim=claim)
    assert (hold.kind, hold.ends_at, hold.lifted_at) == ("bounced", None, None)
    factories.point(claim.debtor, "address")
    assert notify(at=AT + 11 * DAY)["permitted"] == 1
    letter = Attempt.objects.exclude(pk=attempt.pk).get()
    send(attempt_id=letter.pk, at=AT + 11 * DAY)
    assert lift_ended_holds(at=AT + 40 * DAY) == 0
    printed(attempt_id=letter.pk, actor=OPERATOR, at=AT + 12 * DAY)
    hold.refresh_from_db()
    assert hold.ends_at == AT + 19 * DAY
    assert lift_ended_holds(at=AT + 19 * DAY) == 1
    assert notify(at=AT + 20 * DAY) == {"permitted": 0, "refused": 0}


def test_another_notice_that_reached_the_debtor_keeps_its_window() -> None:
    claim, attempt = mailed()
    later = AT + 2 * DAY
    Claim.objects.filter(pk=claim.pk).update(noticed_at=later, challenge_ends_at=later + 7 * DAY)
    bounce(attempt, 3 * DAY)
    claim.refresh_from_db()
    assert claim.noticed_at == later
    assert ContactPoint.objects.get(person=claim.debtor).state == "invalid"


def test_told_twice_it_counts_once_and_only_what_was_sent_comes_back() -> None:
    _claim, attempt = mailed()
    bounce(attempt)
    bounce(attempt, 2 * HOUR)
    assert Attempt.objects.get(pk=attempt.pk).bounced_at == AT + HOUR
    assert Entry.objects.filter(kind="contact.came-back").count() == 1
    Attempt.objects.filter(pk=attempt.pk).update(state="failed")
    with pytest.raises(NoSuchAttempt):
        bounce(attempt)


def test_the_report_of_a_mail_server_is_read_and_nothing_else() -> None:
    _claim, attempt = mailed()
    named = mail.outbox[-1].extra_headers["Message-ID"] if mail.outbox else ""
    named = named or message_id(str(attempt.pk))
    found = read(report(named))
    assert found is not None
    assert (found.attempt_id, found.status) == (attempt.pk, "5.1.1")
    others = [
        report(named, status="4.2.2"),
        report(named, action="delayed"),
        report("<x@mail.example>"),
        report(f"<{attempt.pk}@house.example>"),
        report(f"<{attempt.pk}.{'A' * 43}@house.example>"),
        b"Subject: hello\n\nHow are you?",
        b"\xff\xfe",
    ]
    for content in others:
        with pytest.raises(NotOurReturn):
            read_return(content=content, actor=MACHINE, at=AT + HOUR)
    read_return(content=report(named), actor=MACHINE, at=AT + HOUR)
    assert Attempt.objects.get(pk=attempt.pk).bounced_with == "5.1.1"


def untold() -> Claim:
    """Return a claim whose only address is an e-mail that nobody confirmed."""
    claim = factories.claim(state="challenge", challenge_ends_at=AT + 7 * DAY)
    factories.point(claim.debtor, "email", state="unverified")
    assert notify(at=AT) == {"permitted": 0, "refused": 1}
    claim.refresh_from_db()
    return claim


def test_where_nobody_can_be_told_the_creditor_is_asked_and_an_address_brings_the_notice() -> None:
    claim = untold()
    assert claim.untold_since == AT
    owner = factories.actor(Role.CREDITOR, claim.creditor)
    given = {"claim_id": claim.pk, "address": "杭州市西湖区示范路1号", "actor": owner}
    with pytest.raises(AddressSource):
        give_address(**given, source="purchased", at=AT + DAY)
    give_address(**given, source="contract", at=AT + DAY)
    assert notify(at=AT + DAY + HOUR)["permitted"] == 1
    letter = Attempt.objects.get(channel="letter", state="permitted")
    send(attempt_id=letter.pk, at=AT + DAY + HOUR)
    printed(attempt_id=letter.pk, actor=OPERATOR, at=AT + 2 * DAY)
    claim.refresh_from_db()
    assert (claim.untold_since, claim.noticed_at) == (None, AT + 2 * DAY)
    with pytest.raises(NotUntold):
        give_address(**given, source="contract", at=AT + 3 * DAY)


def test_an_e_mail_that_was_confirmed_since_is_used() -> None:
    claim = untold()
    ContactPoint.objects.filter(person=claim.debtor).update(state="valid", checked_at=AT + 2 * HOUR)
    assert notify(at=AT + 3 * HOUR) == {"permitted": 1, "refused": 0}


def test_the_creditor_is_reminded_once_and_then_has_the_claim_back() -> None:
    claim = untold()
    job = system("claims.untold")
    first = AT + REMINDED_AFTER_DAYS * DAY
    assert remind_untold(actor=job, at=first) == {"reminded": 1, "returned": 0}
    assert remind_untold(actor=job, at=first + DAY) == {"reminded": 0, "returned": 0}
    last = AT + UNTOLD_DAYS * DAY
    assert remind_untold(actor=job, at=last) == {"reminded": 0, "returned": 1}
    claim.refresh_from_db()
    assert (claim.state, claim.review, claim.untold_since) == ("submitted", "returned", None)
    assert Review.objects.get(claim=claim).reason == "address"
    assert remind_untold(actor=job, at=last + DAY) == {"reminded": 0, "returned": 0}
