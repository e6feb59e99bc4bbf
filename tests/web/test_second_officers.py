"""Who does not stand apart from the officer who asked reads so, and has no button to agree."""

from __future__ import annotations

import pytest
from django.test import Client

from qinghe.kernel import clock
from qinghe.kernel.actor import Role
from qinghe.settlement.services import ask_limits
from tests.factories import AT, collector
from tests.quality.integrity import acting
from tests.settlement import test_lowering as lowering
from tests.settlement.banked import opened, owed
from tests.shown import fields_of
from tests.web.people import actor_of, signed_in, sock_of

pytestmark = pytest.mark.django_db
WORDS = "A second officer who stands apart from whoever asked decides it."
LATER = AT + 3 * lowering.DAY


def see(client: Client, place: str) -> str:
    with clock.at(LATER):
        return client.get(place).text


def officers(role: Role = Role.COMPLIANCE) -> tuple[Client, Client, Client]:
    """Return who asks, an account of that one's making, and somebody else."""
    one = signed_in(role)
    return one, sock_of(one, role), signed_in(role)


def test_a_ruling_of_integrity() -> None:
    agency = collector()
    one, sock, other = officers()
    flag = acting.asked(acting.flagged(agency))
    acting.answered(flag, agency)
    acting.proposed(flag, agency, by=actor_of(one, Role.COMPLIANCE))
    place = f"/integrity/{flag.pk}/"
    for tied in (one, sock):
        assert WORDS in see(tied, place)
        assert 'data-test="agree"' not in see(tied, place)
    assert 'data-test="agree"' in see(other, place)


def test_a_lowered_claim() -> None:
    one, sock, other = officers()
    case = lowering.answered(lowering.objected(lowering.lowered()))
    lowering.judged(case, case.amount, actor_of(one, Role.COMPLIANCE))
    place = f"/integrity/lowered/{case.pk}/"
    for tied in (one, sock):
        assert WORDS in see(tied, place)
        assert 'data-test="agree"' not in see(tied, place)
    assert 'data-test="agree"' in see(other, place)


def test_an_old_page_agrees_to_no_other_lowering() -> None:
    one, _sock, other = officers()
    case = lowering.answered(lowering.objected(lowering.lowered()))
    lowering.judged(case, 100, actor_of(one, Role.COMPLIANCE))
    place = f"/integrity/lowered/{case.pk}/"
    with clock.at(LATER):
        old = fields_of(other, place, f"{place}decide/")
        third = signed_in(Role.COMPLIANCE)
        no = fields_of(third, place, f"{place}decide/")
        third.post(f"{place}decide/", {**no, "agreed": "0"})
        lowering.judged(case, case.amount, actor_of(one, Role.COMPLIANCE))
        for answer in ("1", "0"):
            sent = {**old, "request_key": answer, "agreed": answer}
            told = other.post(f"{place}decide/", sent, follow=True).text
            assert "This changed after you opened the page" in told
    case.refresh_from_db()
    assert (case.state, case.due) == ("asked", case.amount)


def test_limits_and_a_run() -> None:
    one, sock, other = officers(Role.OPERATOR)
    asker = actor_of(one, Role.OPERATOR)
    told = {"per_payout": 9_000, "per_run": 9_000, "per_day": 9_000}
    ask_limits(currency="CNY", **told, actor=asker, at=AT)
    owed(700)
    places = {
        "/payouts/limits/": "agree-limits",
        f"/payouts/runs/{opened(who=asker).pk}/": "approve-run",
    }
    for place, button in places.items():
        for tied in (one, sock):
            assert f'data-test="{button}"' not in see(tied, place)
        assert f'data-test="{button}"' in see(other, place)
