"""Addresses of the debtor's door. No address says anything about a person."""

from __future__ import annotations

from django.urls import path

from qinghe.portal.complain import complain, complaint, take_back
from qinghe.portal.contacts import contacts, contacts_file
from qinghe.portal.debit import debit, debit_cancel
from qinghe.portal.door import awake, door, leave, left
from qinghe.portal.early import early
from qinghe.portal.felt import felt
from qinghe.portal.home import claim, evidence, home, lines
from qinghe.portal.papers import copy, erasure, papers
from qinghe.portal.pay import pay, pay_on, payment, receipt
from qinghe.portal.plan import plan, plan_back, plan_check, plan_send
from qinghe.portal.thanks import thanks
from qinghe.portal.trouble import contest, contest_back, hardship, paper
from qinghe.portal.wishes import wishes, withdraw

app_name = "portal"
urlpatterns = [
    path("", door, name="door"),
    path("leave/", leave, name="leave"),
    path("left/", left, name="left"),
    path("awake/", awake, name="awake"),
    path("home/", home, name="home"),
    path("claims/<uuid:claim_id>/", claim, name="claim"),
    path("claims/<uuid:claim_id>/lines/", lines, name="lines"),
    path("claims/<uuid:claim_id>/evidence/<uuid:evidence_id>/", evidence, name="evidence"),
    path("claims/<uuid:claim_id>/pay/", pay, name="pay"),
    path("claims/<uuid:claim_id>/plan/", plan, name="plan"),
    path("claims/<uuid:claim_id>/plan/check/", plan_check, name="plan-check"),
    path("claims/<uuid:claim_id>/plan/send/", plan_send, name="plan-send"),
    path("claims/<uuid:claim_id>/plan/back/", plan_back, name="plan-back"),
    path("claims/<uuid:claim_id>/debit/", debit, name="debit"),
    path("claims/<uuid:claim_id>/debit/cancel/", debit_cancel, name="debit-cancel"),
    path("claims/<uuid:claim_id>/early/", early, name="early"),
    path("claims/<uuid:claim_id>/hardship/", hardship, name="hardship"),
    path("claims/<uuid:claim_id>/contest/", contest, name="contest"),
    path("claims/<uuid:claim_id>/contest/back/", contest_back, name="contest-back"),
    path("claims/<uuid:claim_id>/papers/<uuid:paper_id>/", paper, name="paper"),
    path("claims/<uuid:claim_id>/sent/<slug:what>/", thanks, name="sent"),
    path("orders/<uuid:order_id>/pay/", pay_on, name="pay-on"),
    path("receipts/<uuid:order_id>/", receipt, name="receipt"),
    path("payments/<uuid:payment_id>/", payment, name="payment"),
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
