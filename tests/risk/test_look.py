"""Doubts are looked for where something is new or has changed, and once a day everywhere."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from procrastinate.contrib.django.models import ProcrastinateJob

from qinghe.claims.models import Claim, Evidence
from qinghe.claims.services import add_evidence, deliver_terms, place_hold, restate
from qinghe.claims.services.holds import lift_hold
from qinghe.claims.services.unseen import look_at
from qinghe.kernel import clock
from qinghe.kernel.actor import Actor, Role, system
from qinghe.risk.jobs import look, look_around, look_soon
from qinghe.simulation.evidence import contract_pdf
from tests import factories
from tests.claims.test_amounts import AGREED
from tests.claims.world import claim_of, creditor
from tests.factories import AT

pytestmark = pytest.mark.django_db
JOB = system("tests")


def seen(*, everything: bool = False) -> set[Any]:
    found: list[Any] = []
    look_at(lambda chunk: found.extend(pk for pk, _debtor in chunk), everything=everything)
    return set(found)


def submitted(count: int) -> list[Claim]:
    return [factories.claim(state="submitted") for _ in range(count)]


def paper(claim: Claim) -> None:
    content = contract_pdf(claim.number, "contract")
    add_evidence(
        claim_id=claim.pk, kind="contract", filename="a.pdf", content=content, actor=JOB, at=AT
    )


def terms(claim: Claim) -> None:
    deliver_terms(claim_id=claim.pk, terms=AGREED, actor=JOB, at=AT)


def raised(claim: Claim) -> None:
    restate(
        claim_id=claim.pk, amounts={"costs": 5}, reason="Fee.",
        actor=Actor(Role.CREDITOR, org_id=claim.creditor_id), at=AT,
    )  # fmt: skip


def freed(claim: Claim) -> None:
    place_hold(
        person_id=claim.debtor_id, claim_id=claim.pk, kind="flag", cause="x", ends_at=None,
        actor=JOB, at=AT,
    )  # fmt: skip
    lift_hold(cause="x", actor=JOB, at=AT)


def test_a_claim_of_a_file_is_looked_at_once() -> None:
    claim = claim_of(creditor())
    assert seen() == {claim.pk}
    assert seen() == set()


@pytest.mark.parametrize("change", [paper, terms, raised, freed])
def test_what_changed_is_looked_at_again_and_nothing_else(change: Callable[[Claim], None]) -> None:
    first, *_others = submitted(3)
    assert len(seen()) == 3
    change(first)
    assert seen() == {first.pk}
    assert seen() == set()


def test_once_a_day_everything_is_looked_at() -> None:
    three = submitted(3)
    factories.claim(state="ready")
    seen()
    assert seen(everything=True) == {each.pk for each in three}


def test_a_look_that_fails_is_made_again() -> None:
    (claim,) = submitted(1)

    def fails(_chunk: object) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        look_at(fails)
    assert seen() == {claim.pk}


def test_the_work_grows_with_what_is_new_and_not_with_what_waits() -> None:
    with clock.at(AT):
        submitted(40)
        look()
        factories.claim(state="submitted")
        few = queries(look)
        submitted(40)
        look()
        factories.claim(state="submitted")
        assert queries(look) == few
        assert queries(look) < few
        look_around()
    assert not Claim.objects.filter(unseen=True, state="submitted").exists()
    assert not Evidence.objects.exists()


def queries(job: Callable[[], object]) -> int:
    with CaptureQueriesContext(connection) as found:
        job()
    return len(found)


def test_what_was_submitted_is_looked_at_as_soon_as_it_is_there() -> None:
    ProcrastinateJob.objects.filter(task_name="risk.look-soon").delete()
    claim = claim_of(creditor())
    assert ProcrastinateJob.objects.filter(task_name="risk.look-soon", status="todo").count() == 1
    assert Claim.objects.get(pk=claim.pk).unseen
    with clock.at(AT):
        look_soon()
        look_soon()
    assert not Claim.objects.get(pk=claim.pk).unseen
