"""
Where a request comes from, behind proxies: the rate limits count the visitor, not the proxy.

`QINGHE_PROXIES` says how many proxies of our own stand in front. Each of them appends the address
it was asked from to `X-Forwarded-For`; what stands further left was written by a stranger.
"""

from collections.abc import Callable
from ipaddress import ip_address

from django.conf import settings
from django.http import HttpRequest, HttpResponse

HEADER = "HTTP_X_FORWARDED_FOR"
Answer = Callable[[HttpRequest], HttpResponse]


def behind_proxies(answer: Answer) -> Answer:
    """
    Make `REMOTE_ADDR` the visitor's own address; the first of all middleware.
    """

    def known(request: HttpRequest) -> HttpResponse:
        if settings.PROXIES:
            origin = visitor(request.META.get(HEADER, ""), settings.PROXIES)
            request.META["REMOTE_ADDR"] = origin or request.META.get("REMOTE_ADDR", "")
        return answer(request)

    return known


def visitor(forwarded: str, proxies: int) -> str:
    """
    Return the address that the outermost of our proxies was asked from; empty when there is none.
    """
    named = [each.strip() for each in forwarded.split(",")]
    if len(named) < proxies:
        return ""
    try:
        return str(ip_address(named[-proxies]))
    except ValueError:
        return ""
