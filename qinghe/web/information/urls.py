"""Addresses of the information mode, joined into the staff side's URL table."""

from __future__ import annotations

from django.urls import path

from qinghe.web.information import answering, asking, entry, introducing

REQUEST = "quotes/<uuid:request_id>/"
QUOTATION = REQUEST + "quotations/<uuid:quotation_id>/"
ASKED = "quotes/asked/<uuid:request_id>/"
INTRODUCTION = "introductions/<uuid:introduction_id>/"

information_urls = [
    path("agencies/", entry.directory, name="directory"),
    path("agencies/<slug:slug>/", entry.profile, name="agency"),
    path("directory/", entry.entry, name="directory-entry"),
    path("directory/leave/", entry.leave, name="directory-leave"),
    path("quotes/", asking.request_list, name="quotes"),
    path("quotes/new/", asking.request_new, name="quotes-new"),
    path("quotes/asked/", answering.asked_list, name="quotes-asked"),
    path(ASKED, answering.answer, name="quotes-answer"),
    path(ASKED + "refuse/", answering.refuse, name="quotes-refuse"),
    path(ASKED + "take-back/", answering.take_back, name="quotes-take-back"),
    path(REQUEST, asking.request_page, name="quotes-request"),
    path(REQUEST + "withdraw/", asking.request_withdraw, name="quotes-withdraw"),
    path(REQUEST + "close/", asking.request_close, name="quotes-close"),
    path(QUOTATION + "choose/", asking.quotation_choose, name="quotation-choose"),
    path(QUOTATION + "pass/", asking.quotation_pass, name="quotation-pass"),
    path("introductions/", introducing.introduction_list, name="introductions"),
    path("introductions/complaints/", introducing.complaint_desk, name="introduction-complaints"),
    path(
        "introductions/complaints/<uuid:complaint_id>/",
        introducing.complaint_decide,
        name="introduction-complaint-decide",
    ),
    path(INTRODUCTION, introducing.introduction_page, name="introduction"),
    path(INTRODUCTION + "contact/", introducing.introduction_contact, name="introduction-contact"),
    path(INTRODUCTION + "agree/", introducing.introduction_agree, name="introduction-agree"),
    path(INTRODUCTION + "decline/", introducing.introduction_decline, name="introduction-decline"),
    path(INTRODUCTION + "report/", introducing.introduction_report, name="introduction-report"),
    path(
        INTRODUCTION + "complain/", introducing.introduction_complain, name="introduction-complain"
    ),
    path(INTRODUCTION + "paid/", introducing.introduction_paid, name="introduction-paid"),
]
