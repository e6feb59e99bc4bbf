"""One notice past a cap of the platform: two officers, one attempt, one day, never past the law."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.db import IntegrityError, transaction

from qinghe.claims.services import place_hold
from qinghe.contact.models import Attempt, Override
from qinghe.contact.queries.attempts import attempts_of_person
from qinghe.contact.queries.overrides import overrides
from qinghe.contact.refusals import (
    NeedsAPerson,
    NotANotice,
    OverrideExpired,
    OverrideMoved,
    RuleNotOverridable,
    SamePersonTwice,
)
from qinghe.contact.services import ask_override, decide_override, send, use_override
from qinghe.contact.terms import AttemptState, OverrideState
from qinghe.journal.models import Entry
from qinghe.kernel.actor import Actor, Role, system
from qinghe.kernel.errors import DomainError
from qinghe.kernel.ids import new_id
from qinghe.parties.roles import NotPermitted
from qinghe.rules.packs import load_packs
from tests import factories
from tests.contact.conftest import Case, make_case
from tests.factories import AT
from tests.races import race

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
NIGHT = AT + 12 * HOUR


def officer(role: Role = Role.COMPLIANCE) -> Actor:
    return Actor(role, user_id=new_id())


def asked(case: Case, actor: Actor | None = None, at: Any = AT, **fields: Any) -> Override:
    given = {
        "channel": "email",
        "template": "first_notice",
        "rules": ["PLT-MSG-01"],
        "reason": "data_breach",
        "words": "A file was sent to a wrong address.",
        **fields,
    }
    return ask_override(claim_id=case.claim.pk, actor=actor or officer(), at=at, **given)


def approved(case: Case, at: Any = AT, **fields: Any) -> Override:
    override = asked(case, at=at, **fields)
    return decide_override(override_id=override.pk, approve=True, actor=officer(), at=at)


def fill(case: Case) -> None:
    """Use the day's messages up."""
    for minute in (4, 3, 2):
        assert case.ask(AT - minute * MINUTE, "sms").state == AttemptState.PERMITTED


def test_a_notice_passes_the_cap_once_and_still_counts(case: Case) -> None:
    fill(case)
    override = approved(case)
    attempt = use_override(override_id=override.pk, actor=officer(), at=AT)
    assert attempt.state == AttemptState.PERMITTED
    assert (attempt.purpose, attempt.override_id) == ("legal_notice", override.pk)
    assert attempt.counters["person_messages_today"] == 3
    assert case.ask(AT + MINUTE, "sms").counters["person_messages_today"] == 4
    with pytest.raises(OverrideMoved):
        use_override(override_id=override.pk, actor=officer(), at=AT)
    assert Attempt.objects.filter(override=override).count() == 1


def test_it_is_the_mark_in_the_pack_that_lets_it_pass(case: Case) -> None:
    fill(case)
    override = approved(case)
    with patch("qinghe.contact.queries.overrides.overridable", frozenset):
        attempt = use_override(override_id=override.pk, actor=officer(), at=AT)
    assert attempt.rules == ["PLT-MSG-01"]
    override.refresh_from_db()
    assert override.state == OverrideState.APPROVED


def test_sending_judges_it_again_and_sends_it(case: Case) -> None:
    fill(case)
    override = approved(case)
    attempt = use_override(override_id=override.pk, actor=officer(), at=AT)
    assert send(attempt_id=attempt.pk, at=AT + MINUTE) == AttemptState.DONE


def test_law_still_refuses_and_leaves_it_unused(case: Case) -> None:
    override = approved(case, at=NIGHT)
    attempt = use_override(override_id=override.pk, actor=officer(), at=NIGHT)
    assert attempt.state == AttemptState.REFUSED
    assert "CN-WIN-01" in attempt.rules
    assert attempt.override_id is None
    assert attempt.next_allowed_at
    morning = use_override(override_id=override.pk, actor=officer(), at=attempt.next_allowed_at)
    assert morning.state == AttemptState.PERMITTED


def test_a_recalled_claim_or_a_death_is_not_passed(case: Case) -> None:
    place_hold(
        person_id=case.claim.debtor_id,
        claim_id=None,
        kind="death",
        cause="death:1",
        ends_at=None,
        actor=system("test"),
        at=AT,
    )
    override = approved(case)
    attempt = use_override(override_id=override.pk, actor=officer(), at=AT)
    assert "PLT-DEC-01" in attempt.rules
    assert attempt.state == AttemptState.REFUSED


FIRM = sorted(
    each.id
    for pack in load_packs().values()
    for each in pack.rules
    if each.level == "deny" and each.id != "PLT-MSG-01"
)


