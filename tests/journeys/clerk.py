"""
What a test cannot do in a browser, done inside the installation: `python -m tests.journeys.clerk`.

`strike TASK ...` runs clocks now instead of in ten minutes; `letter NUMBER ...` opens the envelope
of the newest letter as its reader does, once each of these claims had one, and prints its text.
"""

from __future__ import annotations

import os
import sys
from io import BytesIO

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from procrastinate.contrib.django import app  # noqa: E402
from pypdf import PdfReader  # noqa: E402

from qinghe.contact.models import Delivery  # noqa: E402
from qinghe.kernel import clock  # noqa: E402
from qinghe.parties.filestore import load_file  # noqa: E402


def strike(*tasks: str) -> None:
    for task in tasks:
        app.tasks[task](timestamp=int(clock.now().timestamp()))


def letter(*numbers: str) -> None:
    sent = Delivery.objects.filter(attempt__claim__number__in=numbers).exclude(file_sha256="")
    newest = sent.order_by("-at").first()
    if newest is not None and sent.values("attempt__claim").distinct().count() == len(numbers):
        pages = PdfReader(BytesIO(load_file(newest.file_sha256))).pages
        print("\n".join(page.extract_text() for page in pages))


if __name__ == "__main__":
    {"strike": strike, "letter": letter}[sys.argv[1]](*sys.argv[2:])
