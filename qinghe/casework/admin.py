"""What the operator may look at; nothing is changed here, and no statement is shown."""

from __future__ import annotations

from django.contrib import admin

from qinghe.casework.models import Hardship, Plan, Promise, Record
from qinghe.market.admin import ReadOnly


@admin.register(Record)
class RecordAdmin(ReadOnly):
    list_display = ("id", "action", "result", "at")
    list_filter = ("action", "result")
    fields = ("action", "result", "at")


@admin.register(Promise)
class PromiseAdmin(ReadOnly):
    list_display = ("id", "amount", "due_on", "state", "made_at")
    list_filter = ("state",)


@admin.register(Plan)
class PlanAdmin(ReadOnly):
    list_display = ("id", "total", "monthly", "count", "state", "first_due_on")
    list_filter = ("state",)


@admin.register(Hardship)
class HardshipAdmin(ReadOnly):
    list_display = ("id", "state", "asked_at", "pause_until")
    list_filter = ("state",)
    fields = ("state", "asked_at", "decided_at", "pause_until")
