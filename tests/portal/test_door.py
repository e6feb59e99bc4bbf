"""The door: who gets in, for how long, and that strangers learn nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from qinghe.portal import session
from qinghe.portal.urls import urlpatterns
from tests.portal.conftest import ANSWER, NOON, World

OPEN = {"door", "leave", "left"}


def test_code_and_answer_open_the_page(inside: Client, world: World) -> None:
    assert inside.get("/d/home/").status_code == 200


def test_the_cookie_is_sent_to_this_door_only(inside: Client) -> None:
    cookie = inside.cookies[session.COOKIE]
    assert cookie["path"] == "/d/"
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"


@pytest.mark.parametrize(
    ("code", "answer"),
    [("right", "9999"), ("AAAAAAAAAA", ANSWER), ("x", "x"), ("right", "999")],
)
def test_everything_wrong_gets_the_same_page(
    client: Client, world: World, code: str, answer: str
) -> None:
    first = client.post("/d/", {"code": "BBBBBBBBBB", "answer": "0000"})
    sent = world.code if code == "right" else code
    other = client.post("/d/", {"code": sent, "answer": answer})
    assert other.status_code == first.status_code == 200
    said, said_again = (list(page.context["form"].non_field_errors()) for page in (first, other))
    assert said
    assert said == said_again
    assert session.COOKIE not in client.cookies


def test_a_stay_ends_after_twenty_quiet_minutes(
    inside: Client, time_machine: pytest.FixtureRequest
) -> None:
    time_machine.move_to(NOON + timedelta(minutes=19), tick=False)  # type: ignore[attr-defined]
    assert inside.get("/d/home/").status_code == 200
    time_machine.move_to(NOON + timedelta(minutes=38), tick=False)  # type: ignore[attr-defined]
    assert inside.get("/d/home/").status_code == 200
    time_machine.move_to(NOON + timedelta(minutes=58), tick=False)  # type: ignore[attr-defined]
    assert inside.get("/d/home/").url == "/d/"
    assert "closes by itself" in inside.get("/d/").content.decode()


def test_a_stay_never_lasts_two_hours(inside: Client, time_machine: pytest.FixtureRequest) -> None:
    for minutes in range(15, 120, 15):
        moment = NOON + timedelta(minutes=minutes)
        time_machine.move_to(moment, tick=False)  # type: ignore[attr-defined]
        assert inside.get("/d/home/").status_code == 200
    time_machine.move_to(NOON + timedelta(minutes=120), tick=False)  # type: ignore[attr-defined]
    assert inside.get("/d/home/").status_code == 302


def test_leaving_ends_the_stay_on_the_server(inside: Client) -> None:
    key = inside.cookies[session.COOKIE].value
    assert inside.post("/d/leave/").url == "/d/left/"
    inside.cookies[session.COOKIE] = key
    assert inside.get("/d/home/").status_code == 302


def _address(pattern: object, world: World) -> str:
    route = str(pattern.pattern)  # type: ignore[attr-defined]
    for kind in (
        "claim",
        "evidence",
        "paper",
        "order",
        "payment",
        "wish",
        "complaint",
        "attempt",
    ):
        route = route.replace(f"<uuid:{kind}_id>", str(world.claim.pk))
    return "/d/" + route.replace("<slug:what>", "plan")


@pytest.mark.parametrize(
    "pattern", [p for p in urlpatterns if p.name not in OPEN], ids=lambda p: p.name
)
def test_strangers_are_sent_to_the_door_whatever_they_ask(
    client: Client, world: World, pattern: object
) -> None:
    posts = client.post(_address(pattern, world))
    if posts.status_code == 405:
        posts = client.get(_address(pattern, world))
    assert posts.status_code == 302
    assert posts.url == "/d/"


@pytest.mark.parametrize(
    "pattern", [p for p in urlpatterns if p.name not in OPEN], ids=lambda p: p.name
)
def test_no_page_behind_the_door_answers_head(
    inside: Client, world: World, pattern: object
) -> None:
    """Such a request carries no token of a form: it takes nothing back and reads nothing."""
    assert inside.head(_address(pattern, world)).status_code == 405


@pytest.mark.parametrize(
    "page", ["", "lines/", "pay/", "plan/", "hardship/", "contest/", "sent/plan/"]
)
def test_another_persons_claim_is_not_there(inside: Client, world: World, page: str) -> None:
    assert inside.get(f"/d/claims/{world.strange.pk}/{page}").status_code == 404


def test_pages_are_never_kept_by_the_browser(inside: Client) -> None:
    assert "no-store" in inside.get("/d/home/")["Cache-Control"]


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("way", ["/d/", "/d/home/", "/d/leave/"])
def test_what_no_page_takes_is_told_so_with_a_token_or_without(
    db: None, method: str, way: str
) -> None:
    answer = Client(enforce_csrf_checks=True).generic(method, way)
    assert answer.status_code == 405
    assert "POST" in answer["Allow"]


def test_a_form_without_its_token_was_open_too_long(db: None) -> None:
    answer = Client(enforce_csrf_checks=True).post("/d/", {"code": "x", "answer": "x"})
    assert answer.status_code == 403
    assert "这一页打开得太久了" in answer.content.decode()
