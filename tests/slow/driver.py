"""
A market day without pause: collectors ask, record, promise; debtors pay and complain.

Runs beside `qinghe run`. When the database dies under it, it repeats the same write with
the same key until it is answered; whatever else goes wrong ends it with a traceback.
"""

from __future__ import annotations

import os
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from random import Random
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from django.db import Error, connection  # noqa: E402

from qinghe.casework.services import make_promise  # noqa: E402
from qinghe.claims.days import day_of  # noqa: E402
from qinghe.claims.models import Claim  # noqa: E402
from qinghe.contact.models import Attempt  # noqa: E402
from qinghe.contact.services import record_outcome, request_contact  # noqa: E402
from qinghe.kernel import clock  # noqa: E402
from qinghe.kernel.actor import Actor, Role  # noqa: E402
from qinghe.kernel.errors import DomainError  # noqa: E402
from qinghe.market.models import Mandate  # noqa: E402
from qinghe.quality.services import open_complaint  # noqa: E402
from qinghe.settlement import cashier  # noqa: E402
from qinghe.settlement.services import create_cashier_order  # noqa: E402
from qinghe.simulation.world import load  # noqa: E402

PATIENCE_SECONDS = 120
COLLECTORS = {"demo-agency": "collector", "demo-agency-2": "collector2", "demo-own-team": "team"}


class Driver:
    """Does one random act after another until its stop file appears."""

    def __init__(self, stop: Path, web: str, seed: int) -> None:
        self.stop, self.web, self.random = stop, web, Random(seed)
        self.acts = 0
        self.world = self.insist(load)
        self.names = {self.world.orgs[slug]: name for slug, name in COLLECTORS.items()}

    def run(self) -> int:
        while not self.stop.exists():
            self.random.choices(
                (self.contact, self.outcome, self.pay, self.promise, self.complain),
                (50, 20, 20, 8, 2),
            )[0]()
            self.acts += 1
        return self.acts

    def insist(self, act: Callable[[], Any]) -> Any:
        """Repeat an act while the database is away; a refusal is an answer."""
        until = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                return act()
            except DomainError:
                return None
            except Error:
                connection.close()
                if time.monotonic() > until:
                    raise
                time.sleep(0.2)

    def do(self, service: Callable[..., Any], actor: Actor, **kwargs: Any) -> Any:
        at: datetime = clock.now()
        actor = actor.with_key(f"driver-{os.getpid()}-{self.acts}-{service.__name__}")
        return self.insist(lambda: service(actor=actor, at=at, **kwargs))

    def mandate(self) -> Mandate:
        rows = Mandate.objects.filter(state="active", collector__in=self.names).order_by("pk")
        return self.random.choice(self.insist(lambda: list(rows)))

    def contact(self) -> None:
        mandate = self.mandate()
        actor = self.world.actor(self.names[mandate.collector_id])
        channel = self.random.choice(("voice", "sms", "email"))
        self.do(
            request_contact, actor, claim_id=mandate.claim_id, channel=channel, template="reminder"
        )

    def outcome(self) -> None:
        rows = Attempt.objects.filter(
            channel="voice", state="done", outcome__isnull=True, collector__in=self.names
        )
        attempt = self.insist(lambda: rows.order_by("?").first())
        if attempt is not None:
            actor = self.world.actor(self.names[attempt.collector_id])
            outcome = self.random.choice(("talk", "no_answer", "busy"))
            self.do(record_outcome, actor, attempt_id=attempt.pk, outcome=outcome)

    def debtor(self, claim_id: Any) -> Actor:
        claim = self.insist(lambda: Claim.objects.get(pk=claim_id))
        return Actor(role=Role.DEBTOR, person_id=claim.debtor_id)

    def pay(self) -> None:
        mandate = self.mandate()
        actor = self.debtor(mandate.claim_id)
        order = self.do(
            create_cashier_order, actor, claim_id=mandate.claim_id,
            amount=self.random.randrange(100, 5000),
        )  # fmt: skip
        if order is not None:
            notice = cashier.Notice(
                order.pk, cashier.PAID, order.amount, order.currency, clock.now()
            )
            body = cashier.notice_body(notice)
            for _ in range(self.random.choice((1, 1, 2))):
                self.notify(body, cashier.sign(body))

    def notify(self, body: bytes, signature: str) -> None:
        """Deliver a signed notice over HTTP, again and again until the web takes it."""
        until = time.monotonic() + PATIENCE_SECONDS
        headers = {"X-Cashier-Signature": signature, "Content-Type": "application/json"}
        while time.monotonic() < until:
            request = urllib.request.Request(
                f"{self.web}api/webhooks/cashier-sandbox", body, headers
            )
            try:
                with urllib.request.urlopen(request, timeout=10):
                    return
            except (urllib.error.URLError, OSError):
                time.sleep(0.2)
        raise TimeoutError("the web took no notice")

    def promise(self) -> None:
        mandate = self.mandate()
        actor = self.world.actor(self.names[mandate.collector_id])
        self.do(
            make_promise, actor, claim_id=mandate.claim_id, amount=1000,
            due_on=day_of(clock.now()),
        )  # fmt: skip

    def complain(self) -> None:
        mandate = self.mandate()
        actor = self.debtor(mandate.claim_id)
        self.do(
            open_complaint, actor, kind="too_often", statement="", claim_id=mandate.claim_id,
            person_id=actor.person_id,
        )  # fmt: skip


if __name__ == "__main__":
    driver = Driver(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]))
    print(driver.run())
