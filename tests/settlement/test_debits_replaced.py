"""From the instant another plan runs, no debit of the one before it can be ordered."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from django.db import connection, transaction

from qinghe.casework.models import Plan
from qinghe.casework.services import decide_plan, propose_plan
from qinghe.kernel.actor import Role
from qinghe.settlement import debit_refusals as no
from qinghe.settlement import services
from qinghe.settlement.models import Debit, DebitMandate
from tests.factories import actor
from tests.races import PATIENCE
from tests.settlement.banked import ONE, OTHER
from tests.settlement.test_debits import RUN, World, allow, announced, filed, opened, planned_world
from tests.settlement.test_debits import _files as _files

LATER = RUN + timedelta(hours=1)


@pytest.fixture
def world(db: None) -> World:
    return planned_world()


def proposed(world: World, at: datetime = RUN) -> Plan:
    return propose_plan(claim_id=world.claim.pk, monthly=10_000, actor=world.debtor, at=at)


def agree(plan: Plan, at: datetime = RUN) -> None:
    creditor = actor(Role.CREDITOR, plan.claim.creditor)
    decide_plan(plan_id=plan.pk, agreed=True, actor=creditor, at=at)


def hand_in(run_id: object) -> str:
    try:
        services.hand_in_debits(run_id=run_id, actor=ONE, at=LATER)  # type: ignore[arg-type]
    except no.DebitUnfit as refused:
        return refused.code
    finally:
        connection.close()
    return "sent"


def test_an_announced_debit_joins_no_run_though_its_mandate_ends_only_at_night(
    world: World,
) -> None:
    allow(world)
    announced()
    agree(proposed(world))
    assert DebitMandate.objects.get().state == "active"
    with pytest.raises(no.NothingToDebit):
        opened(LATER)
    services.plan_debits(at=LATER)
    assert (DebitMandate.objects.get().state, Debit.objects.get().state) == ("over", "dropped")


def test_a_run_that_waits_goes_no_step_further(world: World) -> None:
    allow(world)
    announced()
    run = opened()
    agree(proposed(world))
    with pytest.raises(no.DebitUnfit):
        services.approve_debit_run(run_id=run.pk, actor=OTHER, at=LATER)


@pytest.mark.parametrize("step", [services.make_debit_file, services.hand_in_debits])
def test_nor_does_one_that_was_approved(world: World, step: Callable[..., object]) -> None:
    allow(world)
    announced()
    if step is services.hand_in_debits:
        run = filed()
    else:
        run = services.approve_debit_run(run_id=opened().pk, actor=OTHER, at=RUN)
    agree(proposed(world))
    with pytest.raises(no.DebitUnfit):
        step(run_id=run.pk, actor=ONE, at=LATER)
    assert Debit.objects.get().state == "joined"


@pytest.mark.django_db(transaction=True)
def test_who_hands_in_while_the_plan_gives_way_waits_and_is_refused() -> None:
    world = planned_world()
    allow(world)
    announced()
    run, plan = filed(), proposed(world)
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            agree(plan)
            handed = pool.submit(hand_in, run.pk)
            _until_it_waits(handed)
        answer = handed.result()
    assert answer == no.DebitUnfit.code
    assert Debit.objects.get().state == "joined"


def _until_it_waits(other: Future[str]) -> None:
    """Return once another connection waits for a lock of this one, or has ended."""
    end = time.monotonic() + PATIENCE
    while not other.done() and not _is_waited_for():
        assert time.monotonic() < end


def _is_waited_for() -> bool:
    # Not asked of pg_stat_activity: a transaction sees there what it saw first, for ever.
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT 1 FROM pg_locks"
            " WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid)))"
        )
        return bool(cursor.fetchone()[0])
