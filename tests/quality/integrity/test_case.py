"""From a flag to a decision: heard first, two officers, an objection, a third officer."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from qinghe.kernel.actor import Role
from qinghe.kernel.errors import DomainError
from qinghe.market.models import TakingStop
from qinghe.market.refusals import TakingStopped
from qinghe.market.services import take
from qinghe.parties.models import Organisation
from qinghe.parties.roles import NotPermitted
from qinghe.quality.integrity_refusals import (
    AnotherOfficer,
    BadOutcome,
    FlagClosed,
    NoSuchRuling,
    NotAsked,
    NotHeard,
    NothingToAppeal,
    RuledBefore,
    RulingDecided,
    StatedBefore,
    TooLate,
    WordsMissing,
)
from qinghe.quality.models import IntegrityFlag, Ruling
from qinghe.quality.services.integrity.appealing import decide_objection, object_to
from qinghe.quality.services.integrity.hearing import state_view
from qinghe.quality.services.integrity.ruling import decide_ruling, rule
from qinghe.quality.signs.table import days
from qinghe.reporting.verification import verify
from tests.factories import AT, actor, collector, organisation
from tests.market.conftest import Market, market
from tests.quality.integrity.acting import (
    AFTER,
    DAY,
    ONE,
    OTHER,
    THIRD,
    agreed,
    answered,
    asked,
    flagged,
    proposed,
    sanctioned,
)

pytestmark = pytest.mark.django_db
__all__ = ["market"]


def state_of(org: Organisation) -> str:
    org.refresh_from_db()
    return org.state


def test_a_flag_alone_changes_nothing() -> None:
    agency = collector()
    flagged(agency)
    assert state_of(agency) == "active"
    assert not TakingStop.objects.exists()


def test_nobody_is_sanctioned_unheard() -> None:
    agency = collector()
    flag = flagged(agency)
    with pytest.raises(NotHeard):
        proposed(flag, agency)
    asked(flag)
    with pytest.raises(NotHeard):
        proposed(flag, agency, at=AT + days("hearing_days") - timedelta(seconds=1))
    assert proposed(flag, agency, at=AT + days("hearing_days")).state == "asked"


def test_an_answer_ends_the_waiting_and_is_given_once() -> None:
    agency = collector()
    flag = asked(flagged(agency))
    found = answered(flag, agency)
    assert found.statement is not None
    assert "ours" not in found.statement.masked
    with pytest.raises(StatedBefore):
        answered(flag, agency)
    assert proposed(flag, agency).state == "asked"


def test_only_the_flagged_answer_and_only_when_asked() -> None:
    agency, stranger = collector(), collector()
    flag = flagged(agency)
    with pytest.raises(NotAsked):
        answered(flag, agency)
    asked(flag)
    with pytest.raises(NotAsked):
        answered(flag, stranger)
    with pytest.raises(WordsMissing):
        state_view(flag_id=flag.pk, text=" ", actor=actor(Role.COLLECTOR, agency), at=AT)


def test_one_officer_clears_alone_and_at_once() -> None:
    agency = collector()
    flag = flagged(agency)
    assert proposed(flag, agency, "unfounded").state == "standing"
    flag.refresh_from_db()
    assert flag.state == "decided"
    with pytest.raises(FlagClosed):
        asked(flag)


def test_a_flag_stays_open_until_everybody_has_a_decision() -> None:
    lender, agency = organisation(), collector()
    flag = flagged(lender, agency)
    proposed(flag, lender, "unfounded")
    flag.refresh_from_db()
    assert flag.state == "open"
    asked(flag)
    answered(flag, agency)
    agreed(proposed(flag, agency))
    flag.refresh_from_db()
    assert flag.state == "decided"


@pytest.mark.parametrize("outcome", ["warning", "stopped", "suspended", "proven"])
def test_a_sanction_needs_a_second_independent_officer(outcome: str) -> None:
    agency = collector()
    flag = asked(flagged(agency))
    answered(flag, agency)
    made = proposed(flag, agency, outcome, stop_days=30)
    assert state_of(agency) == "active"
    assert not TakingStop.objects.exists()
    with pytest.raises(AnotherOfficer):
        agreed(made, by=ONE)
    assert agreed(made).state == "standing"
    with pytest.raises(RulingDecided):
        agreed(made)
    assert [each.name for each in verify(at=AFTER) if not each.ok] == []


def test_the_table_refuses_a_sanction_by_one() -> None:
    agency = collector()
    flag = asked(flagged(agency))
    answered(flag, agency)
    made = proposed(flag, agency)
    for who in (ONE.label, ""):
        with pytest.raises(IntegrityError), transaction.atomic():
            Ruling.objects.filter(pk=made.pk).update(
                state="standing", decided_by=who, decided_at=AT
            )


def test_who_does_not_agree_drops_it_and_another_may_be_asked() -> None:
    agency = collector()
    flag = asked(flagged(agency))
    answered(flag, agency)
    first = proposed(flag, agency, "suspended")
    with pytest.raises(RuledBefore):
        proposed(flag, agency, "warning")
    assert agreed(first, yes=False).state == "dropped"
    assert state_of(agency) == "active"
    assert proposed(flag, agency, "warning").state == "asked"


@pytest.mark.parametrize(
    "fields",
    [
        {"outcome": "stopped", "stop_days": 0},
        {"outcome": "stopped", "stop_days": 366},
        {"outcome": "warning", "damage": 100},
        {"outcome": "proven", "damage": 100},
        {"outcome": "proven", "damage": -1},
    ],
)
def test_outcomes_that_do_not_fit(fields: dict[str, Any]) -> None:
    agency = collector()
    flag = asked(flagged(agency))
    answered(flag, agency)
    with pytest.raises(BadOutcome):
        proposed(flag, agency, **fields)


def test_a_creditor_is_not_stopped_from_taking_and_no_accomplice_is_harmed() -> None:
    lender, agency = organisation(), collector()
    flag = asked(flagged(lender, agency))
    answered(flag, lender)
    answered(flag, agency)
    with pytest.raises(BadOutcome):
        proposed(flag, lender, "stopped", stop_days=30)
    with pytest.raises(BadOutcome):
        proposed(flag, agency, "proven", damage=100, harmed_id=lender.pk)


def test_only_compliance_decides() -> None:
    agency = collector()
    flag = asked(flagged(agency))
    for role in (Role.REVIEWER, Role.OPERATOR, Role.COLLECTOR):
        with pytest.raises(NotPermitted):
            proposed(flag, agency, "unfounded", by=actor(role, agency))


def test_a_stopped_collector_takes_nothing_until_its_day(market: Market) -> None:
    agency = Organisation.objects.get(pk=market.collector.org_id)
    sanctioned(agency, "stopped", stop_days=2)
    listing = market.list(at=AT + 4 * DAY)
    with pytest.raises(TakingStopped):
        take(listing_id=listing.pk, actor=market.collector, at=AT + 5 * DAY - timedelta(seconds=1))
    assert take(listing_id=listing.pk, actor=market.collector, at=AT + 5 * DAY)


def objection(made: Ruling, about: Organisation, **fields: Any) -> Ruling:
    given = {"text": "The account is not ours.", "at": AT + 4 * DAY, **fields}
    who = given.pop("actor", actor(Role.COLLECTOR, about))
    return object_to(ruling_id=made.pk, actor=who, **given)


def answer(made: Ruling, by: Any = THIRD, *, accepted: bool = True) -> Ruling:
    return decide_objection(
        ruling_id=made.pk,
        accepted=accepted,
        answer="The bank has corrected it.",
        actor=by,
        at=AT + 5 * DAY,
    )


def test_an_objection_is_decided_by_a_third_officer() -> None:
    agency = collector()
    made = sanctioned(agency, "suspended")
    assert state_of(agency) == "suspended"
    # Its people cannot sign in: an officer records the letter.
    objection(made, agency, actor=ONE)
    for by in (ONE, OTHER):
        with pytest.raises(AnotherOfficer):
            answer(made, by=by)
    assert answer(made).state == "overturned"
    assert state_of(agency) == "active"
    with pytest.raises(NothingToAppeal):
        answer(made)


def test_an_accepted_objection_lifts_the_stop() -> None:
    agency = collector()
    made = sanctioned(agency, "stopped", stop_days=90)
    objection(made, agency)
    answer(made)
    assert TakingStop.objects.get().lifted_at is not None


def test_a_refused_objection_leaves_everything() -> None:
    agency = collector()
    made = sanctioned(agency, "stopped", stop_days=90)
    objection(made, agency)
    assert answer(made, accepted=False).state == "standing"
    assert TakingStop.objects.get().lifted_at is None
    with pytest.raises(NothingToAppeal):
        objection(made, agency)


def test_objections_have_a_time_and_an_owner() -> None:
    agency = collector()
    made = sanctioned(agency, "warning")
    with pytest.raises(NoSuchRuling):
        objection(made, collector())
    with pytest.raises(TooLate):
        objection(made, agency, at=AFTER)
    assert objection(made, agency, at=AFTER - timedelta(seconds=1)).appealed_at


def test_one_won_objection_does_not_undo_another_suspension() -> None:
    agency = collector()
    first = sanctioned(agency, "suspended")
    flag = asked(flagged(agency, rule="own-debtor"))
    second = agreed(proposed(flag, agency, "suspended", at=AT + days("hearing_days")))
    assert (first.suspended, second.suspended) == (True, False)
    objection(first, agency, actor=ONE)
    answer(first)
    assert state_of(agency) == "suspended"


STEPS = st.lists(
    st.tuples(st.sampled_from(("rule", "decide", "answer")), st.integers(0, 2)), max_size=8
)


class TwoOfficers(TestCase):
    """Whatever officers try, in whatever order: nothing happens that two did not decide."""

    @given(STEPS, st.sampled_from(("warning", "stopped", "suspended", "proven")))
    @settings(max_examples=25, deadline=None)
    def test_no_sanction_without_two_officers(
        self, steps: list[tuple[str, int]], outcome: str
    ) -> None:
        agency = collector()
        flag = asked(flagged(agency))
        for step, who in steps:
            _try(flag, agency, outcome, step, (ONE, OTHER, THIRD)[who])
        standing = Ruling.objects.filter(flag=flag, state="standing")
        for each in standing:
            assert each.decided_by not in ("", each.asked_by)
        acted = state_of(agency) == "suspended" or TakingStop.objects.filter(collector=agency)
        assert bool(acted) == standing.exclude(outcome="warning").exists()


def _try(flag: IntegrityFlag, agency: Organisation, outcome: str, step: str, by: Any) -> None:
    waiting = Ruling.objects.filter(flag=flag, state="asked").first()
    try:
        if step == "answer":
            answered(flag, agency)
        elif step == "rule":
            rule(
                flag_id=flag.pk, org_id=agency.pk, outcome=outcome, reason="Seen.", stop_days=9,
                actor=by, at=AT + DAY,
            )  # fmt: skip
        elif waiting:
            decide_ruling(ruling_id=waiting.pk, agreed=True, actor=by, at=AT + DAY)
    except DomainError:
        return
