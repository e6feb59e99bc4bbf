"""Workers are killed at random moments of notices and payouts: nothing paid twice, nothing lost."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import IO

import pytest
from django.db import connection
from django.db.models import Sum
from pytest_django.fixtures import Settings

from qinghe.journal.services import seal
from qinghe.ledger import queries as books
from qinghe.ledger.models import Transfer
from qinghe.parties.models import Organisation
from qinghe.reporting.verification import verify
from qinghe.settlement import accounts, cashier
from qinghe.settlement.models import CashierOrder, Payment, Payout, PayoutRun
from tests.factories import AT, claim, organisation
from tests.place import ROOT
from tests.settlement.banked import account
from tests.settlement.desk import BANK, IN, delivered, refused
from tests.settlement.desk_people import NOW

pytestmark = pytest.mark.django_db(transaction=True)


def pay_in(folder: Path, creditors: list[Organisation], random: Random) -> None:
    """Let debtors pay at the cashier, whose notices come once or twice, in any order."""
    notices = []
    for creditor in creditors:
        target = claim(principal=50_000, creditor=creditor)
        order = CashierOrder.objects.create(
            claim=target, amount=random.randrange(100, 50_000), currency="CNY",
            provider=cashier.PROVIDER, created_at=AT, expires_at=AT + timedelta(minutes=30),
        )  # fmt: skip
        told = (order.pk, cashier.PAID, order.amount, order.currency, NOW)
        body = cashier.notice_body(cashier.Notice(*told))
        notices += [f"{cashier.sign(body)}\n{body.decode()}"] * random.choice((1, 2))
    random.shuffle(notices)
    for text in notices:
        (folder / "partial").write_text(text)
        (folder / "partial").replace(folder / IN / f"{random.getrandbits(64):016x}")


@contextmanager
def nursery(folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Give the process that workers are forked from; no more than a line of it is read ahead."""
    told = (str(connection.settings_dict["NAME"]), str(folder))
    mother = subprocess.Popen(
        [sys.executable, "-m", "tests.settlement.desk", *told],
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0,
    )  # fmt: skip
    try:
        assert reader(mother).readline() == b"ready\n"
        yield mother
    finally:
        mother.communicate()
    assert mother.returncode == 0


def reader(mother: subprocess.Popen[bytes]) -> IO[bytes]:
    assert mother.stdout is not None
    return mother.stdout


def round_of(mother: subprocess.Popen[bytes], patience: float | None) -> bool:
    """Fork a worker; kill it after a while; tell whether it died of that."""
    assert mother.stdin is not None
    mother.stdin.write(b"go\n")
    pid = int(reader(mother).readline())
    if patience is not None and not select.select([reader(mother)], [], [], patience)[0]:
        # It may have ended this very moment.
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    status = int(reader(mother).readline())
    assert status in (0, signal.SIGKILL), status
    return status == signal.SIGKILL


def live_through(folder: Path, *, rounds: int, seed: int) -> None:
    """Kill a worker in every round, at any point of its work, then let one finish."""
    random = Random(seed)
    creditors = [organisation() for _each in range(4)]
    for creditor in creditors:
        account(creditor)
    killed, longest = 0, 1.5
    with nursery(folder) as mother:
        while killed < rounds:
            if not any((folder / IN).iterdir()):
                pay_in(folder, creditors, random)
            died = round_of(mother, random.uniform(0.01, longest))
            killed += died
            # Neither always at the beginning nor always after the end.
            longest = min(max(longest * (1.02 if died else 0.9), 0.2), 5.0)
        assert not round_of(mother, None)
    assert_nothing_twice_and_nothing_lost(folder)


def assert_nothing_twice_and_nothing_lost(folder: Path) -> None:
    assert not any((folder / IN).iterdir())
    orders = CashierOrder.objects.all()
    assert set(orders.values_list("state", flat=True)) == {"paid"}
    assert Payment.objects.count() == orders.count()
    assert sum_of(Payment.objects) == sum_of(orders)
    # What the bank was told, what we say of it, and what was paid in are one sum.
    told = delivered(folder)
    paid = Payout.objects.filter(state="paid")
    at_the_bank = {number: amount for number, amount in told.items() if not refused(number)}
    assert set(at_the_bank) == set(paid.values_list("number", flat=True))
    assert sum(Decimal(each) for each in at_the_bank.values()) * 100 == sum_of(paid)
    assert sum_of(paid) == sum_of(orders)
    back = Payout.objects.filter(state="failed")
    assert {number for number in told if refused(number)} == set(
        back.values_list("number", flat=True)
    )
    assert bool(back) == Payout.objects.filter(retry_of__isnull=False).exists()
    # Each of them left the books once.
    left = Transfer.objects.filter(kind="payout.paid", reverses=None)
    assert left.values("subject").distinct().count() == left.count() == paid.count()
    for creditor in Organisation.objects.all():
        assert books.balance(path=accounts.collected(creditor.pk), currency="CNY") == 0
    assert books.balance(path=accounts.BANK, currency="CNY") == 0
    assert set(PayoutRun.objects.values_list("state", flat=True)) == {"done"}
    assert books.trial_balance() == {"CNY": 0}
    assert books.wrong_balances() == []
    seal(at=NOW)
    report = verify(at=NOW)
    assert report.ok, report


def sum_of(rows: object) -> int:
    return int(rows.aggregate(total=Sum("amount"))["total"])  # type: ignore[attr-defined]


@pytest.fixture
def folder(settings: Settings, tmp_path: Path) -> Path:
    settings.VAULT_FILES = tmp_path
    for name in (IN, BANK):
        (tmp_path / name).mkdir()
    return tmp_path


def test_a_worker_killed_some_times_pays_nothing_twice_and_loses_nothing(folder: Path) -> None:
    live_through(folder, rounds=5, seed=4)


@pytest.mark.slow
def test_a_worker_killed_200_times_pays_nothing_twice_and_loses_nothing(folder: Path) -> None:
    live_through(folder, rounds=int(os.environ.get("QINGHE_CRASH_PAYOUTS", "200")), seed=7)
