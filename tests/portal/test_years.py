"""No day on a debtor's page stands without its year: such pages are kept, and read much later."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest
from django.test import Client

from tests.portal.conftest import World

MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
ENGLISH = re.compile(rf"\b\d{{1,2}}\s(?:{MONTHS})\b(?!\s20\d\d)")
CHINESE = re.compile(r"(?<!年\s)(?<![\d年])\d{1,2}\s月\s\d{1,2}\s日")
PAGES = ("", "lines/", "contest/", "plan/", "pay/", "hardship/", "sent/contest/")


@pytest.mark.parametrize(("language", "bare"), [("en", ENGLISH), ("zh-hans", CHINESE)])
def test_every_day_has_its_year(
    inside: Client, world: World, language: str, bare: re.Pattern[str]
) -> None:
    inside.cookies["django_language"] = language
    told = {"request_key": uuid4().hex, "reason": "paid", "statement": "x"}
    inside.post(f"/d/claims/{world.claim.pk}/contest/", told)
    claim = f"/d/claims/{world.claim.pk}/"
    seen = 0
    for path in ("/d/home/", "/d/papers/", "/d/contacts/", *(f"{claim}{each}" for each in PAGES)):
        text = re.sub(r"<[^>]+>", " ", inside.get(path).content.decode())
        assert not bare.search(text), (path, bare.search(text))
        seen += len(re.findall(r"2026", text))
    assert seen > 5
