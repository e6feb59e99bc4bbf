"""House rules and urgent notices in a real browser: both widths, both languages, axe, keys."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from qinghe.contact.models import HousePack
from qinghe.contact.queries.replay import replay
from qinghe.contact.services import (
    approve_house,
    ask_house_end,
    ask_override,
    decide_override,
    draft_house,
    hand_over_house,
    keep_replay,
)
from qinghe.kernel import clock
from qinghe.kernel.actor import Actor, Role
from qinghe.parties.terms import OrgKind
from tests import factories
from tests.contact.conftest import Case, make_case
from tests.factories import AT
from tests.journeys.visitor import CHROMIUM
from tests.web.people import actor_of, signed_in
from tests.web.screen import look

DAY = timedelta(days=1)
WINTER = {
    "tighten": [
        {"rule": "CN-FRQ-01", "parameter": "max", "value": 2},
        {"rule": "PLT-MSG-01", "parameter": "max", "value": 2},
        {"rule": "CN-WIN-01", "parameter": "close", "value": "20:00"},
        {"rule": "PLT-HLD-01", "parameter": "rest_days", "value": 7},
    ],
    "close": [{"from": "2027-02-05", "until": "2027-02-13"}],
}
LOOSER = {"tighten": [{"rule": "CN-FRQ-01", "parameter": "max", "value": 2}]}

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine"),
]


class Place:
    """A house with two versions, a draft that was replayed, and two requests for notices."""

    def __init__(self) -> None:
        self.house = factories.organisation(OrgKind.OPERATOR, name="清和运营")
        self.clients = [signed_in(role, self.house) for role in (Role.COMPLIANCE, Role.OPERATOR)]
        self.clients.append(signed_in(Role.COMPLIANCE, self.house))
        roles = (Role.COMPLIANCE, Role.OPERATOR, Role.COMPLIANCE)
        self.people = [actor_of(*pair) for pair in zip(self.clients, roles, strict=True)]
        self.cases = [make_case() for _ in range(3)]
        for case in self.cases:
            for minute in range(4):
                case.ask(AT + timedelta(minutes=9 * minute), "voice" if minute % 2 else "sms")
                case.ask(AT + timedelta(hours=9, minutes=9 * minute))
        author, second, _ = self.people
        self.active = self._version("春节少打扰", LOOSER, author)
        hand_over_house(pack_id=self.active.pk, actor=author, at=AT)
        approve_house(pack_id=self.active.pk, starts_at=AT + DAY, actor=second, at=AT)
        ask_house_end(pack_id=self.active.pk, ends_at=AT + 9 * DAY, actor=second, at=AT)
        self.draft = self._version("冬季更温和", WINTER, author)
        self.waiting = self._version("Two talks", LOOSER, second)
        hand_over_house(pack_id=self.waiting.pk, actor=second, at=AT)
        self._notices(self.cases[0], author, self.people[2])

    def _version(self, title: str, content: Any, actor: Actor) -> HousePack:
        pack = draft_house(title=title, content=content, actor=actor, at=AT)
        found = replay(content=content, days=7, actor=actor, at=AT + DAY)
        return keep_replay(pack_id=pack.pk, replay=found, actor=actor, at=AT)

    def _notices(self, case: Case, one: Actor, other: Actor) -> None:
        model: Any = {"claim_id": case.claim.pk, "rules": ["PLT-MSG-01"], "at": clock.now()}
        mail = {**model, "channel": "email", "template": "first_notice", "reason": "data_breach"}
        post = {**model, "channel": "letter", "template": "door_letter", "reason": "court"}
        ask_override(**mail, words="一份名单发错了邮箱。", actor=one)
        ready = ask_override(**mail, words="The court set a date.", actor=other)
        decide_override(override_id=ready.pk, approve=True, actor=one, at=clock.now())
        ask_override(**post, words="Asked again.", actor=other)

    @property
    def pages(self) -> dict[str, str]:
        claim = self.cases[0].claim.pk
        return {
            "list": "/house-rules/",
            "new": f"/house-rules/new/?from={self.draft.pk}",
            "draft": f"/house-rules/{self.draft.pk}/",
            "waiting": f"/house-rules/{self.waiting.pk}/",
            "active": f"/house-rules/{self.active.pk}/",
            "notices": "/urgent-notices/",
            "notice": f"/claims/{claim}/urgent-notice/",
        }


@pytest.fixture
def place(db: None) -> Place:
    return Place()


@pytest.fixture
def context(
    browser: Browser, live_server: LiveServer, settings: Settings, place: Place
) -> Iterator[BrowserContext]:
    settings.DEBUG = True
    own = browser.new_context(base_url=live_server.url)
    jar = place.clients[0].cookies.items()
    own.add_cookies([{"name": n, "value": m.value, "url": live_server.url} for n, m in jar])
    yield own
    own.close()


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_page_is_accessible_at_both_widths(
    context: BrowserContext, place: Place, live_server: LiveServer, language: str
) -> None:
    context.add_cookies([{"name": "django_language", "value": language, "url": live_server.url}])
    page, complaints = context.new_page(), list[str]()
    page.on("console", lambda m: complaints.append(m.text) if m.type == "error" else None)
    for name, address in place.pages.items():
        page.goto(address)
        look(page, f"house-{name}", language)
    assert complaints == []


def test_a_draft_is_written_with_the_keyboard_alone(context: BrowserContext) -> None:
    page: Page = context.new_page()
    page.goto("/house-rules/new/")
    page.locator("[name=title]").focus()
    page.keyboard.type("By keys")
    # The region that may scroll, the rule, the new value.
    for _ in range(3):
        page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.name") == "HSE-FRQ-01"
    page.keyboard.type("2")
    page.keyboard.press("Enter")
    page.wait_for_url("**/house-rules/*-*/")
    assert HousePack.objects.filter(title="By keys").count() == 1
