"""Every part in a real browser: axe finds nothing, nothing scrolls sideways, the CSP is kept."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.http import HttpRequest, HttpResponse
from django.template import RequestContext, Template
from django.urls import include, path
from playwright.sync_api import Browser, Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from qinghe.web import context
from qinghe.web.front import front_urls
from tests.journeys.visitor import AXE, CHROMIUM, violations

WIDTHS = (1440, 360)
PAGES = (
    "/styleguide/",
    "/styleguide/?room=warm",
    "/styleguide/?errors=1",
    "/styleguide/?room=warm&errors=1",
    "/accounts/login/",
    "/accounts/password/reset/",
)

TOUCH = Template(
    """{% extends "office.html" %}{% block content %}<h1>Touch</h1>
    <button class="btn" hx-post="/touch/" hx-target="#out">Send</button><p id="out"></p>
    <a href="#one" data-item>one</a> <a href="#two" data-item>two</a>
    <a href="#decide" data-key="d">decide</a>{% endblock %}"""
)


def touch(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        return HttpResponse("kept")
    return HttpResponse(TOUCH.render(RequestContext(request, context.shell(request))))


urlpatterns = [
    path("touch/", touch),
    path("accounts/", include("allauth.urls")),
    path("", include((front_urls, "web"))),
]
pytestmark = [
    pytest.mark.browser,
    pytest.mark.urls(__name__),
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine"),
    pytest.mark.skipif(not AXE.is_file(), reason="front-end packages are not installed"),
]


@pytest.fixture
def page(browser: Browser, live_server: LiveServer, settings: Settings) -> Iterator[Page]:
    settings.DEBUG = True
    own = browser.new_context(base_url=live_server.url, viewport={"width": 1440, "height": 900})
    yield own.new_page()
    own.close()


def choose(page: Page, live_server: LiveServer, **choices: str) -> None:
    cookies = [{"name": k, "value": v, "url": live_server.url} for k, v in choices.items()]
    page.context.add_cookies(cookies)  # type: ignore[arg-type]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("address", PAGES)
def test_a_page_is_accessible_and_keeps_its_policy(
    page: Page, live_server: LiveServer, address: str, language: str, theme: str
) -> None:
    choose(page, live_server, django_language=language, theme=theme)
    complaints: list[str] = []
    page.on("console", lambda m: complaints.append(m.text) if m.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, width
        assert violations(page) == [], width
    assert complaints == []


def test_charts_are_drawn_from_the_table_s_own_numbers(page: Page) -> None:
    page.goto("/styleguide/")
    page.wait_for_selector("[data-chart] svg path", state="attached")
    assert page.locator("[data-chart] svg").count() == 2


def test_a_drawing_made_for_a_wide_window_never_widens_a_narrow_one(page: Page) -> None:
    # Scripts are busy elsewhere when the window shrinks: the drawing keeps its old width.
    page.add_init_script("addEventListener('resize', (e) => e.stopImmediatePropagation(), true)")
    page.goto("/styleguide/")
    page.wait_for_selector("[data-chart] svg path", state="attached")
    page.set_viewport_size({"width": 360, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


def test_the_theme_changes_at_once_and_stays(page: Page) -> None:
    page.emulate_media(color_scheme="light")
    page.goto("/styleguide/")
    light = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.locator(".theme-light").click()
    dark = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.reload()
    assert light != dark
    assert page.locator("html").get_attribute("data-theme") == "dark"
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == dark


def test_without_scripts_the_theme_and_language_still_change(
    browser: Browser, live_server: LiveServer, settings: Settings
) -> None:
    settings.DEBUG = True
    own = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    page = own.new_page()
    page.goto("/styleguide/")
    page.locator(".theme-light").click()
    page.locator("button[name=language]").click()
    assert page.locator("html").get_attribute("data-theme") == "dark"
    assert page.locator("html").get_attribute("lang") in {"en", "zh-Hans"}
    own.close()


def test_requests_of_htmx_carry_the_form_token(page: Page) -> None:
    page.goto("/touch/")
    page.locator("[hx-post]").click()
    # Asked from outside: the page's own policy forbids it to look by a string of script.
    expect(page.locator("#out")).to_have_text("kept")


def test_j_and_k_walk_over_the_items_and_a_letter_presses_its_link(page: Page) -> None:
    page.goto("/touch/")
    for key, focused in (("j", "one"), ("j", "two"), ("j", "two"), ("k", "one")):
        page.keyboard.press(key)
        assert page.evaluate("document.activeElement.textContent") == focused
    page.keyboard.press("d")
    page.wait_for_url("**/touch/#decide")


def test_single_letters_can_be_switched_off(page: Page) -> None:
    page.goto("/styleguide/")
    page.keyboard.press("?")
    assert page.locator("#keys").is_visible()
    page.locator("[data-keys-off]").check()
    page.locator("#keys button").click()
    page.keyboard.press("?")
    assert not page.locator("#keys").is_visible()


def test_letters_typed_into_a_field_stay_letters(page: Page) -> None:
    page.goto("/styleguide/")
    page.locator("#id_reference").press_sequentially("j?k")
    assert page.locator("#id_reference").input_value() == "j?k"
    assert not page.locator("#keys").is_visible()


def test_a_refused_form_takes_the_focus_to_its_summary(page: Page) -> None:
    page.goto("/styleguide/?errors=1&room=warm")
    assert page.evaluate("document.activeElement.hasAttribute('data-error-summary')")


def test_the_whole_first_load_is_light(page: Page) -> None:
    sizes: list[int] = []
    page.on("response", lambda r: sizes.append(len(r.body())))
    page.goto("/styleguide/?room=warm")
    page.wait_for_load_state("networkidle")
    assert sum(sizes) <= 150_000
