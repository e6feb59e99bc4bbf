"""What the people of one journey share: an installation, an album, and what one told another."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser

from tests.journeys.visitor import Album, Visitor
from tests.place import Place


class Story:
    """One journey in one language; each part of it is told by a class of its own."""

    def __init__(self, place: Place, browser: Browser, album: Album, seed: int) -> None:
        self.place, self.browser, self.album, self.seed = place, browser, album, seed
        self.numbers: list[str] = []
        self.claims: list[str] = []
        self.cases: dict[str, str] = {}
        self.answer = self.code = ""

    @contextmanager
    def visit(self, email: str = "", **options: Any) -> Iterator[Visitor]:
        """Let somebody sit down at a browser, signed in when they have an account."""
        one = Visitor(self.browser, self.place.web, self.album, **options)
        if email:
            one.sign_in(email)
        yield one
        one.leave()

    def strike(self, *tasks: str) -> None:
        done = self.place.python("-m", "tests.journeys.clerk", "strike", *tasks)
        assert done.returncode == 0, done.stderr[-2000:]
