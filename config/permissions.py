"""What no page of the product may ask a browser for."""

from collections.abc import Callable
from typing import Final

from django.http import HttpRequest, HttpResponse

# Passkeys and the clipboard are left to the page's own origin, which is what browsers do anyway.
NEVER: Final = (
    "accelerometer",
    "browsing-topics",
    "camera",
    "display-capture",
    "geolocation",
    "gyroscope",
    "magnetometer",
    "microphone",
    "midi",
    "payment",
    "usb",
)
POLICY: Final = ", ".join(f"{what}=()" for what in NEVER)


def nothing_of_the_device(
    answer: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Say with every answer that no page uses place, camera, microphone or the like."""

    def answered(request: HttpRequest) -> HttpResponse:
        response = answer(request)
        response.headers.setdefault("Permissions-Policy", POLICY)
        return response

    return answered
