"""One screen at which people of the staff side sit down one after the other."""

from __future__ import annotations

from typing import Any

from django.test import Client
from playwright.sync_api import BrowserContext, Page

from tests.journeys.visitor import WIDTHS, photograph, violations


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


def look(page: Page, name: str, language: str, *widths: int) -> None:
    """Photograph and judge a page, at both widths unless told; the last one stays."""
    for width in widths or WIDTHS:
        page.set_viewport_size({"width": width, "height": WIDTHS[width]})
        over = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert over <= 0, (name, width, over)
        assert violations(page) == [], (name, width)
        photograph(page, language, width, name, full_page=True)
