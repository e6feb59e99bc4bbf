"""Every address of the staff side and of the public pages; who may open which: `access.py`."""

from __future__ import annotations

from django.urls import path

from qinghe.web import start
from qinghe.web.creditor import mandates, placing
from qinghe.web.front import front_urls
from qinghe.web.operator import organisations
from qinghe.web.public import rules

app_name = "web"
ORGANISATION = "organisations/<slug:slug>/"

public_urls = [
    path("rules/", rules.rules, name="rules"),
    path("rules/<str:rule_id>/", rules.rule_page, name="rule"),
]
member_urls = [
    path("start/", start.start, name="start"),
    path("membership/", start.membership, name="membership"),
    path("search/", start.search, name="search"),
]
placing_urls = [
    path("claims/publish/", placing.publish, name="publish"),
    path("listings/", placing.listings, name="listings"),
    path("listings/<uuid:listing_id>/withdraw/", placing.listing_withdraw, name="listing-withdraw"),
    path("mandates/", mandates.mandate_list, name="mandates"),
    path("mandates/<uuid:mandate_id>/recall/", mandates.mandate_recall, name="mandate-recall"),
]
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
    path(ORGANISATION + "licences/", organisations.licence_add, name="licence-add"),
    path(ORGANISATION + "members/", organisations.member_add, name="member-add"),
]
urlpatterns = [
    *front_urls,
    *public_urls,
    *member_urls,
    *placing_urls,
    *organisation_urls,
]
