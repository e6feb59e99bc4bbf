"""Addresses of the debtor's door."""

from __future__ import annotations

from django.urls import path

from qinghe.portal.door import door, leave, left

app_name = "portal"
urlpatterns = [
    path("", door, name="door"),
    path("leave/", leave, name="leave"),
    path("left/", left, name="left"),
]
