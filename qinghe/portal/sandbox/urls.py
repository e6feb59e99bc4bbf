"""The address of the stand-in cashier."""

from __future__ import annotations

from django.urls import path

from qinghe.portal.sandbox.views import cashier

app_name = "cashier-sandbox"
urlpatterns = [path("", cashier, name="page")]
