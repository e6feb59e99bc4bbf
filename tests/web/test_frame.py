"""The frame of every page: navigation, choices that are kept, forms, pages of what went wrong."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django import forms
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.urls import include, path
from pytest_django import Settings

from qinghe.kernel.actor import Actor, Role
from qinghe.web import context, errors
from qinghe.web.front import front_urls
from qinghe.web.icons import ICONS
from qinghe.web.navigation import NAVIGATION, Item, Section


@pytest.fixture(autouse=True)
def _drawn_anew() -> Iterator[None]:
    """The way around is data, known for a process: here it changes from test to test."""
    context._addresses.cache_clear()
    context._navigation.cache_clear()
    yield
    context._addresses.cache_clear()
    context._navigation.cache_clear()


def here(request: object) -> HttpResponse:
    return HttpResponse()


staff = [path(f"{name}/", here, name=name) for name in ("hall", "orders", "start")]
WAY = (
    Section(
        (
            Item("Hall", "web:hall", "bolt", tab=True),
            Item("Mine", "web:orders", "star", True, ("mine",)),
            Item("Gone", "web:gone", "x"),
        )
    ),
)
urlpatterns = [
    path("accounts/", include("allauth.urls")),
    path("", include(([*front_urls, *staff], "web"))),
]
pytestmark = pytest.mark.urls(__name__)


@pytest.fixture
def way(monkeypatch: pytest.MonkeyPatch) -> None:
    """A collector's navigation with two pages that exist and one that does not."""
    monkeypatch.setitem(NAVIGATION, Role.COLLECTOR, WAY)


@pytest.fixture
def li(client: Client, django_user_model: Any) -> Any:
    """Somebody of the staff, signed in through the sign-in page."""
    user = django_user_model.objects.create_user("li@example.com", "long enough 42")
    client.post("/accounts/login/", {"login": "li@example.com", "password": "long enough 42"})
    client.post("/accounts/reauthenticate/", {"password": "long enough 42"})
    return user


def test_every_icon_of_the_navigation_is_in_the_sprite() -> None:
    items = [i for parts in NAVIGATION.values() for part in parts for i in part.items]
    assert {i.icon for i in items} <= set(ICONS)


def test_every_role_of_the_staff_side_has_a_way_around() -> None:
    assert set(NAVIGATION) == set(Role) - {Role.DEBTOR, Role.SYSTEM}


@pytest.mark.usefixtures("way")
def test_the_page_under_which_one_stands_is_marked() -> None:
    groups = context.navigation(Role.COLLECTOR, "/orders/17/", {"mine": 63})
    marked = [link for group in groups for link in group.links if link.current]
    assert [(link.url, link.count) for link in marked] == [("/orders/", 63)]


@pytest.mark.usefixtures("way")
def test_pages_that_are_not_there_are_not_offered() -> None:
    groups = context.navigation(Role.COLLECTOR, "/", {})
    assert [link.url for g in groups for link in g.links] == ["/hall/", "/orders/"]


def test_nobody_in_particular_gets_no_navigation() -> None:
    request = RequestFactory().get("/")
    assert context.shell(request)["nav"] == ()


