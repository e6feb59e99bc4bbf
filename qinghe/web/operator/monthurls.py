"""Addresses of closed months and their papers."""

from __future__ import annotations

from django.urls import path

from qinghe.web.money import invoices, kept
from qinghe.web.operator import months

month_urls = [
    path("months/", months.month_list, name="months"),
    path("months/<str:month>/ask/", months.month_ask, name="month-ask"),
    path("months/<uuid:close_id>/close/", months.month_close, name="month-close"),
    path("months/<uuid:close_id>/drop/", months.month_drop, name="month-drop"),
    path("months/accounts.csv", months.month_accounts, name="month-accounts"),
    path("months/<str:month>/books.<str:fmt>", months.month_export, name="month-export"),
    path("statements/monthly/", kept.kept_list, name="kept-statements"),
    path(
        "statements/monthly/<uuid:statement_id>.<str:fmt>",
        kept.kept_download,
        name="kept-statement-file",
    ),
    path("months/<uuid:close_id>/invoices/", invoices.invoices_issue, name="invoices-issue"),
    path("invoices/", invoices.invoice_list, name="invoices"),
    path("invoices/all.csv", invoices.invoice_file, name="invoice-file"),
    path("invoices/<uuid:invoice_id>/cancel/", invoices.invoice_cancel, name="invoice-cancel"),
]
