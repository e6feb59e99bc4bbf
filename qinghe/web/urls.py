"""Every address of the staff side and of the public pages; who may open which: `access.py`."""

from __future__ import annotations

from django.urls import path

from qinghe.web import dashboards, evidence, mandatepage, mandateterms, start
from qinghe.web.collector import (
    acts,
    bidding,
    case,
    grade,
    hall,
    live,
    mailing,
    notes,
    offering,
    offers,
    packages,
    rating,
    regionmap,
    searches,
    work,
)
from qinghe.web.collector.teamurls import team_urls
from qinghe.web.compliance import (
    appeals,
    complaints,
    house,
    inventions,
    measures,
    overrides,
    refusals,
    releases,
    screening,
)
from qinghe.web.compliance.integrityurls import integrity_urls
from qinghe.web.contact import attempt
from qinghe.web.creditor import (
    agreements,
    answering,
    back,
    batches,
    boxes,
    claims,
    complaining,
    contract,
    correcting,
    early,
    hearing,
    intake,
    mandates,
    objecting,
    placing,
    plans,
    reading,
    received,
    single,
    titles,
)
from qinghe.web.creditor import bundles as sending
from qinghe.web.creditor import evidence as adding
from qinghe.web.creditor import packages as bundles
from qinghe.web.front import front_urls
from qinghe.web.information.urls import information_urls
from qinghe.web.joining import door, exam, standing
from qinghe.web.money import pages as money_pages
from qinghe.web.money.urls import cost_urls
from qinghe.web.operator import (
    covers,
    jobs,
    letters,
    organisations,
    reversal,
    taxes,
    transfers,
    windows,
)
from qinghe.web.operator.monthurls import month_urls
from qinghe.web.operator.payouturls import payout_urls
from qinghe.web.public import bidrule, pages, rules, voice
from qinghe.web.regulator import journal
from qinghe.web.review import acting, disputes, identity, pairs, parties, verify

app_name = "web"
CLAIM = "claims/<uuid:claim_id>/"
EVIDENCE = "evidence/<uuid:evidence_id>/"
CASE = "cases/<uuid:claim_id>/"
ORGANISATION = "organisations/<slug:slug>/"

