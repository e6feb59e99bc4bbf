"""One claim lives its whole life in a browser, once in Chinese and once in English."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import Browser

from tests.journeys.answering import Answering
from tests.journeys.beginning import Beginning
from tests.journeys.collecting import Collecting
from tests.journeys.deciding import Deciding
from tests.journeys.visitor import AXE, CHROMIUM, Album
from tests.place import Place

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine"),
    pytest.mark.skipif(not AXE.is_file(), reason="front-end packages are not installed"),
]


class Life(Beginning, Collecting, Answering, Deciding):
    """All of it."""


@pytest.mark.parametrize(
    ("language", "width", "seed"), [("zh-hans", 1440, 1), ("en", 360, 2)], ids=["zh", "en"]
)
def test_a_claim_lives_its_whole_life(
    place: Place, browser: Browser, language: str, width: int, seed: int
) -> None:
    album = Album(language, width)
    story = Life(place, browser, album, seed)
    story.anybody_looks_around()
    story.creditor_delivers()
    story.reviewer_verifies()
    story.debtor_gets_a_letter()
    story.operator_prints()
    story.the_window_passes()
    story.creditor_publishes()
    story.collector_takes()
    story.the_gate_answers()
    story.debtor_answers()
    story.debtor_answers_without_scripts()
    story.creditor_agrees()
    story.operators_pay_out()
    story.collector_earns()
    story.debtor_complains()
    story.compliance_decides()
    album.write_weights()
    assert album.faults == []
    report = json.loads(place.ask("verify", "--json").stdout)
    assert report["ok"], [check for check in report["checks"] if not check["ok"]]
