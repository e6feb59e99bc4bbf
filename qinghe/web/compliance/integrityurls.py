"""Addresses of the integrity desk and of those it asks, joined into the staff side's URL table."""

from __future__ import annotations

from django.urls import path

from qinghe.web.compliance import integrity, lowered
from qinghe.web.joining import hearing
from qinghe.web.joining import lowered as own_lowered
from qinghe.web.operator import deposits

FLAG = "integrity/<uuid:flag_id>/"
INTEGRITY_RULING = FLAG + "rulings/<uuid:ruling_id>/"
LOWERED = "integrity/lowered/<uuid:lowering_id>/"
LOWERED_OWN = "hearings/lowered/<uuid:lowering_id>/"

integrity_urls = [
    path("integrity/", integrity.integrity_list, name="integrity"),
    path("integrity/rules/", integrity.rule_list, name="integrity-rules"),
    path("integrity/rules/<slug:code>/", integrity.rule_retire, name="integrity-retire"),
    path(FLAG, integrity.integrity_flag, name="integrity-flag"),
    path(FLAG + "hear/", integrity.integrity_hear, name="integrity-hear"),
    path(FLAG + "rule/<uuid:org_id>/", integrity.integrity_rule, name="integrity-rule"),
    path(INTEGRITY_RULING + "decide/", integrity.ruling_decide, name="ruling-decide"),
    path(INTEGRITY_RULING + "letter/", integrity.ruling_letter, name="ruling-letter"),
    path(INTEGRITY_RULING + "objection/", integrity.ruling_objection, name="ruling-objection"),
    path(INTEGRITY_RULING + "call/", integrity.ruling_call, name="ruling-call"),
    path(LOWERED, lowered.lowered, name="lowered"),
    path(LOWERED + "judge/", lowered.lowered_judge, name="lowered-judge"),
    path(LOWERED + "decide/", lowered.lowered_decide, name="lowered-decide"),
    path(LOWERED_OWN + "object/", own_lowered.lowered_object, name="lowered-object"),
    path(LOWERED_OWN + "answer/", own_lowered.lowered_answer, name="lowered-answer"),
    path("hearings/", hearing.hearing_list, name="hearings"),
    path("hearings/<uuid:flag_id>/answer/", hearing.hearing_answer, name="hearing-answer"),
    path("hearings/<uuid:ruling_id>/object/", hearing.hearing_object, name="hearing-object"),
    path("deposit-calls/", deposits.call_list, name="deposit-calls"),
    path("deposit-calls/<uuid:call_id>/", deposits.call_received, name="deposit-call-received"),
]
