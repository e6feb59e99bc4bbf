"""A placed claim whose debtor can be reached, and the collector who works it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest

from qinghe.claims.models import Claim
from qinghe.contact.models import Attempt
from qinghe.contact.services import request_contact
from qinghe.contact.services.sending import send
from qinghe.kernel.actor import Actor, Role
from qinghe.market.models import Mandate
from qinghe.parties.models import ContactPoint
from tests import factories


@dataclass
class Case:
    """One claim being worked."""

    claim: Claim
    mandate: Mandate
    collector: Actor
    phone: ContactPoint

    def ask(self, at: datetime, channel: str = "voice", **fields: Any) -> Attempt:
        """Ask to contact the debtor with the general reminder."""
        given = {"template": "reminder", "actor": self.collector, **fields}
        return request_contact(claim_id=self.claim.pk, channel=channel, at=at, **given)

    def reach(self, at: datetime, channel: str = "voice", **fields: Any) -> Attempt:
        """Ask, and send what was permitted."""
        return self.sent(self.ask(at, channel, **fields), at)

    def sent(self, attempt: Attempt, at: datetime) -> Attempt:
        """Let the sender look at an attempt; return what became of it."""
        send(attempt_id=attempt.pk, at=at)
        attempt.refresh_from_db()
        return attempt


def make_case(**person: Any) -> Case:
    """Return a claim being worked, with a phone, an e-mail and a postal address."""
    debtor = factories.person(**person)
    agency = factories.collector()
    claim = factories.claim(debtor=debtor)
    mandate = factories.mandate(claim, agency)
    claim.refresh_from_db()
    phone = factories.point(debtor)
    factories.point(debtor, "email")
    factories.point(debtor, "address")
    return Case(claim, mandate, factories.actor(Role.COLLECTOR, agency), phone)


@pytest.fixture
def case(db: None) -> Case:
    return make_case()