def test_a_phone_shows_five_tabs_and_the_way_to_the_rest(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    many = Section(tuple(Item(str(n), "web:hall", "bolt", tab=True) for n in range(7)))
    monkeypatch.setitem(NAVIGATION, Role.COLLECTOR, (many,))
    request = RequestFactory().get("/hall/")
    request.actor = Actor(role=Role.COLLECTOR)  # type: ignore[attr-defined]
    request.waiting = {}  # type: ignore[attr-defined]
    tabs = str(context.shell(request)["tabs"])
    assert tabs.count('href="/hall/"') == 5
    assert tabs.count('href="#q-menu"') == 1


def test_an_invented_theme_is_ignored() -> None:
    request = RequestFactory().get("/")
    request.COOKIES["theme"] = '"><script>'
    assert context.shell(request)["theme"] == ""


@pytest.mark.parametrize(
    ("sent", "cookie", "kept"),
    [
        ({"theme": "dark"}, "theme", "dark"),
        ({"language": "en"}, "django_language", "en"),
        ({"size": "large"}, "size", "large"),
    ],
)
def test_a_choice_is_kept_in_the_browser(
    client: Client, sent: dict[str, str], cookie: str, kept: str
) -> None:
    answer = client.post("/preferences/", {**sent, "next": "/hall/"})
    assert answer.headers["Location"] == "/hall/"
    assert answer.cookies[cookie].value == kept


@pytest.mark.parametrize("sent", [{"theme": "pink"}, {"language": "xx"}])
def test_a_choice_that_does_not_exist_changes_nothing(client: Client, sent: dict[str, str]) -> None:
    assert not client.post("/preferences/", sent).cookies


def test_nobody_is_sent_to_another_site(client: Client) -> None:
    answer = client.post("/preferences/", {"theme": "dark", "next": "https://evil.example/"})
    assert answer.headers["Location"] == "/"


def test_choices_are_not_made_by_links(client: Client) -> None:
    assert client.get("/preferences/?theme=dark").status_code == 405


@pytest.mark.django_db
def test_a_language_follows_the_person_to_the_next_browser(client: Client, li: Any) -> None:
    client.post("/preferences/", {"language": "en"})
    li.refresh_from_db()
    assert li.language == "en"

    answer = Client().post(
        "/accounts/login/", {"login": "li@example.com", "password": "long enough 42"}
    )
    assert answer.cookies["django_language"].value == "en"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "address", ["/accounts/login/", "/accounts/signup/", "/accounts/password/reset/"]
)
def test_entrance_pages_wear_the_house_s_clothes(client: Client, address: str) -> None:
    page = client.get(address)
    assert page.status_code == 200
    assert 'class="sign"' in page.text
    assert page.text.count("<h1") == 1


@pytest.mark.django_db
def test_signing_up_is_closed(client: Client) -> None:
    page = client.get("/accounts/signup/", headers={"accept-language": "en"})
    assert "<form class" not in page.text


@pytest.mark.django_db
@pytest.mark.parametrize(
    "address",
    ["/accounts/2fa/", "/accounts/2fa/totp/activate/", "/accounts/password/change/"],
)
def test_account_pages_stand_in_the_office_frame(client: Client, li: Any, address: str) -> None:
    page = client.get(address)
    assert page.status_code == 200
    assert 'class="q-app' in page.text
    assert li.email in page.text


def test_the_style_guide_is_not_for_strangers(client: Client, settings: Settings) -> None:
    settings.DEBUG = False
    assert client.get("/styleguide/").status_code == 404


@pytest.mark.parametrize("query", ["", "?room=warm", "?errors=1", "?errors=1&room=warm"])
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_style_guide_draws_every_part(
    client: Client, settings: Settings, query: str, language: str
) -> None:
    settings.DEBUG = True
    page = client.get(f"/styleguide/{query}", headers={"accept-language": language})
    assert page.status_code == 200
    assert page.text.count("<h1") == 1
    assert f'lang="{"zh-Hans" if language == "zh-hans" else "en"}"' in page.text


class Plan(forms.Form):
    monthly = forms.ChoiceField(
        label="Monthly", choices=[("500", "500"), ("800", "800")], widget=forms.RadioSelect
    )
    why = forms.CharField(label="Why", help_text="A line is enough.", required=False)
    agree = forms.BooleanField(label="I agree")


def test_a_field_ties_label_hint_and_control_together() -> None:
    drawn = str(Plan())
    assert '<label for="id_why">Why' in drawn
    assert 'aria-describedby="id_why_helptext"' in drawn
    assert 'id="id_why_helptext"' in drawn
    assert "<fieldset" in drawn
    assert "<legend>Monthly" in drawn


def test_a_refused_form_begins_with_links_to_its_fields() -> None:
    form = Plan({"why": "x"})
    drawn = str(form)
    assert drawn.index('class="q-errors"') < drawn.index("q-field")
    assert 'href="#id_agree"' in drawn
    assert 'id="id_agree_error"' in drawn


def test_every_link_of_the_error_summary_leads_somewhere() -> None:
    drawn = str(Plan({}))
    targets = {part.split('"')[0] for part in drawn.split('href="#')[1:]}
    assert targets
    assert all(f'id="{target}"' in drawn for target in targets)


@pytest.mark.parametrize("name", ["400", "403", "403_csrf", "404"])
def test_pages_of_what_went_wrong_are_whole_pages(name: str) -> None:
    drawn = render_to_string(f"{name}.html", request=RequestFactory().get("/nowhere/"))
    assert drawn.count("<h1") == 1
    assert 'href="/"' in drawn


def test_a_broken_page_needs_neither_request_nor_session() -> None:
    answer = errors.broken(RequestFactory().get("/"))
    assert answer.status_code == 500
    assert b"qinghe.css" in answer.content
