"""The machines' door: addresses, keys, one error shape. The description is at /api/openapi.json."""

from __future__ import annotations

from django.urls import path

from qinghe.api import (
    batches,
    bids,
    bundles,
    calculations,
    claims,
    complaints,
    contacts,
    contracts,
    early,
    information,
    listings,
    mailings,
    mandates,
    offers,
    packages,
    payments,
    plans,
    prospects,
    screenings,
    searches,
    standings,
    statements,
    teams,
    webhooks,
)
from qinghe.api.auth import ApiKey
from qinghe.api.description import Described
from qinghe.api.errors import speak, speak_of_unkeepable

api = Described(
    title="Qinghe",
    version="1",
    description="Batches, claims, listings, mandates, contacts, payments and complaints, by key.",
    urls_namespace="api",
    docs_url=None,
    auth=ApiKey(),
)
speak(api)
speak_of_unkeepable(api)
PARTS = (
    batches,
    bundles,
    claims,
    contracts,
    calculations,
    listings,
    searches,
    prospects,
    packages,
    bids,
    information,
    mandates,
    teams,
    plans,
    early,
    offers,
    contacts,
    mailings,
    screenings,
    payments,
    statements,
    standings,
    complaints,
    webhooks,
)
for part in PARTS:
    api.add_router("", part.router)

urlpatterns = [path("", api.urls)]
