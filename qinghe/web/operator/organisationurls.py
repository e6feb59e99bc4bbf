"""Addresses of organisations and those who act for them."""

from __future__ import annotations

from django.urls import path

from qinghe.web.compliance import appeals
from qinghe.web.operator import organisations

ORGANISATION = "organisations/<slug:slug>/"
organisation_urls = [
    path("organisations/", organisations.organisation_list, name="organisations"),
    path("organisations/new/", organisations.organisation_new, name="organisation-new"),
    path(ORGANISATION, organisations.organisation_page, name="organisation"),
    path(ORGANISATION + "verify/", organisations.organisation_verify, name="organisation-verify"),
    path(
        ORGANISATION + "suspend/", organisations.organisation_suspend, name="organisation-suspend"
    ),
    path(
        ORGANISATION + "capacity/",
        organisations.organisation_capacity,
        name="organisation-capacity",
    ),
    path(ORGANISATION + "experience/", appeals.experience, name="organisation-experience"),
    path(ORGANISATION + "licences/", organisations.licence_add, name="licence-add"),
    path(ORGANISATION + "members/", organisations.member_add, name="member-add"),
    path(
        ORGANISATION + "members/<uuid:membership_id>/end/",
        organisations.member_end,
        name="member-end",
    ),
    path(
        ORGANISATION + "members/<uuid:membership_id>/confirm/",
        organisations.member_confirm,
        name="member-confirm",
    ),
]
