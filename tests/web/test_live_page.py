"""The hall's events: one and an end, only what is new, not more often than agreed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import pytest
from django.test import Client

from qinghe.kernel import clock
from qinghe.kernel.actor import Role
from qinghe.market.queries.newest import forget
from qinghe.market.services import publish_many
from qinghe.web.collector import live
from tests import factories
from tests.market.conftest import TERMS, reachable_claim
from tests.web.people import signed_in

NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _anew() -> None:
    forget()
    live._LAST.clear()


def ask(client: Client, since: str, **more: str) -> tuple[int, str]:
    answer = client.get(f"/hall/live/?{urlencode({'since': since, **more})}")
    return answer.status_code, answer.content.decode()


def test_what_came_since_the_page_was_drawn_is_told_and_the_answer_ends() -> None:
    client = signed_in(Role.COLLECTOR)
    creditor = factories.organisation()
    claims = [reachable_claim(creditor=creditor) for _ in range(2)]
    actor = factories.actor(Role.CREDITOR, creditor)
    publish_many(claim_ids=[c.pk for c in claims], mode="grab", actor=actor, at=NOON, **TERMS)
    before = (NOON - timedelta(minutes=5)).isoformat()
    with clock.at(NOON):
        told = ask(client, before)
        live._LAST.clear()
        other = ask(client, before, stage="M5")
        live._LAST.clear()
        seen = ask(client, NOON.isoformat())
    assert told == (200, "retry: 20000\nevent: new\ndata: 2 new orders\n\n")
    assert other == seen == (200, "retry: 20000\n: nothing new\n\n")


def test_who_asks_too_soon_or_too_late_gets_no_event() -> None:
    client = signed_in(Role.COLLECTOR)
    with clock.at(NOON):
        assert ask(client, NOON.isoformat())[1].startswith("retry: 20000")
        assert ask(client, NOON.isoformat()) == (200, "retry: 60000\n: nothing new\n\n")
        for since in ("", "x", "2026-13-45T00:00:00Z", "2026-11-23T04:00:00", "2026-11-20T04:00Z"):
            assert ask(client, since) == (204, "")
    assert "organisation" not in str(live._LAST)


def test_nobody_but_collectors_has_a_stream() -> None:
    with clock.at(NOON):
        assert ask(signed_in(Role.CREDITOR), NOON.isoformat())[0] == 404
        assert ask(Client(), NOON.isoformat())[0] == 302
