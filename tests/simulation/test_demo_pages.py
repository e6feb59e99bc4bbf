"""Whoever signs in to a demonstration finds something on every page of its side bar."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django.plugin import DjangoDbBlocker

from config.passing import own_database
from qinghe.kernel import clock
from qinghe.kernel.actor import Role
from qinghe.parties.models import User
from qinghe.settlement.models import Payout, PayoutRun
from qinghe.simulation.commands import in_this_database
from qinghe.simulation.demo_applicant import let_apply
from qinghe.simulation.demo_desks import leave_open
from qinghe.simulation.people_of_demo import APPLICANT, DEMO_USERS
from qinghe.simulation.run import ZONE
from qinghe.web.navigation import NAVIGATION
from tests.web.people import BACKEND

START, DAYS = date(2026, 11, 2), 24
NOW = datetime(2026, 11, 26, 10, tzinfo=ZONE)
# Pages that may be empty: nobody did wrong, nothing is waiting, or this party has no part in it.
MAY_BE_EMPTY = {
    "web:hearings", "web:listening", "web:overrides", "web:integrity", "web:inventions",
    "web:auto-releases", "web:house-packs", "web:deposit-calls", "web:party-transfers",
    "web:letters", "web:appeals", "web:refusals",
}  # fmt: skip
# An agency without a team learns how one begins.
ONLY_AGENCY = {"web:team"}
# The own team is not asked by others, and at first nobody has complained of it.
ONLY_TEAM = {
    "web:my-bids", "web:quotes-asked", "web:introductions", "web:quality", "web:complaints",
    "web:ratings",
}  # fmt: skip
# An empty page says why, or what to do: not "None", not "-".
FEWEST_WORDS = 3

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module", autouse=True)
def market(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    del django_db_setup
    with django_db_blocker.unblock(), own_database():
        in_this_database(claims=36, alike=40, days=DAYS, seed=2026, start=START, checked_every=DAYS)
        leave_open(at=NOW - timedelta(hours=8))
        let_apply(at=NOW - timedelta(hours=8))
        with clock.at(NOW):
            yield


def look(email: str, page: str) -> str:
    """Return the main part of a page as somebody of the demonstration reads it."""
    client = Client()
    client.cookies["django_language"] = "en"
    client.force_login(User.objects.get(email=email), backend=BACKEND)
    answer = client.get(reverse(page), follow=True)
    assert answer.status_code == 200, (email, page)
    found = re.search(r"<main.*?</main>", answer.content.decode(), re.DOTALL)
    assert found, (email, page)
    return found[0]


def emptiness(main: str) -> list[str]:
    """Return what the empty parts of a page say."""
    parts = re.findall(r'class="q-empty">(.*?)</div>', main, re.DOTALL)
    return [" ".join(unescape(re.sub("<[^>]+>", " ", part)).split()) for part in parts]


@pytest.mark.parametrize(("email", "role"), [(email, role) for email, role, _org in DEMO_USERS])
def test_every_page_of_the_side_bar_has_something_or_says_why_not(email: str, role: Role) -> None:
    bare, silent = [], []
    for page in [item.page for section in NAVIGATION[role] for item in section.items]:
        main = look(email, page)
        told = emptiness(main)
        silent += [page for words in told if len(words.split()) < FEWEST_WORDS]
        allowed = MAY_BE_EMPTY | {"team@example.com": ONLY_TEAM}.get(email, ONLY_AGENCY)
        held = re.search("<t[rd]|<li|<dl|<form|<article", main)
        if (told or not held) and page not in allowed:
            bare.append((page, told))
    assert not bare
    assert not silent


@pytest.mark.parametrize(
    ("page", "words"),
    [
        ("web:hall-map", "<b>"),
        ("web:searches", "M5"),
        ("web:standing-orders", "<td"),
    ],
)
def test_the_collector_finds_what_hangs_on_the_hall(page: str, words: str) -> None:
    assert words in look("collector@example.com", page)


def test_the_map_shows_places_of_five_alike() -> None:
    main = look("collector@example.com", "web:hall-map")
    assert re.search(r"Jiangsu.*?(?:[5-9]|\d\d)", main, re.DOTALL)


def test_who_applied_finds_the_application() -> None:
    main = look(APPLICANT, "web:start")
    assert "Being reviewed" in main
    assert "Being reviewed" in look(APPLICANT, "web:application")


def post(email: str, path: str, **fields: object) -> Client:
    """Let somebody of the demonstration press a button; return the browser it was pressed in."""
    client = Client()
    client.force_login(User.objects.get(email=email), backend=BACKEND)
    answer = client.post(f"/payouts/{path}/", fields, follow=True)
    assert answer.status_code == 200, path
    return client


def test_two_operators_bring_a_run_to_the_bank() -> None:
    # Those of the weeks before were paid; nothing but accounts that were proven gets into one.
    assert set(PayoutRun.objects.values_list("state", flat=True)) == {"done"}
    one, other = "operator@example.com", "operator2@example.com"
    post(one, "runs/open/CNY")
    run = PayoutRun.objects.get(state="draft")
    drafts = Payout.objects.filter(state="draft")
    assert run.count == drafts.count() > 1
    post(one, f"runs/{run.pk}/approve")
    assert PayoutRun.objects.get(pk=run.pk).state == "draft"
    post(other, f"runs/{run.pk}/approve")
    for fmt in ("pain.001.001.09", "cn-csv"):
        post(one, f"runs/{run.pk}/file/make", file_format=fmt, executes_on=NOW.date().isoformat())
    client = Client()
    client.force_login(User.objects.get(email=one), backend=BACKEND)
    got = client.post(f"/payouts/runs/{run.pk}/file/")
    assert got["Content-Disposition"] == f'attachment; filename="{run.number}.xml"'
    assert got.content.count(b"<CdtTrfTxInf>") == run.count
