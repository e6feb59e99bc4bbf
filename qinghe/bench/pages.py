"""
`qinghe bench pages`: how long the server works on the pages that people open all day.

Whole requests with session, sign-in and template, without the network, one after the other.
"""

from __future__ import annotations

import gzip
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from itertools import cycle, islice
from statistics import median, quantiles
from typing import Any, Final
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet, TextField
from django.db.models.functions import MD5, Cast
from django.test import Client
from django.urls import reverse

from config.passing import own_database
from config.startup import collect_static
from qinghe.bench.frame import Result, filled, machine, peak_mb, versions
from qinghe.claims.models import Claim
from qinghe.contact.models import Attempt
from qinghe.kernel import clock
from qinghe.kernel.actor import Role
from qinghe.market.models import Listing, Mandate
from qinghe.parties.models import Membership, Organisation, User
from qinghe.parties.terms import OrgKind

DAY: Final = date(2026, 3, 10)
# Noon in China, when most contacts are allowed.
AT: Final = datetime(2026, 3, 10, 4, tzinfo=UTC)
SIGNED_UP: Final = datetime(2026, 1, 1, tzinfo=UTC)
BACKEND: Final = "django.contrib.auth.backends.ModelBackend"
CREDITOR: Final = "bench-1"
AGENCY: Final = "bench-21"
SOME: Final = 200
WARM_UP: Final = 3
# The goal for one page of a market with 940,000 claims.
GOAL_MS: Final = 100.0


@dataclass(frozen=True)
class Visit:
    """One page: who opens it, and the addresses that are opened in turn."""

    role: Role
    addresses: list[str]


@dataclass
class Seen:
    """What was measured of one page."""

    milliseconds: list[float] = field(default_factory=list)
    # The web process alone, without the database: steady on a machine that is busy with others.
    cpu: list[float] = field(default_factory=list)
    queries: int = 0
    kilobytes: float = 0.0

    def as_dict(self) -> dict[str, float]:
        cuts = quantiles(self.milliseconds, n=100)
        return {
            "p50_ms": round(cuts[49], 1),
            "p95_ms": round(cuts[94], 1),
            "p99_ms": round(cuts[98], 1),
            "cpu_ms": round(median(self.cpu), 1),
            "queries": self.queries,
            "kb": round(self.kilobytes, 1),
        }


def pages(
    *, claims: int, visits: int, progress: Callable[[str], None] = lambda _line: None
) -> Result:
    """Make a market of so many claims and open each page so many times."""
    collect_static()
    with own_database():
        progress(f"making a market of {claims:,} claims")
        filled("market.sql", claims=claims, day=DAY)
        filled("pages.sql", claims=claims, day=DAY)
        begun = time.perf_counter()
        parts = {}
        for name, visit in _visits().items():
            progress(name)
            parts[name] = _measure(visit, visits).as_dict()
        seconds = time.perf_counter() - begun
        worst = max(part["p95_ms"] for part in parts.values())
        return Result(
            name="pages",
            ours=worst,
            limit=GOAL_MS,
            ratio=round(GOAL_MS / worst, 4),
            unit="ms, p95 of the slowest page",
            seconds=round(seconds, 3),
            peak_mb=round(peak_mb(), 1),
            sizes={"claims": claims, "visits": visits, **_sizes()},
            parts=parts,
            versions=versions(),
            machine=machine(),
        )


def _visits() -> dict[str, Visit]:
    """Return the pages: of a collector, a creditor, a reviewer and a compliance officer."""
    held = Mandate.objects.filter(collector__slug=AGENCY).values_list("claim_id", flat=True)
    own = Claim.objects.filter(creditor__slug=CREDITOR).values_list("pk", flat=True)
    cases = [reverse("web:case", args=[claim_id]) for claim_id in _spread(held)]
    claims = [reverse("web:claim", args=[claim_id]) for claim_id in _spread(own)]
    hall = reverse("web:hall")
    halls = ("", "?stage=M3", "?region=330000", "?rate=0.15&order=commission", "?page=40")
    return {
        "case": Visit(Role.COLLECTOR, cases),
        "hall": Visit(Role.COLLECTOR, [hall + asked for asked in halls]),
        "worklist": Visit(Role.COLLECTOR, [reverse("web:orders")]),
        "claim": Visit(Role.CREDITOR, claims),
        "claims": Visit(Role.CREDITOR, [reverse("web:claims") + a for a in ("", "?stage=M3")]),
        "all claims": Visit(Role.COMPLIANCE, [reverse("web:claims")]),
        "review queue": Visit(Role.REVIEWER, [reverse("web:verify")]),
        "disputes": Visit(Role.COMPLIANCE, [reverse("web:disputes")]),
        "complaints": Visit(Role.COMPLIANCE, [reverse("web:complaints")]),
        "refusals": Visit(Role.COMPLIANCE, [reverse("web:refusals")]),
    }


def _spread(found: QuerySet[Any, UUID]) -> list[UUID]:
    """Return some of many ids, from all over them."""
    return list(found.order_by(MD5(Cast("pk", TextField())))[:SOME])


def _measure(visit: Visit, visits: int) -> Seen:
    client, seen = signed_in(visit.role), Seen()
    with clock.at(AT):
        for address in islice(cycle(visit.addresses), WARM_UP):
            client.get(address)
        for address in islice(cycle(visit.addresses), visits):
            with _statements() as statements:
                begun, cpu = time.perf_counter(), time.process_time()
                answer = client.get(address)
                seen.milliseconds.append((time.perf_counter() - begun) * 1000)
                seen.cpu.append((time.process_time() - cpu) * 1000)
            if answer.status_code != 200:
                raise RuntimeError(f"{visit.role} {address}: {answer.status_code}")
            seen.queries = max(seen.queries, len(statements))
            seen.kilobytes = max(seen.kilobytes, len(gzip.compress(answer.content)) / 1024)
    return seen


@contextmanager
def _statements() -> Iterator[list[str]]:
    """Collect the statements of one request."""
    found: list[str] = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        found.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield found


def signed_in(role: Role, agency: str = AGENCY) -> Client:
    """Return a browser in which somebody of the first creditor, agency or platform is at work."""
    slugs = {Role.CREDITOR: CREDITOR, Role.COLLECTOR: agency}
    office, _new = Organisation.objects.get_or_create(
        slug=slugs.get(role, "bench-office"),
        defaults={"name": "bench", "kind": OrgKind.OPERATOR, "created_at": SIGNED_UP},
    )
    user, _new = User.objects.get_or_create(email=f"{role}@example.com")
    Membership.objects.get_or_create(
        user=user, organisation=office, role=role, defaults={"starts_at": SIGNED_UP}
    )
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(user, backend=BACKEND)
    return client


def _sizes() -> dict[str, int]:
    return {
        "listings": Listing.objects.count(),
        "mandates": Mandate.objects.count(),
        "attempts": Attempt.objects.count(),
    }
