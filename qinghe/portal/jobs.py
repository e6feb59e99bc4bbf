"""The cashier's messenger: carries a signed notice to the platform, again until it is heard."""

from __future__ import annotations

import http.client
from urllib.parse import urlsplit

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

TRIES = RetryStrategy(max_attempts=8, exponential_wait=2)
PATIENCE_SECONDS = 10
SIGNATURE_HEADER = "X-Cashier-Signature"


class NotHeardError(Exception):
    """The platform did not take the notice; it will be sent again."""


@app.task(name="cashier-sandbox.notify", queue="cashier-sandbox", retry=TRIES)
def notify(*, url: str, body: str, signature: str, **_later: object) -> None:
    """
    Send one notice by HTTP. Sending it twice is harmless: the platform books it once.

    :raises NotHeardError: no answer, or not a good one
    """
    address = urlsplit(url)
    secure = address.scheme == "https"
    kind = http.client.HTTPSConnection if secure else http.client.HTTPConnection
    line = kind(address.hostname or "", address.port, timeout=PATIENCE_SECONDS)
    headers = {"Content-Type": "application/json", SIGNATURE_HEADER: signature}
    try:
        line.request("POST", address.path, body=body.encode(), headers=headers)
        status = line.getresponse().status
    except OSError as fault:
        raise NotHeardError("no answer") from fault
    finally:
        line.close()
    if not 200 <= status < 300:
        raise NotHeardError(f"answered {status}")
