"""Turn the figures of reporting into what a page draws; every one links to its definition."""

from __future__ import annotations

from django.urls import reverse


def definition_href(definition_id: str) -> str:
    """Return the address of a definition."""
    return f"{reverse('web:definitions')}#{definition_id}"
