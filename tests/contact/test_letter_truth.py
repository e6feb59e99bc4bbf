"""What a first notice says, that it is the newest sum, and that no page calls it sent early."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from unittest.mock import patch

import pytest
from django.core import mail
from django.test import override_settings
from hypothesis import given
from hypothesis import strategies as st

from qinghe.claims.models import Claim
from qinghe.claims.services import (
    Paid,
    accrue_interest,
    apply_payments,
    restate,
    write_off_part,
)
from qinghe.contact.gateways import letter as gateway
from qinghe.contact.gateways.message import Message
from qinghe.contact.models import Attempt, Delivery
from qinghe.contact.queries import attempts_of_claim, letters_to_post, letters_to_print
from qinghe.contact.refusals import LetterNotPrinted, LetterPosted, LetterVoid
from qinghe.contact.services import mark_posted, mark_printed, notify, open_to_print, send
from qinghe.contact.services.message import _facts
from qinghe.contact.wording import Text
from qinghe.contact.wording.fill import fill
from qinghe.kernel.actor import Role, system
from qinghe.parties.roles import NotPermitted
from qinghe.parties.services import seal
from qinghe.parties.services.secrets import unseal
from tests import factories
from tests.contact.conftest import Case
from tests.desk import release
from tests.factories import AT

DAY = timedelta(days=1)
OPERATOR = factories.actor(Role.OPERATOR)
REVIEWER = factories.actor(Role.REVIEWER)
JOB = system("tests")


def waiting(*kinds: str, **fields: object) -> Claim:
    claim = factories.claim(state="challenge", challenge_ends_at=AT + 7 * DAY, **fields)
    for kind in kinds or ("address",):
        factories.point(claim.debtor, kind, state="valid")
    return claim


def told(claim: Claim, at: datetime) -> Attempt:
    """Let the platform tell of a claim; return the newest notice, typeset or sent."""
    notify(at=at)
    attempt = Attempt.objects.filter(claim=claim).order_by("-at", "-pk")[0]
    send(attempt_id=attempt.pk, at=at)
    return attempt


def words(attempt: Attempt) -> str:
    return unseal(Delivery.objects.select_related("content").get(attempt=attempt).content)


def changed(claim: Claim, at: datetime, **amounts: int) -> None:
    clerk = factories.actor(Role.CREDITOR, claim.creditor)
    restate(claim_id=claim.pk, amounts=amounts, reason="A part was wrong.", actor=clerk, at=at)


def print_it(attempt: Attempt, at: datetime) -> None:
    open_to_print(attempt_id=attempt.pk, actor=OPERATOR, at=at)
    mark_printed(attempt_id=attempt.pk, actor=OPERATOR, at=at)


def seen(attempt: Attempt) -> str:
    (row,) = [
        each
        for each in attempts_of_claim(claim_id=attempt.claim_id, actor=OPERATOR)
        if each.id == attempt.pk
    ]
    return row.letter


# -- what it says ------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_first_letter_says_until_when_nobody_may_collect_and_who_writes(language: str) -> None:
    claim = waiting()
    claim.debtor.language = language
    claim.debtor.save(update_fields=["language"])
    text = words(told(claim, AT))
    for said in {
        # Seven days from 23 November: the 29th is the last whole day.
        "zh-hans": (
            "7 天之内谁也不能", "至少到 2026年11月29日", "不作声，不等于承认", "不是法院",
            "不是公安机关", "不是律师事务所", "/complain/", "不用查询码",
        ),
        "en": (
            "For 7 days", "at least until 29 November 2026", "no admission", "no court",
            "no police and no law firm", "/complain/", "without the code",
        ),
    }[language]:  # fmt: skip
        assert said in text, said
    assert "催收马上停止" not in text


@pytest.mark.django_db
def test_the_letter_says_what_the_debt_is_and_what_may_begin_after_the_last_day() -> None:
    claim = waiting(contract_on=date(2025, 6, 1), interest=5_000)
    text = words(told(claim, AT))
    for said in (
        "2025年6月1日 的一笔消费贷款。", "其中本金 1,000.00 元，利息和违约金 50.00 元。",
        "可能会交给催收员", "次数和时间都有限制", "您一说，联系就停",
    ):  # fmt: skip
        assert said in text, said
    assert "其中" not in words(told(waiting(), AT))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("product", "said"),
    [
        ("credit_card", "一笔信用卡欠款。"), ("small_loan", "一笔小额贷款。"),
        ("private_loan", "一笔个人借款。"), ("trade_credit", "一笔货款欠款。"),
        ("other", "一笔其他欠款。"),
    ],
)  # fmt: skip
def test_the_letter_names_a_debt_and_not_a_product(product: str, said: str) -> None:
    assert said in words(told(waiting(contract_on=date(2025, 6, 1), product=product), AT))


@pytest.mark.django_db
def test_in_the_united_states_the_letter_names_the_longer_window() -> None:
    claim = waiting()
    claim.debtor.zones = ["America/New_York"]
    claim.debtor.save(update_fields=["zones"])
    notify(at=AT)
    attempt = Attempt.objects.get()
    # Whatever the gate says of New York's hour, the words are made from the person's window.
    facts = _facts(attempt, Claim.objects.get(pk=claim.pk), "en", AT)
    assert int(facts["days"]) > 30


@pytest.mark.django_db
def test_the_letter_never_prints_the_answer_to_the_question_at_the_door() -> None:
    claim = waiting()
    seal(kind="id_number", value="990101199001011239", person_id=claim.debtor_id, at=AT)
    text = words(told(claim, AT))
    assert "以 9901 开头" in text
    assert "1239" not in text


@pytest.mark.django_db
def test_without_a_number_nothing_is_said_of_one() -> None:
    assert "开头" not in words(told(waiting(), AT))


@pytest.mark.django_db
def test_the_operators_own_ways_stand_in_the_letter_and_only_those_there_are() -> None:
    with override_settings(OPERATOR_PHONE="", OPERATOR_POST="", OPERATOR_OFFICE=""):
        assert "不上网" not in words(told(waiting(), AT))
    named = {"OPERATOR_NAME": "示例运营公司", "OPERATOR_PHONE": "000-0000", "OPERATOR_POST": ""}
    with override_settings(**named):
        text = words(told(waiting(), AT))
    assert "不上网也可以：打电话 000-0000。" in text
    assert "清和由示例运营公司运营" in text
    assert "写信到" not in text


@pytest.mark.django_db
def test_an_e_mail_tells_a_stranger_nothing_at_a_glance() -> None:
    attempt = told(waiting("email"), AT)
    (sent,) = mail.outbox
    claim = Claim.objects.get(pk=attempt.claim_id)
    outside = sent.subject + sent.body[:80]
    for secret in ("债", "还款", "欠", "催", claim.number, claim.creditor.name):
        assert secret not in outside, secret
    assert "至少到" in sent.body


def test_nothing_but_the_addressee_stands_in_the_window_of_the_envelope() -> None:
    made: dict[str, object] = {}
    message = Message(
        channel="letter", subject="有一件事想和您核对", text="一\n\n二", language="zh-hans", at=AT,
        address="示例市示例路 1 号", name="陈示例", door="http://x/d/", code="ABCDEFGHJK",
    )  # fmt: skip
    with patch.object(
        gateway, "typeset", side_effect=lambda _t, facts, **_k: made.update(facts) or b"%PDF"
    ):
        gateway.pdf(message)
    outside = f"{made['sender']}{made['name']}{made['address']}"
    assert outside == "清和陈示例示例市示例路 1 号"


@pytest.mark.django_db
def test_a_collectors_own_letter_speaks_of_no_window(case: Case) -> None:
    attempt = case.reach(AT, "letter", template="first_notice")
    text = words(attempt)
    assert "至少到" not in text
    assert "不作声，不等于承认" in text
    assert "\n\n\n" not in text


@given(st.dictionaries(st.sampled_from(["a", "b"]), st.sampled_from(["", "x"])))
def test_a_part_stands_only_when_all_it_asks_for_is_given(facts: dict[str, str]) -> None:
    text = Text("", "{both}|{any}", {"one": "{a}", "both": "{a}{b}", "any": "or {one}"})
    both, either = fill(text, facts).body.split("|")
    assert both == ("xx" if facts.get("a") and facts.get("b") else "")
    assert either == ("or x" if facts.get("a") else "")


# -- the newest sum ----------------------------------------------------------------------------


@pytest.mark.django_db
def test_lowered_in_its_window_the_old_letter_is_void_and_the_new_one_tells_the_new_sum() -> None:
    claim = waiting()
    old = told(claim, AT)
    assert "1,000.00 元" in words(old)
    changed(claim, AT + timedelta(hours=1), principal=60_000)
    assert letters_to_print(actor=OPERATOR) == []
    for service in (open_to_print, mark_printed):
        with pytest.raises(LetterVoid):
            service(attempt_id=old.pk, actor=OPERATOR, at=AT + DAY)
    new = told(claim, AT + timedelta(hours=2))
    assert new.pk != old.pk
    assert "600.00 元" in words(new)
    assert [row.attempt_id for row in letters_to_print(actor=OPERATOR)] == [new.pk]
    assert (seen(old), seen(new)) == ("void", "waiting")
    print_it(new, AT + DAY)
    claim.refresh_from_db()
    assert claim.noticed_at == AT + DAY


@pytest.mark.django_db
def test_raised_and_released_again_only_the_new_sum_is_printed() -> None:
    claim = waiting()
    factories.papers(claim, "contract", "transfer")
    old = told(claim, AT)
    changed(claim, AT + timedelta(hours=1), principal=150_000)
    assert letters_to_print(actor=OPERATOR) == []
    assert seen(old) == "void"
    release(claim_id=claim.pk, actor=REVIEWER, at=AT + DAY)
    new = told(claim, AT + DAY + timedelta(hours=1))
    assert "1,500.00 元" in words(new)
    assert [row.attempt_id for row in letters_to_print(actor=OPERATOR)] == [new.pk]
    with pytest.raises(LetterVoid):
        open_to_print(attempt_id=old.pk, actor=OPERATOR, at=AT + DAY)


@pytest.mark.django_db
@pytest.mark.parametrize("how", ["waived", "paid"])
def test_whatever_changes_the_sum_makes_the_letter_void(how: str) -> None:
    claim = waiting()
    old = told(claim, AT)
    later = AT + timedelta(hours=1)
    if how == "waived":
        clerk = factories.actor(Role.CREDITOR, claim.creditor)
        write_off_part(
            claim_id=claim.pk, amounts={"principal": 10_000}, ground="goodwill",
            reason="A gesture.", actor=clerk, at=later,
        )  # fmt: skip
    else:
        apply_payments(payments=[Paid(claim.pk, {"principal": 10_000})], actor=JOB, at=later)
    assert letters_to_print(actor=OPERATOR) == []
    assert "900.00 元" in words(told(claim, later + timedelta(hours=1)))
    assert seen(old) == "void"


@pytest.mark.django_db
def test_a_change_with_an_earlier_clock_makes_the_letter_void_too() -> None:
    """A request that waited for its lock carries the moment at which it came, before the letter."""
    claim = waiting()
    old = told(claim, AT)
    changed(claim, AT - timedelta(seconds=1), principal=60_000)
    with pytest.raises(LetterVoid):
        open_to_print(attempt_id=old.pk, actor=OPERATOR, at=AT)


@pytest.mark.django_db
def test_growing_interest_leaves_a_letter_as_it_is() -> None:
    claim = waiting(overdue_rate_pct=12, interest_to=date(2026, 11, 1))
    told(claim, AT)
    accrue_interest(claim_id=claim.pk, to=AT.date(), actor=JOB, at=AT + timedelta(hours=1))
    assert len(letters_to_print(actor=OPERATOR)) == 1


@pytest.mark.django_db
def test_a_collectors_letter_with_an_old_sum_is_not_printed(case: Case) -> None:
    attempt = case.reach(AT, "letter", template="plan_offer")
    changed(case.claim, AT + timedelta(hours=1), principal=60_000)
    assert letters_to_print(actor=OPERATOR) == []
    assert seen(attempt) == "void"


# -- how far it is -----------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_letter_is_sent_when_it_is_posted_and_not_before() -> None:
    attempt = told(waiting(), AT)
    assert seen(attempt) == "waiting"
    with pytest.raises(LetterNotPrinted):
        mark_posted(attempt_id=attempt.pk, actor=OPERATOR, at=AT)
    print_it(attempt, AT + DAY)
    assert seen(attempt) == "printed"
    (row,) = letters_to_post(actor=OPERATOR, at=AT + DAY)
    assert (row.attempt_id, row.holds) == (attempt.pk, True)
    mark_posted(attempt_id=attempt.pk, actor=OPERATOR, at=AT + 2 * DAY)
    assert seen(attempt) == "posted"
    assert letters_to_post(actor=OPERATOR, at=AT + 2 * DAY) == []
    with pytest.raises(LetterPosted):
        mark_posted(attempt_id=attempt.pk, actor=OPERATOR, at=AT + 3 * DAY)


@pytest.mark.django_db
def test_a_printed_letter_whose_claim_was_raised_is_to_be_taken_out() -> None:
    claim = waiting()
    old = told(claim, AT)
    print_it(old, AT + timedelta(hours=1))
    changed(claim, AT + timedelta(hours=2), principal=150_000)
    (row,) = letters_to_post(actor=OPERATOR, at=AT + DAY)
    assert (row.holds, seen(old)) == (False, "void")
    assert letters_to_post(actor=OPERATOR, at=AT + 30 * DAY) == []


@pytest.mark.django_db
def test_a_printed_letter_whose_claim_was_lowered_still_goes_out() -> None:
    """Its window runs from the print: not to post it would leave the person untold."""
    claim = waiting()
    old = told(claim, AT)
    print_it(old, AT + timedelta(hours=1))
    changed(claim, AT + timedelta(hours=2), principal=60_000)
    (row,) = letters_to_post(actor=OPERATOR, at=AT + DAY)
    assert (row.holds, seen(old)) == (True, "printed")


@pytest.mark.django_db
def test_only_who_prints_says_that_it_is_posted() -> None:
    attempt = told(waiting(), AT)
    print_it(attempt, AT)
    stranger = factories.actor(Role.CREDITOR, factories.organisation())
    assert letters_to_post(actor=stranger, at=AT) == []
    with pytest.raises(NotPermitted):
        mark_posted(attempt_id=attempt.pk, actor=stranger, at=AT)
