"""Addresses of the debtor's door. No address says anything about a person."""

from __future__ import annotations

from django.urls import path

from qinghe.portal.complain import complain, complaint, take_back
from qinghe.portal.contacts import contacts, contacts_file
from qinghe.portal.door import door, leave, left
from qinghe.portal.felt import felt
from qinghe.portal.home import claim, evidence, home, lines
from qinghe.portal.papers import copy, erasure, papers
from qinghe.portal.pay import pay, receipt
from qinghe.portal.plan import plan, plan_check, plan_send
from qinghe.portal.trouble import contest, hardship, thanks
from qinghe.portal.wishes import wishes, withdraw

app_name = "portal"
urlpatterns = [
    path("", door, name="door"),
    path("leave/", leave, name="leave"),
    path("left/", left, name="left"),
    path("home/", home, name="home"),
    path("claims/<uuid:claim_id>/", claim, name="claim"),
    path("claims/<uuid:claim_id>/lines/", lines, name="lines"),
    path("claims/<uuid:claim_id>/evidence/<uuid:evidence_id>/", evidence, name="evidence"),
    path("claims/<uuid:claim_id>/pay/", pay, name="pay"),
    path("claims/<uuid:claim_id>/plan/", plan, name="plan"),
    path("claims/<uuid:claim_id>/plan/check/", plan_check, name="plan-check"),
    path("claims/<uuid:claim_id>/plan/send/", plan_send, name="plan-send"),
    path("claims/<uuid:claim_id>/hardship/", hardship, name="hardship"),
    path("claims/<uuid:claim_id>/contest/", contest, name="contest"),
    path("claims/<uuid:claim_id>/sent/<slug:what>/", thanks, name="sent"),
    path("receipts/<uuid:order_id>/", receipt, name="receipt"),
    path("wishes/", wishes, name="wishes"),
    path("wishes/<uuid:wish_id>/withdraw/", withdraw, name="wish-withdraw"),
    path("contacts/", contacts, name="contacts"),
    path("contacts.csv", contacts_file, name="contacts-file"),
    path("contacts/<uuid:attempt_id>/felt/", felt, name="felt"),
    path("complain/", complain, name="complain"),
    path("complaints/<uuid:complaint_id>/", complaint, name="complaint"),
    path("complaints/<uuid:complaint_id>/back/", take_back, name="complaint-back"),
    path("papers/", papers, name="papers"),
    path("papers/copy/", copy, name="copy"),
    path("papers/deletion/", erasure, name="erasure"),
]
