"""A creditor who names a person known here, and an address of its own, cannot open their page."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from qinghe.claims.models import Claim
from qinghe.claims.services import NotVerifiable
from qinghe.kernel.actor import Actor, Role, system
from qinghe.kernel.ids import new_id
from qinghe.parties.models import Organisation, Person
from qinghe.risk.models import Flag
from qinghe.risk.services import decide_flag, raise_flags
from tests.desk import release
from tests.factories import AT, claim, organisation, papers, person, point

pytestmark = pytest.mark.django_db
JOB = system("tests")
REVIEWER = Actor(role=Role.REVIEWER, user_id=new_id())
LATER = AT + timedelta(days=1)


def named(who: Person, by: Organisation, at: datetime, kind: str) -> Claim:
    """Let a creditor name a person with one address, as a batch does: at one moment."""
    point(who, kind, created_at=at, state="unverified")
    made = claim(debtor=who, creditor=by, created_at=at, state="submitted")
    raise_flags(claim_ids=[made.pk], actor=JOB, at=at)
    return made


def codes(of: Claim) -> list[str]:
    return list(Flag.objects.filter(claim=of).values_list("code", flat=True))


@pytest.mark.parametrize("kind", ["address", "email"])
def test_the_claim_waits_until_a_person_has_looked(kind: str) -> None:
    victim = person()
    assert codes(named(victim, organisation(), AT, "phone")) == []
    planted = named(victim, organisation(), LATER, kind)
    assert codes(planted) == ["other-address"]
    papers(planted)
    with pytest.raises(NotVerifiable):
        release(claim_id=planted.pk, actor=REVIEWER, at=LATER)
    flag = Flag.objects.get(claim=planted)
    seen = {"flag_id": flag.pk, "confirmed": False, "note": "The register says so.", "at": LATER}
    decide_flag(**seen, actor=REVIEWER)
    with pytest.raises(NotVerifiable):
        release(claim_id=planted.pk, actor=REVIEWER, at=LATER)
    decide_flag(**seen, actor=Actor(Role.REVIEWER, new_id()))
    assert release(claim_id=planted.pk, actor=REVIEWER, at=LATER).state == "challenge"


def test_the_first_creditor_and_the_same_creditor_again_raise_nothing() -> None:
    bank, debtor = organisation(), person()
    assert codes(named(debtor, bank, AT, "address")) == []
    assert codes(named(debtor, bank, LATER, "email")) == []


def test_an_address_that_was_known_before_raises_nothing() -> None:
    debtor = person()
    named(debtor, organisation(), AT, "address")
    again = claim(debtor=debtor, created_at=LATER, state="submitted")
    raise_flags(claim_ids=[again.pk], actor=JOB, at=LATER)
    assert codes(again) == []
