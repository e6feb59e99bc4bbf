"""
`qinghe bench gate`: decisions per second through the whole service, over millions of past contacts.

The limit is the service's own SQL, replayed by pgbench with as many clients in the same run.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from multiprocessing import get_context
from random import Random
from typing import Any, Final
from uuid import UUID

from django.db import connection

from config.passing import own_database
from qinghe.bench.frame import Result, bare, filled, machine, peak_mb, percentiles, versions
from qinghe.bench.pgbench import recorded, replay, version, with_variables
from qinghe.contact.models import Attempt
from qinghe.contact.queries.situation import STANDING
from qinghe.contact.services import request_contact
from qinghe.contact.terms import AttemptState
from qinghe.kernel.actor import Actor, Role

DAY: Final = date(2026, 3, 10)
# Noon in China, when most contacts are allowed.
AT: Final = datetime(2026, 3, 10, 4, tzinfo=UTC)
CLIENTS: Final = (1, 4, 16, 64)
# The number of clients the goals speak of.
USUAL: Final = 16
COLLECTORS: Final = 40
CREDITORS: Final = 20
FIRST: Final = 100_000_000_000
# Numbers of persons begin above those of organisations; new attempts count from here.
OTHERS: Final = 61
NEW: Final = 900_000_000_000
WARM_UP: Final = 30
PLACE: Final = re.compile(r"%\((\w+)\)s")
TABLES: Final = (
    "parties_person",
    "claims_claim",
    "market_mandate",
    "parties_vaultitem",
    "parties_contactpoint",
)


@dataclass(frozen=True)
class Leg:
    """One number of clients: latencies of the service in milliseconds, and over how long."""

    milliseconds: list[float]
    seconds: float

    @property
    def rate(self) -> float:
        """Return decisions per second."""
        return len(self.milliseconds) / self.seconds


def gate(
    *,
    persons: int,
    contacts: int,
    seconds: int,
    clients: tuple[int, ...] = CLIENTS,
    progress: Callable[[str], None] = lambda _line: None,
) -> Result:
    """
    Ask for contact with random persons: as one client and as many, over few contacts and over all.
    """
    begun = time.perf_counter()
    usual = USUAL if USUAL in clients else clients[-1]
    with own_database():
        progress(f"making {persons:,} persons with one past contact each")
        _fill(persons)
        parts = {f"{usual} clients, {persons:,} contacts": _leg(persons, usual, seconds, 0)}
        progress(f"making {contacts:,} past contacts")
        _add_contacts(2, max(1, contacts // persons), persons)
        _require_index()
        for number, count in enumerate(clients, start=1):
            progress(f"{count} clients")
            parts[f"{count} clients, {contacts:,} contacts"] = _leg(persons, count, seconds, number)
        chosen = parts[f"{usual} clients, {contacts:,} contacts"]
        return Result(
            name="gate",
            ours=chosen["ours"],
            limit=chosen["limit"],
            ratio=chosen["ratio"],
            unit=f"decisions/s, {usual} clients",
            seconds=round(time.perf_counter() - begun, 1),
            p50_ms=chosen["p50_ms"],
            p99_ms=chosen["p99_ms"],
            peak_mb=round(peak_mb(), 1),
            sizes={"persons": persons, "contacts": contacts, "seconds": seconds},
            parts=parts,
            versions={**versions(), **version()},
            machine=machine(),
        )


def _fill(persons: int) -> None:
    with bare(*TABLES):
        filled("gate.sql", day=DAY, persons=persons)
    _add_contacts(1, 1, persons)


def _add_contacts(first: int, last: int, persons: int) -> None:
    with bare("contact_attempt"):
        filled("contacts.sql", day=DAY, persons=persons, first=first, last=last)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def scanned() -> dict[str, str]:
    """
    Return for each table of the gate's one read the index that finds its rows, or `Seq Scan`.

    It is the plan for any values, which the server keeps for a prepared statement.
    """
    names = dict.fromkeys(PLACE.findall(STANDING))
    numbers = {name: f"${number}" for number, name in enumerate(names, start=1)}
    statement = PLACE.sub(lambda found: numbers[found[1]], STANDING)
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (GENERIC_PLAN, FORMAT JSON) {statement}")
        ((plan,),) = cursor.fetchall()
    return dict(_scans(plan[0]["Plan"]))


def _scans(node: dict[str, Any]) -> Iterator[tuple[str, str]]:
    if "Relation Name" in node:
        yield node["Relation Name"], node.get("Index Name", node["Node Type"])
    for child in node.get("Plans", ()):
        index = child.get("Index Name")
        if node["Node Type"] == "Bitmap Heap Scan" and index:
            yield node["Relation Name"], index
        else:
            yield from _scans(child)


def _require_index() -> None:
    """
    Make sure that no measurement is of a scan.

    :raises RuntimeError: the past contacts of one person are not found by their index
    """
    found = scanned()["contact_attempt"]
    if found != "contact_attempt_person":
        raise RuntimeError(f"the gate reads past contacts by {found}")


def _leg(persons: int, clients: int, seconds: int, number: int) -> dict[str, float]:
    """Measure the service, then its bare SQL, with so many clients."""
    ours = _measured(persons, clients, seconds, number)
    bare_sql = replay(_script(number), clients=clients, seconds=seconds, persons=persons)
    p50, p99 = percentiles(ours.milliseconds)
    limit_p50, limit_p99 = percentiles(bare_sql.milliseconds)
    return {
        "ours": round(ours.rate, 1),
        "limit": round(bare_sql.rate, 1),
        "ratio": round(ours.rate / bare_sql.rate, 4),
        "p50_ms": round(p50, 2),
        "p99_ms": round(p99, 2),
        "limit_p50_ms": round(limit_p50, 2),
        "limit_p99_ms": round(limit_p99, 2),
    }


def _measured(persons: int, clients: int, seconds: int, number: int) -> Leg:
    """Let processes ask at once: threads would wait for each other inside Python."""
    connection.close()
    context = get_context("fork")
    start, answers = context.Barrier(clients), context.SimpleQueue()
    runners = [
        context.Process(
            target=_client, args=(number * 1000 + each, persons, seconds, start, answers)
        )
        for each in range(clients)
    ]
    for runner in runners:
        runner.start()
    found = [answers.get() for _ in runners]
    for runner in runners:
        runner.join()
    return Leg([each for part in found for each in part], seconds)


def _client(seed: int, persons: int, seconds: int, start: Any, answers: Any) -> None:
    random, milliseconds = Random(seed), list[float]()  # noqa: S311  a load, not a secret
    for _ in range(WARM_UP):
        _ask(random.randint(OTHERS, persons))
    start.wait()
    end = time.perf_counter() + seconds
    while (begun := time.perf_counter()) < end:
        _ask(random.randint(OTHERS, persons))
        milliseconds.append((time.perf_counter() - begun) * 1000)
    answers.put(milliseconds)


def _ask(number: int) -> Attempt:
    agency = Actor(Role.COLLECTOR, user_id=_made(0, 1), org_id=_made(1, number % COLLECTORS))
    return request_contact(
        claim_id=_made(3, number), channel="voice", template="reminder", actor=agency, at=AT
    )


def _made(kind: int, number: int) -> UUID:
    """Return an id as gate.sql makes it."""
    return UUID(f"0190000{kind}-0000-7000-8000-{FIRST + number}")


def _script(number: int) -> list[str]:
    """Return the statements of one permitted contact, for a random person, as a pgbench script."""
    person, statements, attempt = _permitted()
    new = f"01a0{number:04}-0000-7000-8000-{NEW}"
    variables = {
        str(FIRST + person): "n",
        str(FIRST + person % COLLECTORS): "c",
        str(FIRST + COLLECTORS + person % CREDITORS): "d",
        str(NEW): "a",
    }
    return [
        f"\\set n {FIRST} + random({OTHERS}, :persons)",
        f"\\set c {FIRST} + :n % {COLLECTORS}",
        f"\\set d {FIRST + COLLECTORS} + :n % {CREDITORS}",
        "\\set k :k + 1",
        f"\\set a {NEW} + :client_id * 1000000 + :k",
        "BEGIN;",
        *(with_variables(each.replace(str(attempt.pk), new), variables) for each in statements),
        "COMMIT;",
    ]


def _permitted() -> tuple[int, list[str], Attempt]:
    """Return a person who could be contacted, the statements it took, and the attempt."""
    person, asked = OTHERS, list[Attempt]()
    # The first decision of a process looks whether its law is kept: no statement of the limit.
    _ask(person)
    while True:
        person += 1
        statements = recorded(lambda: asked.append(_ask(person)))  # noqa: B023  runs at once
        if asked[-1].state == AttemptState.PERMITTED:
            return person, statements, asked[-1]
