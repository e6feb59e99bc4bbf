"""One screen at which people of the staff side sit down one after the other."""

from __future__ import annotations

from typing import Any

from django.test import Client
from playwright.sync_api import BrowserContext, Page

from tests.journeys.visitor import AXE, PICTURES, RULES, WIDTHS


def sign_in(
    context: BrowserContext, url: str, client: Client, language: str, width: int = 1440
) -> Page:
    """Open a page as whoever is signed in at `client`; whoever sat here before is signed out."""
    context.clear_cookies()
    jar = {name: morsel.value for name, morsel in client.cookies.items()}
    jar["django_language"] = language
    cookies: list[Any] = [{"name": n, "value": v, "url": url} for n, v in jar.items()]
    context.add_cookies(cookies)
    page = context.new_page()
    page.set_viewport_size({"width": width, "height": WIDTHS[width]})
    return page


def violations(page: Page) -> list[str]:
    """Return axe's findings; it is injected beside the page's policy, not through it."""
    page.context.new_cdp_session(page).send("Runtime.evaluate", {"expression": AXE.read_text()})
    found = page.evaluate(RULES)["violations"]
    return [f"{each['id']}: {each['nodes'][0]['html'][:160]}" for each in found]


def look(page: Page, name: str, language: str, *widths: int) -> None:
    """Photograph and judge a page, at both widths unless told; the last one stays."""
    for width in widths or WIDTHS:
        page.set_viewport_size({"width": width, "height": WIDTHS[width]})
        over = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert over <= 0, (name, width, over)
        assert violations(page) == [], (name, width)
        folder = PICTURES / f"{language[:2]}-{width}"
        folder.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=folder / f"{name}.png", full_page=True)
