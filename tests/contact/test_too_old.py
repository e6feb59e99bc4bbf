"""A claim that is too old: what may not be said of it, and that notices still go out."""

from __future__ import annotations

from datetime import date

import pytest

from qinghe.claims.models import Claim
from qinghe.contact.services.message import NotToBeSaid, compose
from qinghe.contact.wording import Text, wordings
from qinghe.contact.wording.fill import fill
from qinghe.rules.screen.terms import Utterance
from qinghe.rules.screen.verdict import screen
from tests.contact.conftest import Case
from tests.contact.test_words import FILLED
from tests.factories import AT

OLD = date(2022, 1, 1)
MUST = "这笔钱您现在还是必须还。"
NOTICES = [
    pytest.param(each, channel, lang, id=f"{each.code}-{channel}-{lang}")
    for each in wordings()
    for channel, lang in each.texts
    if lang.startswith("zh")
]


@pytest.mark.parametrize(("approved", "channel", "lang"), NOTICES)
def test_approved_wordings_do_not_say_that_one_must_pay(approved, channel, lang) -> None:  # type: ignore[no-untyped-def]
    text = fill(approved.text(channel, lang), FILLED)
    said = Utterance(
        f"{text.subject}\n{text.body}",
        "debtor",
        channel=channel,
        identity_verified=True,
        facts=frozenset({"time_barred"}),
    )
    answer = screen(said, ("CN", "PLT"))
    assert answer.decision == "allow", answer.findings


def test_nobody_says_of_an_old_claim_that_it_must_be_paid(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    attempt = case.ask(AT, "sms")
    monkeypatch.setattr(
        "qinghe.contact.services.message.fill", lambda _text, _facts: Text("", MUST)
    )

    def rules_of(due_on: date) -> set[str]:
        Claim.objects.filter(pk=case.claim.pk).update(due_on=due_on)
        claim = Claim.objects.select_related("debtor", "creditor").get(pk=case.claim.pk)
        try:
            compose(attempt, claim, AT)
        except NotToBeSaid as stopped:
            return set(stopped.rules)
        return set()

    assert "CN-LIM-08" in rules_of(OLD)
    assert "CN-LIM-08" not in rules_of(date(2026, 10, 1))