def test_no_rule_of_law_and_none_that_protects_a_person_can_be_set_aside(case: Case) -> None:
    for rule_id in [*FIRM, "PLT-XXX-99"]:
        with pytest.raises(RuleNotOverridable):
            asked(case, rules=["PLT-MSG-01", rule_id])
    with pytest.raises(RuleNotOverridable):
        asked(case, rules=[])
    assert not Override.objects.exists()


@pytest.mark.parametrize("fields", [{"channel": "sms"}, {"channel": "voice"}])
def test_only_written_notices(case: Case, fields: dict[str, str]) -> None:
    with pytest.raises(NotANotice):
        asked(case, **fields)
    for template in ("reminder", "unknown"):
        with pytest.raises(NotANotice):
            asked(case, template=template)


@pytest.mark.parametrize("role", [r for r in Role if r not in (Role.COMPLIANCE, Role.SYSTEM)])
def test_nobody_else_may_ask_decide_or_use(case: Case, role: Role) -> None:
    override = asked(case)
    with pytest.raises(NotPermitted):
        asked(case, officer(role))
    with pytest.raises(NotPermitted):
        decide_override(override_id=override.pk, approve=True, actor=officer(role), at=AT)
    with pytest.raises(NotPermitted):
        use_override(override_id=override.pk, actor=officer(role), at=AT)
    assert overrides(actor=officer(role), at=AT) == []


def test_no_program_decides(case: Case) -> None:
    with pytest.raises(NeedsAPerson):
        asked(case, system("job"))


def test_one_officer_cannot_do_both(case: Case) -> None:
    one = officer()
    override = asked(case, one)
    with pytest.raises(SamePersonTwice):
        decide_override(override_id=override.pk, approve=True, actor=one, at=AT)
    with pytest.raises(IntegrityError), transaction.atomic():
        Override.objects.filter(pk=override.pk).update(decided_by=one.user_id)
    with pytest.raises(IntegrityError), transaction.atomic():
        Override.objects.filter(pk=override.pk).update(state="approved")


def test_it_lasts_a_day_at_most(case: Case) -> None:
    late = asked(case)
    with pytest.raises(OverrideExpired):
        decide_override(override_id=late.pk, approve=True, actor=officer(), at=AT + DAY)
    ready = approved(case)
    with pytest.raises(OverrideExpired):
        use_override(override_id=ready.pk, actor=officer(), at=AT + DAY)
    with pytest.raises(IntegrityError), transaction.atomic():
        Override.objects.filter(pk=ready.pk).update(expires_at=AT + DAY + MINUTE)
    assert {row.stage for row in overrides(actor=officer(), at=AT + DAY)} == {"expired"}


def test_what_was_not_approved_sends_nothing(case: Case) -> None:
    override = asked(case)
    with pytest.raises(OverrideMoved):
        use_override(override_id=override.pk, actor=officer(), at=AT)
    decide_override(override_id=override.pk, approve=False, actor=officer(), at=AT)
    with pytest.raises(OverrideMoved):
        decide_override(override_id=override.pk, approve=True, actor=officer(), at=AT)


def test_every_step_is_in_the_journal_without_numbers(case: Case) -> None:
    override = approved(case, words="Call 13800138000 first.")
    use_override(override_id=override.pk, actor=officer(), at=AT)
    found = Entry.objects.filter(subject=f"claim:{case.claim.pk}").order_by("id")
    kinds = [entry.kind for entry in found]
    assert kinds == [
        "contact.override-asked",
        "contact.override-approved",
        "contact.permitted",
        "contact.override-used",
    ]
    assert found[0].facts["reason"] == override.words == "Call [phone] first."
    assert found[2].facts["override"] == str(override.pk)


def test_the_person_sees_which_notice_passed_and_why(case: Case) -> None:
    override = approved(case)
    use_override(override_id=override.pk, actor=officer(), at=AT)
    row = attempts_of_person(person_id=case.claim.debtor_id, actor=factories.debtor_of(case.claim))[
        0
    ]
    assert (row.set_aside, row.set_aside_for) == (("PLT-MSG-01",), "data_breach")


@pytest.mark.django_db(transaction=True)
def test_sixteen_officers_at_once_use_it_once() -> None:
    case = make_case()
    override = approved(case)

    def use(actor: Actor) -> str:
        try:
            return use_override(override_id=override.pk, actor=actor, at=AT).state
        except DomainError as refusal:
            return refusal.code

    answers = race([officer() for _ in range(16)], use)
    assert answers.count(AttemptState.PERMITTED) == 1
    assert answers.count("contact.override-moved") == 15
    assert Attempt.objects.filter(override=override).count() == 1
