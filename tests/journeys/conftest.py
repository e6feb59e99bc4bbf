"""One installation and one browser for all journeys; both are gone before other tests begin."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.journeys.visitor import CHROMIUM, QUIET
from tests.place import Place, until


@pytest.fixture(scope="package")
def place() -> Iterator[Place]:
    one = Place(QINGHE_DEMO_CLAIMS="48", QINGHE_DEMO_DAYS="16")
    try:
        until("the first start", one.ready, 600)
        yield one
    finally:
        one.end()


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        yield started
        started.close()
