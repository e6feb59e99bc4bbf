"""
A process from which workers are forked; each takes notices and pays out, until done or killed.

What it does is what the doors and jobs do: every notice at least once, every step of a run, the
file to the bank, the bank's answers back. Only the database and the folders tell how far it came.
"""

from __future__ import annotations

import csv
import io
import os
import sys
from pathlib import Path
from uuid import UUID, uuid4

from tests.settlement.desk_people import ANSWERS, APPROVES, NOW, PREPARES

IN, BANK = "in", "bank"


def delivered(folder: Path) -> dict[str, str]:
    """Return what the bank was told to pay: a number that came twice is one payment."""
    found: dict[str, str] = {}
    for path in sorted((folder / BANK).glob("*.csv")):
        rows = list(csv.reader(io.StringIO(path.read_text("gb18030"))))[1:]
        for row in rows:
            number = row[6].split()[-1]
            assert found.setdefault(number, row[5]) == row[5], "one number, two amounts"
    return found


def refused(number: str) -> bool:
    """Tell whether the bank sends a payment back; the next one of the same money has luck."""
    return int(number[-2:]) % 4 == 0


def answers(folder: Path) -> bytes:
    """Return the bank's answers to all it was ever told, as CSV."""
    rows = ["用途,金额,状态,原因"]
    for number, amount in delivered(folder).items():
        state = "退汇,超时" if refused(number) else "成功,"
        rows.append(f"{number},{amount},{state}")
    return "\n".join(rows).encode()


def work(folder: Path) -> None:
    """Do all there is to do."""
    while take_notices(folder) or pay_out(folder):
        pass


def take_notices(folder: Path) -> bool:
    from qinghe.settlement import services

    waiting = sorted((folder / IN).iterdir())
    for path in waiting:
        signature, body = path.read_text().split("\n", 1)
        services.receive_notice(body=body.encode(), signature=signature, at=NOW)
        path.unlink()
    return bool(waiting)


def pay_out(folder: Path) -> bool:
    """Do the next step of the run there is, or begin one; tell whether there was anything."""
    from qinghe.settlement import payout_refusals as no
    from qinghe.settlement import services
    from qinghe.settlement.models import PayoutRun

    live = PayoutRun.objects.exclude(state__in=["done", "dropped"]).order_by("opened_at", "number")
    run = live.first()
    if run is None:
        services.prepare_payouts(actor=PREPARES, at=NOW)
        try:
            services.open_run(currency="CNY", actor=PREPARES, at=NOW)
        except no.NothingToRun:
            return False
        return True
    advance(run.pk, run.state, bool(run.file_sha256), folder)
    return True


def advance(run_id: UUID, state: str, has_file: bool, folder: Path) -> None:
    from qinghe.settlement import services

    told = {"run_id": run_id, "actor": PREPARES, "at": NOW}
    if state == "draft":
        services.approve_run(run_id=run_id, actor=APPROVES, at=NOW)
    elif state == "approved" and not has_file:
        services.make_bank_file(**told, file_format="cn-csv", executes_on=NOW.date())
    elif state == "approved":
        content = services.open_bank_file(**told).content
        # To the bank first; whoever dies here brings it there again.
        partial = folder / f"{uuid4()}.partial"
        partial.write_bytes(content)
        partial.replace(folder / BANK / f"{uuid4()}.csv")
        services.hand_in(**told)
    else:
        services.read_bank_answers(content=answers(folder), actor=ANSWERS, at=NOW)


def main(database: str, files: str) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django
    from django.conf import settings

    django.setup()
    from django.db import connection

    import qinghe.settlement.services  # noqa: F401  read once, before the forks

    connection.settings_dict["NAME"] = database
    settings.VAULT_FILES = files
    print("ready", flush=True)
    for _line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            # What it may say goes beside the lines that are counted.
            os.dup2(2, 1)
            work(Path(files))
            os._exit(0)
        print(pid, flush=True)
        _pid, status = os.waitpid(pid, 0)
        print(status, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
