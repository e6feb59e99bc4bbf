"""
Somebody at a browser who looks closely: every page is photographed at both widths, judged by
axe, weighed, and may neither scroll sideways nor complain in the console.
"""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from playwright.sync_api import Browser, Locator, Page

from tests.place import ROOT

AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
NAMES = ("chromium", "chromium-browser", "google-chrome")
CHROMIUM = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
QUIET = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip
PICTURES = ROOT / "screenshots"
WIDTHS = {1440: 900, 360: 740}
HEAVIEST = 150_000
TALLEST = 12_000
# Pages that draw charts bring the chart library along.
DASHBOARDS = ("/creditor/", "/operator/", "/regulator/", "/quality/", "/figures/")
PASSWORD = "qinghe-demo-2026"
WEIGHT = """() => [...performance.getEntriesByType('navigation'),
    ...performance.getEntriesByType('resource')].reduce((sum, e) => sum + e.encodedBodySize, 0)"""
LONGEST_WAY = 200
# The outline lies around the thing, around what it stands in, or around what stands for it.
FOCUS = """(selector) => {
    const here = document.activeElement;
    const places = [here, here.parentElement, here.nextElementSibling].filter(Boolean);
    const shown = here === document.body
        || places.some((place) => getComputedStyle(place).outlineStyle !== 'none');
    return {found: here.matches(selector), shown, html: here.outerHTML.slice(0, 120)};
}"""
RULES = "axe.run(document, {resultTypes: ['violations'], preload: false})"
# Pictures are for people to look at; where nobody does, PICTURES=no spares the time.
PHOTOGRAPHED = os.environ.get("PICTURES") != "no"


@cache
def _axe() -> str:
    return AXE.read_text()


def violations(page: Page) -> list[str]:
    """Return what axe finds; it is injected once, beside the page's own policy, not through it."""
    if not page.evaluate("'axe' in window"):
        session = page.context.new_cdp_session(page)
        session.send("Runtime.evaluate", {"expression": _axe()})
        session.detach()
    found = page.evaluate(RULES)["violations"]
    return [f"{each['id']} ({each['impact']}): {each['nodes'][0]['html'][:160]}" for each in found]


def photograph(page: Page, language: str, width: int, name: str, **options: Any) -> None:
    """Keep a picture of a page under its language and width, if pictures are wanted."""
    if PHOTOGRAPHED:
        folder = PICTURES / f"{language[:2]}-{width}"
        folder.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=folder / f"{name}.png", **options)


@dataclass
class Album:
    """The pictures of one journey, and what was wrong on its pages."""

    language: str
    width: int
    number: int = 0
    faults: list[str] = field(default_factory=list)
    weights: dict[str, int] = field(default_factory=dict)

    def picture(self, page: Page, name: str, width: int) -> None:
        if not PHOTOGRAPHED:
            return
        # A window as tall as the page: bars that stick to an edge stay where they belong.
        tall = page.evaluate("document.documentElement.scrollHeight")
        page.set_viewport_size({"width": width, "height": max(WIDTHS[width], min(tall, TALLEST))})
        named = f"{self.number:02}-{name}"
        photograph(page, self.language, width, named, animations="disabled")

    def write_weights(self) -> None:
        """Keep what each page costs to fetch, the heaviest first."""
        rows = sorted(self.weights.items(), key=lambda row: -row[1])
        text = "".join(f"{weight:>8} {where}\n" for where, weight in rows)
        PICTURES.mkdir(exist_ok=True)
        (PICTURES / f"weights-{self.language[:2]}.txt").write_text(text)

    def blame(self, where: str, what: str) -> None:
        self.faults.append(f"{self.language} {where}: {what}")


