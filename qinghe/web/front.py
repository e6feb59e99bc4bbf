"""Addresses of the frame itself, joined into the staff side's URL table."""

from __future__ import annotations

from django.urls import path

from qinghe.web.preferences import preferences
from qinghe.web.styleguide import styleguide

front_urls = [
    path("preferences/", preferences, name="preferences"),
    path("styleguide/", styleguide, name="styleguide"),
]
