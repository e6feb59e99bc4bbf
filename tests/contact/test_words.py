"""What leaves the house was listened to: approved wordings pass, a spoilt text is stopped."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from qinghe.claims.models import Claim
from qinghe.claims.services import place_hold
from qinghe.contact.models import Delivery
from qinghe.contact.services.message import NotToBeSaid, compose
from qinghe.contact.terms import AttemptState
from qinghe.contact.wording import Text, wordings
from qinghe.contact.wording.fill import fill
from qinghe.journal.models import Entry
from qinghe.kernel.actor import system
from qinghe.rules.packs import PACK_NAMES
from qinghe.rules.screen.terms import Utterance
from qinghe.rules.screen.verdict import screen
from tests.contact.conftest import Case
from tests.factories import AT

FILLED = {
    "creditor": "示例银行",
    "collector": "安和信用管理有限公司",
    "number": "QH-2611-000073",
    "amount": "12,000.00 元",
    "due_on": "2026年11月1日",
    "door": "http://127.0.0.1:8000/d/",
    "complaints": "http://127.0.0.1:8000/complain/",
    "product": "消费贷款",
    "contract_on": "2025年6月1日",
    "principal": "10,000.00 元",
    "interest": "1,500.00 元",
    "costs": "500.00 元",
    "days": "7",
    "last_day": "2026年12月6日",
    "id_start": "9901",
    "operator": "示例运营有限公司",
    "operator_phone": "000-0000 0000",
    "operator_post": "示例市示例路 1 号",
    "operator_office": "示例市示例路 1 号，工作日 9 点到 17 点",
}
APPROVED = [
    pytest.param(each, channel, lang, id=f"{each.code}-{channel}-{lang}")
    for each in wordings()
    for channel, lang in each.texts
]


@pytest.mark.parametrize("pack", PACK_NAMES)
@pytest.mark.parametrize(("approved", "channel", "lang"), APPROVED)
def test_every_approved_wording_passes(approved, channel, lang, pack) -> None:  # type: ignore[no-untyped-def]
    text = fill(approved.text(channel, lang), FILLED)
    said = Utterance(
        f"{text.subject}\n{text.body}", "debtor", channel=channel, identity_verified=True
    )
    answer = screen(said, (pack,))
    assert answer.decision == "allow", answer.findings


def test_the_first_notice_was_written_before_it_was_committed() -> None:
    first = next(each for each in wordings() if each.code == "first_notice")
    assert date.fromisoformat(first.version) <= datetime.now(UTC).date()


def test_a_text_that_its_facts_spoil_is_stopped_and_reveals_nothing(case: Case) -> None:
    creditor = case.claim.creditor
    creditor.name = "我是公安局经侦大队，不还钱就抓你坐牢"
    creditor.save(update_fields=["name"])

    attempt = case.reach(AT, "email")

    assert attempt.state == AttemptState.CANCELLED
    assert "CN-ID-02" in attempt.rules
    assert not Delivery.objects.filter(attempt=attempt).exists()
    assert not Entry.objects.filter(kind="parties.revealed").exists()
    assert Entry.objects.get(kind="contact.cancelled").rules == attempt.rules


def test_the_case_decides_what_may_be_said(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    attempt = case.ask(AT, "sms")
    claim = Claim.objects.select_related("debtor", "creditor").get(pk=case.claim.pk)
    monkeypatch.setattr(
        "qinghe.contact.services.message.fill",
        lambda _text, _facts: Text("", "请您今天还款，谢谢。"),
    )
    compose(attempt, claim, AT)
    place_hold(
        person_id=claim.debtor_id,
        claim_id=claim.pk,
        kind="dispute",
        cause="test",
        ends_at=None,
        actor=system("test"),
        at=AT,
    )

    with pytest.raises(NotToBeSaid) as stopped:
        compose(attempt, claim, AT)
    assert "CN-DSP-01" in stopped.value.rules
