"""The machines' door: addresses, keys, one error shape. The description is at /api/openapi.json."""

from __future__ import annotations

from django.urls import path
from ninja import NinjaAPI

from qinghe.api import listings, mandates
from qinghe.api.auth import ApiKey
from qinghe.api.errors import speak

api = NinjaAPI(
    title="Qinghe",
    version="1",
    description="Batches, claims, listings, mandates, contacts, payments and complaints, by key.",
    urls_namespace="api",
    docs_url=None,
    auth=ApiKey(),
)
speak(api)
for part in (listings, mandates):
    api.add_router("", part.router)

urlpatterns = [path("", api.urls)]