class Visitor:
    """One person with a browser of their own."""

    def __init__(self, browser: Browser, web: str, album: Album, **options: Any) -> None:
        self.album, self.web = album, web
        self.context = browser.new_context(
            base_url=web,
            viewport={"width": album.width, "height": WIDTHS[album.width]},
            reduced_motion="reduce",
            locale=album.language.replace("zh-hans", "zh-CN"),
            **options,
        )
        self.context.add_cookies([{"name": "django_language", "value": album.language, "url": web}])
        self.page = self.context.new_page()
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self._blame(str(error)))

    def _heard(self, message: Any) -> None:
        if message.type in ("error", "warning"):
            self._blame(message.text)

    def _blame(self, what: str) -> None:
        self.album.blame(self.page.url.removeprefix(self.web), what)

    def go(self, address: str) -> None:
        self.page.goto(address)

    def sign_in(self, email: str) -> None:
        self.go("/accounts/login/")
        self.page.locator("[name=login]").fill(email)
        self.page.locator("[name=password]").fill(PASSWORD)
        self.page.locator("[name=password]").press("Enter")
        self.page.wait_for_url(lambda url: "/accounts/" not in url)
        self.prefer_language()

    def prefer_language(self) -> None:
        """An account remembers its language; a person who prefers another presses the switch."""
        if not self.spoken().startswith(self.album.language[:2]):
            self.page.locator("button[name=language]").click()
            self.page.wait_for_load_state()

    def switch_language_and_back(self) -> None:
        """See this very page in the other language and return to it."""
        here = self.page.url.split("#")[0]
        for own in (False, True):
            self.page.locator("button[name=language]").click()
            self.page.wait_for_load_state()
            assert self.spoken().startswith(self.album.language[:2]) is own
            assert self.page.url == here

    def sign_in_by_keys(self, email: str) -> None:
        self.go("/accounts/login/")
        self.page.keyboard.press("Tab")
        assert self.page.evaluate("document.activeElement.matches('.q-skip')")
        self.reach("[name=login]")
        self.page.keyboard.type(email)
        self.reach("[name=password]")
        self.page.keyboard.type(PASSWORD)
        self.page.keyboard.press("Enter")
        self.page.wait_for_url(lambda url: "/accounts/" not in url)

    def reach(self, selector: str) -> None:
        """Press Tab until something has the focus, and see on the way that every focus shows."""
        for _ in range(LONGEST_WAY):
            self.page.keyboard.press("Tab")
            here = self.page.evaluate(FOCUS, selector)
            assert here["shown"], f"no focus to see: {here['html']}"
            if here["found"]:
                return
        raise AssertionError(f"Tab never reaches {selector}")

    def spoken(self) -> str:
        """Return the language the page says it speaks."""
        return (self.page.locator("html").get_attribute("lang") or "").lower()

    def on(self, mark: str) -> Locator:
        """Return what carries a mark for tests, in whatever language it speaks."""
        return self.page.locator(f"[data-test={mark}]:visible").first

    def press(self, mark: str) -> None:
        self.on(mark).click()

    def look(self, name: str) -> None:
        """Photograph and judge this page at both widths; the own width is restored."""
        album, page = self.album, self.page
        page.wait_for_load_state()
        album.number += 1
        where = page.url.removeprefix(self.web.rstrip("/")).split("?")[0]
        self._frame(where)
        for width in (album.width, *(set(WIDTHS) - {album.width})):
            page.set_viewport_size({"width": width, "height": WIDTHS[width]})
            self._judge(name, where, width)
        page.set_viewport_size({"width": album.width, "height": WIDTHS[album.width]})

    def _frame(self, where: str) -> None:
        page, album = self.page, self.album
        if not self.spoken().startswith(album.language[:2]):
            album.blame(where, f"speaks {self.spoken()}")
        if not page.locator("button[name=language]").count():
            album.blame(where, "no switch of language")
        weight = page.evaluate(WEIGHT)
        album.weights[where] = weight
        if weight > HEAVIEST and where not in DASHBOARDS:
            album.blame(where, f"weighs {weight} bytes")

    def _judge(self, name: str, where: str, width: int) -> None:
        page, album = self.page, self.album
        over = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        if over > 0:
            album.blame(where, f"scrolls {over} px sideways at {width}")
        album.picture(page, name, width)
        for found in violations(page):
            album.blame(where, f"axe at {width}: {found}")

    def leave(self) -> None:
        self.context.close()
