"""A reason outside the collector excuses when somebody else bears it out, not by its name."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from qinghe.claims.services import place_hold
from qinghe.claims.terms import HoldKind
from qinghe.kernel.actor import Actor, Role
from qinghe.market.models import Mandate
from qinghe.market.queries.cooling import FREE, cooling_among
from qinghe.market.queries.excuses import excuses
from qinghe.market.refusals import CoolingOff, NoSuchMandate
from qinghe.market.services import confirm_return, give_back, refuse_return, take
from qinghe.market.services.excusing import NothingToExcuse
from qinghe.market.terms import OWN_DOING, Excuse, ReturnReason
from qinghe.parties.models import ContactPoint
from qinghe.parties.roles import NotPermitted
from qinghe.parties.terms import PointState
from tests import factories
from tests.factories import AT
from tests.market.conftest import licensed
from tests.market.test_exposure import listed

pytestmark = pytest.mark.django_db
LATER = AT + timedelta(hours=1)


def taken(taker: Actor) -> Mandate:
    (order,) = listed(1)
    return take(listing_id=order.pk, actor=taker, at=AT)


def returned(taker: Actor, code: str = ReturnReason.NO_CONTACT) -> Mandate:
    return give_back(mandate_id=taken(taker).pk, reason="x", code=code, actor=taker, at=AT)


def creditor_of(mandate: Mandate) -> Actor:
    return factories.actor(Role.CREDITOR, mandate.creditor)


def cools(taker: Actor) -> bool:
    """Tell it by both ways in which it is asked; they must agree."""
    assert taker.org_id is not None
    told = taker.org_id in cooling_among([taker.org_id], AT)
    (order,) = listed(1)
    try:
        with transaction.atomic():
            take(listing_id=order.pk, actor=taker, at=AT)
            transaction.set_rollback(True)
    except CoolingOff:
        assert told
    else:
        assert not told
    return told


@pytest.mark.parametrize("code", [c for c in ReturnReason if c not in OWN_DOING])
def test_a_name_alone_excuses_nothing(code: str) -> None:
    taker = licensed()
    found = [returned(taker, code) for _ in range(FREE + 1)]
    assert {mandate.excuse for mandate in found} == {Excuse.WAITING}
    assert cools(taker)
    confirm_return(mandate_id=found[0].pk, actor=creditor_of(found[0]), at=LATER)
    assert not cools(taker)


def test_what_is_refused_goes_on_counting_and_says_why() -> None:
    taker = licensed()
    found = [returned(taker) for _ in range(FREE + 1)]
    done = refuse_return(
        mandate_id=found[0].pk, words=" nobody rang ", actor=creditor_of(found[0]), at=LATER
    )
    assert (done.excuse, done.excuse_words, done.excuse_at) == ("refused", "nobody rang", LATER)
    assert cools(taker)
    with pytest.raises(NothingToExcuse):
        confirm_return(mandate_id=found[0].pk, actor=creditor_of(found[0]), at=LATER)
    confirm_return(mandate_id=found[1].pk, actor=factories.actor(Role.OPERATOR), at=LATER)
    assert not cools(taker)


def test_only_its_creditor_or_the_operator_answers() -> None:
    taker = licensed()
    mandate = returned(taker)
    other = factories.actor(Role.CREDITOR, factories.organisation())
    with pytest.raises(NoSuchMandate):
        confirm_return(mandate_id=mandate.pk, actor=other, at=LATER)
    with pytest.raises(NotPermitted):
        confirm_return(mandate_id=mandate.pk, actor=taker, at=LATER)
    assert excuses(actor=other) == []
    assert [row.mandate_id for row in excuses(actor=creditor_of(mandate))] == [mandate.pk]
    confirm_return(mandate_id=mandate.pk, actor=creditor_of(mandate), at=LATER)
    assert excuses(actor=creditor_of(mandate)) == []


@pytest.mark.parametrize(
    ("kind", "code", "proven"),
    [
        (HoldKind.DEATH, ReturnReason.NO_CONTACT, True),
        (HoldKind.MORATORIUM, ReturnReason.CANNOT_PAY, True),
        (HoldKind.HARDSHIP, ReturnReason.CANNOT_PAY, True),
        (HoldKind.HARDSHIP, ReturnReason.REFUSES, False),
        (HoldKind.DISPUTE, ReturnReason.DISPUTED, True),
        (HoldKind.DISPUTE, ReturnReason.PAPERS, False),
        (HoldKind.COMPLAINT, ReturnReason.CONFLICT, False),
        (HoldKind.DEATH, ReturnReason.NO_ROOM, None),
    ],
)
def test_a_hold_of_the_case_bears_a_fitting_reason_out(
    kind: HoldKind, code: str, proven: bool | None
) -> None:
    taker = licensed()
    mandate = taken(taker)
    place_hold(
        person_id=mandate.claim.debtor_id,
        claim_id=mandate.claim_id,
        kind=kind,
        cause="test:1",
        ends_at=None,
        actor=factories.actor(Role.COMPLIANCE),
        at=AT,
    )
    done = give_back(mandate_id=mandate.pk, reason="", code=code, actor=taker, at=LATER)
    expected = {True: Excuse.PROVEN, False: Excuse.WAITING, None: ""}[proven]
    assert done.excuse == expected


@pytest.mark.parametrize(("checked", "excuse"), [(-1, Excuse.PROVEN), (1, Excuse.WAITING)])
def test_an_address_out_of_service_counts_if_somebody_else_found_it(
    checked: int, excuse: Excuse
) -> None:
    taker = licensed()
    mandate = taken(taker)
    points = ContactPoint.objects.filter(person=mandate.claim.debtor_id)
    assert points.update(state=PointState.INVALID, checked_at=AT + timedelta(minutes=checked))
    done = give_back(
        mandate_id=mandate.pk, reason="", code=ReturnReason.NO_CONTACT, actor=taker, at=LATER
    )
    assert done.excuse == excuse


def test_the_database_keeps_an_excuse_to_returns_and_an_answer_to_its_moment() -> None:
    taker = licensed()
    live, over = taken(taker), returned(taker)
    for pk, changed in (
        (live.pk, {"excuse": Excuse.WAITING}),
        (over.pk, {"excuse": Excuse.CONFIRMED}),
        (over.pk, {"excuse_at": LATER}),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Mandate.objects.filter(pk=pk).update(**changed)