public_urls = [
    path("", pages.home, name="home"),
    path("how/", pages.how, name="how"),
    path("figures/", pages.public_figures, name="transparency"),
    path("definitions/", pages.definitions, name="definitions"),
    path("bidding/", bidrule.bidding_rule, name="bidding"),
    path("rules/", rules.rules, name="rules"),
    path("rules/<str:rule_id>/", rules.rule_page, name="rule"),
    path("check/", voice.check_code, name="check-code"),
    path("complain/", voice.complain, name="complain"),
    path("complain/find/", voice.complaint_find, name="complaint-find"),
    path("complain/<str:number>/", voice.complaint_state, name="complaint-state"),
]
member_urls = [
    path("start/", start.start, name="start"),
    path("membership/", start.membership, name="membership"),
    path("search/", start.search, name="search"),
]
board_urls = [
    path("creditor/", dashboards.creditor_home, name="creditor-home"),
    path("operator/", dashboards.operator_home, name="operator-home"),
    path("regulator/", dashboards.regulator_home, name="regulator-home"),
    path("regulator/figures.csv", dashboards.figures_file, name="figures-file"),
    path("quality/", dashboards.quality_record, name="quality"),
]
claim_urls = [
    path("batches/", batches.batch_list, name="batches"),
    path("batches/new/", intake.batch_new, name="batch-new"),
    path("batches/reading/", reading.batch_reading, name="batch-reading"),
    path("batches/columns/", intake.batch_columns, name="batch-columns"),
    path("papers/", sending.bundle_list, name="bundles"),
    path("papers/<uuid:bundle_id>/", sending.bundle_page, name="bundle"),
    path("papers/<uuid:bundle_id>/take/", sending.bundle_take, name="bundle-take"),
    path("papers/<uuid:bundle_id>/cancel/", sending.bundle_cancel, name="bundle-cancel"),
    path("papers/<uuid:bundle_id>/report.csv", sending.bundle_report, name="bundle-report"),
    path("batches/<uuid:batch_id>/", batches.batch_page, name="batch"),
    path("batches/<uuid:batch_id>/rows/", correcting.batch_rows, name="batch-rows"),
    path("batches/<uuid:batch_id>/forecast/", batches.batch_forecast, name="batch-forecast"),
    path("batches/<uuid:batch_id>/decide/", batches.batch_decide, name="batch-decide"),
    path("batches/<uuid:batch_id>/cancel/", batches.batch_cancel, name="batch-cancel"),
    path("batches/<uuid:batch_id>/errors.<str:fmt>", batches.batch_errors, name="batch-errors"),
    path("claims/", claims.claim_list, name="claims"),
    path("claims/new/", single.claim_new, name="claim-new"),
    path("claims/new/<uuid:batch_id>/", single.claim_look, name="claim-look"),
    path("claims/new/<uuid:batch_id>/proof/", single.claim_proof, name="claim-proof"),
    path("claims/publish/", placing.publish, name="publish"),
    path("bundles/", bundles.own_packages, name="own-packages"),
    path("bundles/<uuid:package_id>/withdraw/", bundles.package_withdraw, name="package-withdraw"),
    path(CLAIM, claims.claim_page, name="claim"),
    path(CLAIM + "evidence/", adding.evidence_add, name="claim-evidence"),
    path(CLAIM + "assignments/", adding.assignments_set, name="claim-assignments"),
    path(EVIDENCE, evidence.evidence_look, name="evidence-look"),
    path(EVIDENCE + "view/", evidence.evidence_view, name="evidence-view"),
    path(EVIDENCE + "file/", evidence.evidence_file, name="evidence-file"),
    path(EVIDENCE + "replace/", adding.evidence_replace, name="evidence-replace"),
    path(CLAIM + "withdraw/", claims.claim_withdraw, name="claim-withdraw"),
    path(CLAIM + "contract/", contract.contract_page, name="claim-contract"),
    path(CLAIM + "restate/", contract.claim_restate, name="claim-restate"),
    path(CLAIM + "accept-lawful/", contract.claim_accept_lawful, name="claim-accept-lawful"),
    path(CLAIM + "waive/", contract.claim_waive, name="claim-waive"),
    path(CLAIM + "stop-interest/", contract.claim_stop, name="claim-stop"),
    path(CLAIM + "chain/", titles.claim_chain, name="claim-chain"),
    path(CLAIM + "assign/", titles.claim_assign, name="claim-assign"),
    path(CLAIM + "notice/", titles.claim_notice, name="claim-notice"),
    path(CLAIM + "act/", titles.claim_act, name="claim-act"),
    path("claims/history/", contract.claims_history, name="claims-history"),
    path("assignments/", titles.assignments, name="assignments"),
    path("assignments/<uuid:title_id>/", titles.assignment_decide, name="assignment-decide"),
    path(CLAIM + "complaint/", complaining.complaint_open, name="claim-complaint"),
    path(CLAIM + "payment/", received.payment_received, name="claim-payment"),
    path(CLAIM + "plan/", agreements.plan_decide, name="claim-plan"),
    path(CLAIM + "early/", early.claim_early, name="claim-early"),
    path("authority/", early.authority, name="offer-authority"),
    path("authority/<uuid:offer_id>/", early.early_decide, name="early-decide"),
    path(CLAIM + "door-letter/", claims.door_letter, name="claim-door-letter"),
    path(CLAIM + "answer/", answering.resubmit, name="claim-resubmit"),
    path(CLAIM + "address/", answering.address, name="claim-address"),
    path(CLAIM + "proof/<uuid:dispute_id>/", answering.prove, name="claim-prove"),
    path(CLAIM + "words/<uuid:dispute_id>/", hearing.words, name="claim-words"),
    path(CLAIM + "object/", objecting.claim_object, name="claim-object"),
    path("disputes/papers/<uuid:paper_id>/", hearing.paper, name="dispute-paper"),
    path(CLAIM + "hardship/", agreements.hardship_decide, name="claim-hardship"),
    path(CLAIM + "notes/", notes.note_list, name="claim-notes"),
    path(CLAIM + "holds/", measures.hold_place, name="claim-hold"),
    path(CLAIM + "holds/<uuid:hold_id>/lift/", measures.hold_lift, name="claim-hold-lift"),
]
placing_urls = [
    path("listings/", placing.listings, name="listings"),
    path("listings/boxes/", boxes.box_list, name="boxes"),
    path("listings/<uuid:listing_id>/box/", boxes.box, name="box"),
    path("listings/<uuid:listing_id>/withdraw/", placing.listing_withdraw, name="listing-withdraw"),
    path("mandates/", mandates.mandate_list, name="mandates"),
    path("mandates/back/", back.back_list, name="back"),
    path("mandates/back/<uuid:claim_id>/", back.back_relist, name="back-relist"),
    path("mandates/<uuid:mandate_id>/", mandatepage.mandate, name="mandate"),
    path("mandates/<uuid:mandate_id>/report/", mandatepage.mandate_report, name="mandate-report"),
    path("mandates/<uuid:mandate_id>/file.pdf", mandateterms.mandate_file, name="mandate-file"),
    path("mandates/<uuid:mandate_id>/terms/", mandateterms.mandate_terms, name="mandate-terms"),
    path("mandates/<uuid:mandate_id>/recall/", mandates.mandate_recall, name="mandate-recall"),
    path("mandates/<uuid:mandate_id>/return/confirm/", back.return_confirm, name="return-confirm"),
    path("mandates/<uuid:mandate_id>/return/refuse/", back.return_refuse, name="return-refuse"),
    path("rights/<uuid:right_id>/offer/", back.right_offer, name="right-offer"),
    path("rights/<uuid:right_id>/end/", back.right_end, name="right-end"),
    path("rights/<uuid:right_id>/give-up/", offers.right_give_up, name="right-give-up"),
    path("mandates/<uuid:mandate_id>/resume/", measures.mandate_resume, name="mandate-resume"),
]
plan_urls = [
    path("commission/", mandatepage.commission, name="commission"),
    path("commission/plans/", plans.plan_list, name="plans"),
    path("commission/plans/new/", plans.plan_new, name="plan-new"),
    path("commission/plans/<uuid:plan_id>/", plans.plan_page, name="plan"),
    path("commission/plans/<uuid:plan_id>/retire/", plans.plan_retire, name="plan-retire"),
]
money_urls = [
    path("payments/", money_pages.payment_list, name="payments"),
    path("payments/report/", received.payments_report, name="payments-report"),
    path("payments/<uuid:payment_id>/reverse/", reversal.payment_reverse, name="payment-reverse"),
    path("statements/", money_pages.statement_page, name="statements"),
    path("statements/file.<str:fmt>", money_pages.statement_file, name="statement-file"),
    path("earnings/", money_pages.earning_page, name="earnings"),
]
STANDING_ORDER = "standing-orders/<uuid:standing_id>/<str:what>/"
collector_urls = [
    path("hall/", hall.order_hall, name="hall"),
    path("hall/<uuid:listing_id>/", hall.listing, name="listing"),
    path("hall/<uuid:listing_id>/take/", hall.take_order, name="take"),
    path("hall/<uuid:listing_id>/bid/", bidding.bid, name="bid"),
    path("hall/<uuid:listing_id>/bid/withdraw/", bidding.bid_withdraw, name="bid-withdraw"),
    path("bids/", bidding.my_bids_page, name="my-bids"),
    path("offers/", offers.offer_list, name="offers"),
    path("offers/<uuid:offer_id>/accept/", offers.offer_accept, name="offer-accept"),
    path("offers/<uuid:offer_id>/decline/", offers.offer_decline, name="offer-decline"),
    path("orders/", work.orders, name="orders"),
    path("standing-orders/", offers.standing_list, name="standing-orders"),
    path(STANDING_ORDER, offers.standing_switch, name="standing-order"),
    path("orders/message/", mailing.mailing_new, name="mailing-new"),
    path("orders/message/<uuid:mailing_id>/", mailing.mailing, name="mailing"),
    path("orders/message/<uuid:mailing_id>/stop/", mailing.mailing_stop, name="mailing-stop"),
    path("workbench/", work.workbench, name="workbench"),
    path("promises/", work.promise_calendar, name="promises"),
    path("grade/", grade.grade_page, name="grade"),
    path("grade/appeal/<slug:about>/<uuid:target_id>/", grade.appeal_new, name="appeal-new"),
    path("hall/live/", live.hall_live, name="hall-live"),
    path("hall/map/", regionmap.hall_map, name="hall-map"),
    path("hall/searches/", searches.search_list, name="searches"),
    path("hall/searches/keep/", searches.search_keep, name="search-keep"),
    path("hall/searches/<uuid:search_id>/open/", searches.search_open, name="search-open"),
    path("hall/searches/<uuid:search_id>/", searches.search_change, name="search-change"),
    path("packages/", packages.package_list, name="packages"),
    path("packages/<uuid:package_id>/", packages.package, name="package"),
    path("packages/<uuid:package_id>/take/", packages.package_take, name="package-take"),
    path("ratings/", rating.rating_list, name="ratings"),
    path("ratings/<uuid:mandate_id>/", rating.rating_give, name="rating"),
    path(CASE, case.case, name="case"),
    path(CASE + "contact/", acts.contact, name="case-contact"),
    path(CASE + "outcome/", acts.outcome, name="case-outcome"),
    path(CASE + "record/", acts.record_work, name="case-record"),
    path(CASE + "promise/", acts.promise, name="case-promise"),
    path(CASE + "early/", offering.case_early, name="case-early"),
    path(CASE + "promise/cancel/", acts.promise_cancel, name="case-promise-cancel"),
    path(CASE + "call-back/", acts.call_back, name="case-callback"),
    path(CASE + "give-back/", acts.return_order, name="case-give-back"),
]
INVENTION = "invented/<uuid:invention_id>/"
AUTOMATIC = "automatic-releases/<uuid:release_id>/"
review_urls = [
    path("verify/", verify.verify_queue, name="verify"),
    path("verify/<uuid:claim_id>/", verify.verify_page, name="verify-claim"),
    path("verify/<uuid:claim_id>/identity/", identity.identity, name="verify-identity"),
    path("verify/<uuid:claim_id>/decide/", acting.verify_decide, name="verify-decide"),
    path(
        "verify/<uuid:claim_id>/objections/<uuid:objection_id>/",
        acting.objection_decide,
        name="objection-decide",
    ),
    path("verify/<uuid:claim_id>/flags/<uuid:flag_id>/", acting.flag_decide, name="flag-decide"),
    path("verify/<uuid:claim_id>/sample/", acting.sample_decide, name="sample-decide"),
    path("verify/<uuid:claim_id>/invented/", inventions.invention_ask, name="invention-ask"),
    path("invented/", inventions.invention_list, name="inventions"),
    path(INVENTION + "decide/", inventions.invention_decide, name="invention-decide"),
    path(INVENTION + "release/", inventions.invention_release, name="invention-release"),
    path("automatic-releases/", releases.release_list, name="auto-releases"),
    path(AUTOMATIC + "grant/", releases.release_grant, name="auto-release-grant"),
    path(AUTOMATIC + "end/", releases.release_end, name="auto-release-end"),
    path("verify/<uuid:claim_id>/acts/<uuid:act_id>/", pairs.act_decide, name="act-decide"),
    path("verify/<uuid:claim_id>/check/", pairs.verify_check, name="verify-check"),
    path(
        "verify/<uuid:claim_id>/pairs/<uuid:duplicate_id>/",
        acting.duplicate_decide,
        name="duplicate-decide",
    ),
    path("disputes/", disputes.dispute_list, name="disputes"),
    path("disputes/<uuid:dispute_id>/", disputes.dispute_page, name="dispute"),
    path("complaints/", complaints.complaint_list, name="complaints"),
    path("complaints/<uuid:complaint_id>/", complaints.complaint_page, name="complaint"),
    path(
        "complaints/<uuid:complaint_id>/release/",
        complaints.complaint_release,
        name="complaint-release",
    ),
    path("appeals/", appeals.appeal_list, name="appeals"),
    path("appeals/<uuid:appeal_id>/", appeals.appeal_page, name="appeal"),
    path("listening/", appeals.listening, name="listening"),
    path("contacts/<uuid:attempt_id>/", attempt.attempt, name="attempt"),
    path("refusals/", refusals.refusal_list, name="refusals"),
    path("words/", screening.try_words, name="words"),
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
    path(ORGANISATION + "experience/", appeals.experience, name="organisation-experience"),
    path(ORGANISATION + "licences/", organisations.licence_add, name="licence-add"),
    path(ORGANISATION + "members/", organisations.member_add, name="member-add"),
    path(
        ORGANISATION + "members/<uuid:membership_id>/end/",
        organisations.member_end,
        name="member-end",
    ),
]
PARTY = "identity/<uuid:application_id>/"
joining_urls = [
    path("join/", door.join, name="join"),
    path("join/sent/", door.join_sent, name="join-sent"),
    path("join/<slug:kind>/", door.join_kind, name="join-kind"),
    path("application/", door.application, name="application"),
    path("standing/", standing.standing, name="standing"),
    path("standing/hand-in/", standing.standing_hand_in, name="standing-hand-in"),
    path("standing/<slug:part>/", standing.standing_part, name="standing-part"),
    path("certificate/", exam.certificate, name="certificate"),
    path("certificate/start/", exam.exam_start, name="exam-start"),
    path("certificate/exam/", exam.exam, name="exam"),
    path("identity/", parties.party_desk, name="parties-desk"),
    path("identity/ending/", parties.party_ending, name="party-ending"),
    path(PARTY, parties.party_review, name="party-review"),
    path(PARTY + "facts/", parties.party_facts, name="party-facts"),
    path(PARTY + "papers/<slug:sha>/", parties.party_file, name="party-file"),
    path(PARTY + "decide/", parties.party_decide, name="party-decide"),
    path(PARTY + "doubts/<uuid:flag_id>/", parties.party_flag, name="party-flag"),
    path(PARTY + "registers/<uuid:check_id>/", parties.party_check, name="party-check"),
    path("transfers/", transfers.transfer_list, name="party-transfers"),
    path("transfers/<uuid:transfer_id>/", transfers.transfer_done, name="party-transfer"),
    path(ORGANISATION + "covers/", covers.cover_add, name="cover-add"),
    path(ORGANISATION + "tax/", taxes.tax_tell, name="organisation-tax"),
    path(ORGANISATION + "covers/<uuid:cover_id>/", covers.cover_decide, name="cover-decide"),
]
HOUSE = "house-rules/<uuid:pack_id>/"
house_urls = [
    path("house-rules/", house.pack_list, name="house-packs"),
    path("house-rules/new/", house.pack_new, name="house-pack-new"),
    path(HOUSE, house.pack_page, name="house-pack"),
    path(HOUSE + "replay/", house.pack_replay, name="house-pack-replay"),
    path(HOUSE + "hand-over/", house.pack_hand_over, name="house-pack-hand-over"),
    path(HOUSE + "withdraw/", house.pack_withdraw, name="house-pack-withdraw"),
    path(HOUSE + "approve/", house.pack_approve, name="house-pack-approve"),
    path(HOUSE + "end/", house.pack_end, name="house-pack-end"),
    path(HOUSE + "end/grant/", house.pack_grant_end, name="house-pack-grant-end"),
    path("urgent-notices/", overrides.override_list, name="overrides"),
    path(CLAIM + "urgent-notice/", overrides.override_new, name="override-new"),
    path(
        "urgent-notices/<uuid:override_id>/decide/",
        overrides.override_decide,
        name="override-decide",
    ),
    path("urgent-notices/<uuid:override_id>/send/", overrides.override_send, name="override-send"),
]
operator_urls = [
    *payout_urls,
    path("letters/", letters.letter_list, name="letters"),
    path("letters/<uuid:attempt_id>/file.pdf", letters.letter_file, name="letter-file"),
    path("letters/<uuid:attempt_id>/printed/", letters.letter_printed, name="letter-printed"),
    path("letters/<uuid:attempt_id>/posted/", letters.letter_posted, name="letter-posted"),
    path("jobs/", jobs.job_list, name="jobs"),
    path("dispatch/", windows.window_list, name="windows"),
    path("dispatch/<uuid:round_id>/", windows.window_page, name="window"),
    path("journal/", journal.journal, name="journal"),
    path("journal/seals.csv", journal.seal_file, name="journal-seals"),
]
urlpatterns = [
    *front_urls,
    *public_urls,
    *member_urls,
    *board_urls,
    *claim_urls,
    *placing_urls,
    *information_urls,
    *plan_urls,
    *money_urls,
    *collector_urls,
    *team_urls,
    *review_urls,
    *organisation_urls,
    *joining_urls,
    *house_urls,
    *integrity_urls,
    *operator_urls,
    *month_urls,
    *cost_urls,
]
