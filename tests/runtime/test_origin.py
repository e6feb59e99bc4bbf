"""Behind proxies the visitor's own address counts; nobody can choose it by writing a header."""

from __future__ import annotations

import pytest
from django.conf import LazySettings
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from config.origin import behind_proxies, visitor


@pytest.mark.parametrize(
    ("forwarded", "proxies", "origin"),
    [
        ("192.0.2.7", 1, "192.0.2.7"),
        ("198.51.100.1, 192.0.2.7", 1, "192.0.2.7"),
        ("198.51.100.1, 192.0.2.7, 10.0.0.1", 2, "192.0.2.7"),
        ("2001:db8::7", 1, "2001:db8::7"),
        ("192.0.2.7", 2, ""),
        ("", 1, ""),
        ("unknown", 1, ""),
    ],
)
def test_the_visitor_is_who_our_outermost_proxy_saw(
    forwarded: str, proxies: int, origin: str
) -> None:
    assert visitor(forwarded, proxies) == origin


@pytest.mark.parametrize(("proxies", "origin"), [(0, "10.0.0.1"), (1, "192.0.2.7")])
def test_a_header_is_heeded_only_where_a_proxy_of_ours_stands(
    rf: RequestFactory, settings: LazySettings, proxies: int, origin: str
) -> None:
    settings.PROXIES = proxies
    seen = []

    def answer(request: HttpRequest) -> HttpResponse:
        seen.append(request.META["REMOTE_ADDR"])
        return HttpResponse()

    headers = {"HTTP_X_FORWARDED_FOR": "198.51.100.1, 192.0.2.7"}
    behind_proxies(answer)(rf.get("/d/", REMOTE_ADDR="10.0.0.1", **headers))

    assert seen == [origin]
