"""What the operator may look at; nothing is changed here."""

from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest

from qinghe.market.models import Capacity, Listing, Mandate, Standing


class ReadOnly(admin.ModelAdmin):  # type: ignore[type-arg]
    """Shows rows; the services alone write."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


@admin.register(Listing)
class ListingAdmin(ReadOnly):
    list_display = ("number", "mode", "state", "region", "stage", "band", "listed_at")
    list_filter = ("state", "mode", "stage")
    search_fields = ("number",)


@admin.register(Mandate)
class MandateAdmin(ReadOnly):
    list_display = ("id", "collector", "mode", "state", "starts_at", "ends_at")
    list_filter = ("state", "mode")
    list_select_related = ("collector",)


@admin.register(Capacity)
class CapacityAdmin(ReadOnly):
    list_display = ("collector", "live", "limit", "max_band")
    list_select_related = ("collector",)


@admin.register(Standing)
class StandingAdmin(ReadOnly):
    list_display = ("collector", "grade", "cause", "ratio", "starts_at", "ends_at")
    list_filter = ("grade", "cause")
    list_select_related = ("collector",)
