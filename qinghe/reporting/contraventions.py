"""
Each promise as a query for what breaks it: an empty answer means it is kept.

Written against the tables on purpose. A check that asked the services would believe their mistakes.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from qinghe.contact.decision import SETTINGS
from qinghe.contact.terms import AttemptState
from qinghe.reporting.books import BOOKS
from qinghe.reporting.closed import BY_MONTH

LIMIT = 10
# After this long an attempt must have got a named end.
STUCK_AFTER = timedelta(hours=24)
# So long after the bank took too much it is on its way back, by the bank or by ourselves.
GIVEN_BACK_IN = timedelta(days=30)
# Western China keeps Beijing's time by law.
ZONE = """
CASE WHEN p.zones->>0 IN ('Asia/Urumqi', 'Asia/Kashgar', 'Asia/Harbin', 'Asia/Chongqing')
    THEN 'Asia/Shanghai' ELSE p.zones->>0 END
"""
IDENTITY_FREE = (
    "id", "number", "claim_id", "creditor_kind", "mode", "state", "region", "product", "stage",
    "hand", "currency", "band", "evidence_count", "commission_rate", "quality_share",
    "period_days", "licence", "designated_to_id", "listed_at", "expires_at",
    "commission_plan_id", "band_rates", "document_id", "signed_by", "signed_role",
)  # fmt: skip

BY_NAME: dict[str, str] = {
    **BOOKS,
    "claims-mirror-ledger": """
        WITH shown AS (
            SELECT c.number, c.currency, part.amount,
                'claim:' || c.id || ':' || part.name AS path
            FROM claims_claim c CROSS JOIN LATERAL (VALUES
                ('principal', c.principal), ('interest', c.interest), ('costs', c.costs)
            ) AS part (name, amount)
        )
        SELECT s.number FROM shown s
        LEFT JOIN ledger_account a ON a.path = s.path AND a.currency = s.currency
        WHERE s.amount <> coalesce(a.balance, 0)
    """,
    "claims-show-their-payments": """
        SELECT c.number FROM claims_claim c
        LEFT JOIN (
            SELECT claim_id, sum(amount - excess) AS total FROM settlement_payment
            WHERE state = 'posted' AND source <> 'withheld' GROUP BY claim_id
        ) AS paid ON paid.claim_id = c.id
        WHERE c.paid <> coalesce(paid.total, 0)
    """,
    "payments-divided-to-the-cent": """
        SELECT p.id::text FROM settlement_payment p
        LEFT JOIN settlement_split s ON s.payment_id = p.id
        LEFT JOIN (
            SELECT payment_id, sum(amount) AS total FROM settlement_allocation GROUP BY payment_id
        ) AS a ON a.payment_id = p.id
        WHERE p.state = 'posted' AND (
            CASE p.source WHEN 'withheld' THEN 0 ELSE p.amount - p.excess END
                <> coalesce(a.total, 0)
            OR p.amount - p.excess <> coalesce(s.amount, -1)
            OR s.amount <> s.creditor_share + s.commission + s.reserve + s.platform_fee
                + s.costs_back
            OR s.costs_back + s.costs_own <> coalesce((
                SELECT sum(r.amount) FROM settlement_costrefund r WHERE r.payment_id = p.id
            ), 0)
        )
    """,
    "costs-go-back-once": """
        SELECT a.id::text FROM settlement_costadvance a
        JOIN settlement_costrefund r ON r.advance_id = a.id
        JOIN settlement_payment p ON p.id = r.payment_id
        GROUP BY a.id, a.amount, a.state
        HAVING sum(r.amount) > a.amount OR a.state <> 'agreed' OR bool_or(p.state <> 'posted')
    """,
    "paid-orders-are-booked": """
        SELECT o.id::text FROM settlement_cashierorder o
        LEFT JOIN settlement_payment p ON p.order_id = o.id
        WHERE (o.state = 'paid') <> (p.id IS NOT NULL)
    """,
    "attempts-in-named-states": """
        SELECT a.id::text FROM contact_attempt a
        WHERE a.state <> ALL (%(states)s)
            OR (a.state IN ('permitted', 'sending') AND a.at < %(stuck)s
                AND a.sent_at IS NULL AND a.outcome IS NULL)
    """,
    "refusals-never-sent": """
        SELECT a.id::text FROM contact_attempt a
        LEFT JOIN contact_delivery d ON d.attempt_id = a.id
        WHERE a.state = 'refused'
            AND (a.sent_at IS NOT NULL OR a.outcome IS NOT NULL OR d.id IS NOT NULL)
    """,
    "no-contact-under-a-hold": """
        SELECT a.id::text FROM contact_attempt a
        WHERE a.purpose = 'collect' AND a.state IN ('sending', 'done') AND EXISTS (
            SELECT 1 FROM claims_hold h
            WHERE h.person_id = a.person_id AND (h.claim_id IS NULL OR h.claim_id = a.claim_id)
                AND h.placed_at < a.sent_at
                AND coalesce(h.lifted_at, 'infinity') > a.sent_at
                AND coalesce(h.ends_at, 'infinity') > a.sent_at
        )
    """,
    "one-live-mandate-per-claim": """
        SELECT m.claim_id::text FROM market_mandate m WHERE m.state IN ('active', 'suspended')
        GROUP BY m.claim_id HAVING count(*) > 1
    """,
    "placed-claims-have-a-mandate": """
        SELECT c.number FROM claims_claim c
        WHERE c.state = 'placed' AND NOT EXISTS (
            SELECT 1 FROM market_mandate m
            WHERE m.claim_id = c.id AND m.state IN ('active', 'suspended')
        )
    """,
    "mandates-are-signed-by-both": """
        WITH changed AS (
            SELECT sha256 FROM market_document
            WHERE sha256 <> encode(sha256(convert_to(text_zh, 'UTF8') || '\\x00'::bytea
                || convert_to(text_en, 'UTF8')), 'hex')
        )
        SELECT m.id::text FROM market_mandate m
        WHERE m.terms_version > '2026-11' AND (
            m.document_id IS NULL OR m.creditor_signed_by IS NULL OR m.signed_name = ''
            OR m.document_id IN (SELECT sha256 FROM changed)
        )
    """,
    "mandates-last-by-what-debtors-did": """
        SELECT m.id::text FROM market_mandate m
        WHERE m.agreed_ends_at IS NOT NULL AND m.ends_at > m.agreed_ends_at AND NOT EXISTS (
            SELECT 1 FROM market_extension e WHERE e.mandate_id = m.id AND e.until >= m.ends_at
        )
    """,
    "capacity-counts": """
        SELECT o.slug FROM market_capacity c
        JOIN parties_organisation o ON o.id = c.collector_id
        LEFT JOIN (
            SELECT collector_id, count(*) AS live FROM market_mandate
            WHERE state IN ('active', 'suspended') GROUP BY collector_id
        ) AS m ON m.collector_id = c.collector_id
        WHERE c.live <> coalesce(m.live, 0) OR c.live > c."limit"
    """,
    "listings-without-identity": """
        SELECT column_name FROM information_schema.columns
        WHERE table_schema = current_schema() AND table_name = 'market_listing'
            AND column_name <> ALL (%(identity_free)s)
        UNION ALL
        SELECT l.number FROM market_listing l WHERE length(l.region) > 6
    """,
    "open-complaints-hold": """
        SELECT q.number FROM quality_complaint q
        WHERE q.state = 'open' AND q.person_id IS NOT NULL AND NOT EXISTS (
            SELECT 1 FROM claims_hold h
            WHERE h.cause = 'complaint:' || q.id AND h.lifted_at IS NULL
        )
    """,
    "claims-belong-to-their-last-title": """
        SELECT c.number FROM claims_claim c JOIN LATERAL (
            SELECT t.to_org_id FROM claims_title t
            WHERE t.claim_id = c.id AND t.state = 'held' ORDER BY t.step DESC LIMIT 1
        ) AS last ON true
        WHERE last.to_org_id <> c.creditor_id
    """,
    "creditors-are-owed-what-their-claims-show": """
        WITH owed AS (
            SELECT creditor_id, currency, sum(principal + interest + costs) AS total
            FROM claims_claim GROUP BY creditor_id, currency
        )
        SELECT o.slug FROM owed JOIN parties_organisation o ON o.id = owed.creditor_id
        LEFT JOIN ledger_account a
            ON a.path = 'creditor:' || o.id || ':claimed' AND a.currency = owed.currency
        WHERE owed.total <> -coalesce(a.balance, 0)
    """,
    "doubled-claims-stand-still": """
        SELECT c.number FROM claims_duplicate d
        JOIN claims_claim c ON c.id IN (d.first_id, d.second_id)
        WHERE d.state = 'open'
            AND c.state IN ('submitted', 'challenge', 'ready', 'listed', 'placed')
            AND NOT EXISTS (
                SELECT 1 FROM claims_hold h
                WHERE h.claim_id = c.id AND h.kind = 'duplicate' AND h.lifted_at IS NULL
            )
    """,
    "commission-due-waits-for-its-creditor": """
        SELECT split_part(path, ':', 2) FROM ledger_account
        WHERE path LIKE 'creditor:%%:commission\\_due' OR path LIKE 'creditor:%%:uncovered'
        GROUP BY split_part(path, ':', 2), currency HAVING sum(balance) <> 0
    """,
    "splits-show-what-is-uncovered": """
        WITH shown AS (
            SELECT 'creditor:' || p.creditor_id || ':uncovered' AS path, p.currency,
                sum(s.uncovered) AS total
            FROM settlement_split s JOIN settlement_payment p ON p.id = s.payment_id
            WHERE p.state = 'posted' AND s.uncovered > 0 GROUP BY p.creditor_id, p.currency
        ), booked AS (
            SELECT path, currency, -balance AS total FROM ledger_account
            WHERE path LIKE 'creditor:%%:uncovered' AND balance <> 0
        )
        SELECT split_part(coalesce(s.path, b.path), ':', 2) FROM shown s
        FULL JOIN booked b ON b.path = s.path AND b.currency = s.currency
        WHERE s.total IS DISTINCT FROM b.total
    """,
    "only-own-money-is-lent": """
        SELECT regexp_replace(path, ':[^:]+$', '') FROM ledger_account
        WHERE path LIKE '%%:clawback' OR path LIKE '%%:advanced'
        GROUP BY regexp_replace(path, ':[^:]+$', ''), currency HAVING sum(balance) <> 0
        UNION ALL
        SELECT path || ' ' || currency FROM ledger_account
        WHERE path = 'platform:own' AND balance > 0
    """,
    "cash-covers-what-is-held": """
        SELECT currency FROM (
            SELECT currency, balance FROM ledger_account
            WHERE path LIKE 'platform:cash:%%' OR path LIKE 'platform:payout:%%'
                OR path LIKE 'creditor:%%:collected' OR path LIKE 'collector:%%:payable'
                OR path LIKE 'collector:%%:reserve' OR path LIKE 'debtor:%%:refund'
                OR path LIKE 'platform:tax:%%' OR path = 'platform:suspense'
            UNION ALL -- Tax in a fee that the agency has not paid yet came with no money.
            SELECT t.currency, t.amount FROM market_introduction i
            JOIN ledger_transfer t ON t.subject = 'introduction:' || i.id
            WHERE i.state = 'made' AND i.fee_received_at IS NULL
                AND t.kind = 'introduction.fee_tax'
        ) AS held GROUP BY currency HAVING sum(balance) < 0
    """,
    "suspense-is-what-waits": """
        SELECT coalesce(a.currency, s.currency) FROM
            (SELECT currency, -balance AS held FROM ledger_account
                WHERE path = 'platform:suspense') a
            FULL JOIN (SELECT currency, sum(rest) AS held FROM settlement_suspense
                GROUP BY currency) s USING (currency)
        WHERE coalesce(a.held, 0) <> coalesce(s.held, 0)
    """,
    "complaints-hold-the-quality-part": """
        SELECT q.number FROM quality_complaint q
        LEFT JOIN quality_appeal a ON a.complaint_id = q.id AND a.state = 'open'
        WHERE (q.state = 'open' OR a.id IS NOT NULL) AND q.mandate_id IS NOT NULL AND NOT EXISTS (
            SELECT 1 FROM settlement_stay s WHERE s.cause = 'complaint:' || q.id
                AND s.mandate_id = q.mandate_id AND s.until IS NULL
        )
    """,
    "forfeited-parts-stay-forfeited-for-a-reason": """
        SELECT s.payment_id::text FROM settlement_split s
        WHERE s.forfeited_for <> '' AND NOT EXISTS (
            SELECT 1 FROM settlement_mark m WHERE m.cause = s.forfeited_for AND m.lifted_at IS NULL
        )
    """,
    "measures-are-lifted-by-two": """
        SELECT l.id::text FROM parties_lifting l
        WHERE l.agreed_at IS NOT NULL AND (l.agreed_by = '' OR l.agreed_by = l.asked_by
            OR split_part(l.agreed_by, ':', 2) = split_part(l.asked_by, ':', 2))
        UNION ALL
        SELECT c.id::text FROM parties_cover c JOIN journal_entry e
            ON e.subject = 'organisation:' || c.organisation_id
            AND e.kind = 'parties.cover-released' AND e.facts->>'cover' = c.id::text
        WHERE c.released_at IS NOT NULL AND c.confirmed_at IS NOT NULL
            AND e.actor NOT LIKE 'system:%%' AND NOT EXISTS (
                SELECT 1 FROM parties_lifting l
                WHERE l.measure = 'cover:' || c.id AND l.agreed_at IS NOT NULL
            )
    """,
    "payouts-by-two-persons": """
        SELECT o.number FROM settlement_payout o
        WHERE o.state IN ('approved', 'sent', 'paid')
            AND (o.approved_by = '' OR o.approved_by = o.prepared_by)
        UNION ALL
        SELECT r.number FROM settlement_payoutrun r
        WHERE r.state IN ('approved', 'sent', 'done')
            AND (r.approved_by = '' OR r.approved_by = r.opened_by)
    """,
    "payouts-stand-in-the-books": """
        SELECT o.number FROM settlement_payout o
        LEFT JOIN ledger_account a
            ON a.path = 'platform:payout:' || o.id AND a.currency = o.currency
        WHERE coalesce(a.balance, 0)
            <> CASE WHEN o.state IN ('draft', 'approved', 'sent') THEN -o.amount ELSE 0 END
    """,
    "payouts-at-the-bank-are-set-aside": """
        SELECT o.number FROM settlement_payout o
        LEFT JOIN ledger_pending p ON p.id = o.held_id
        LEFT JOIN ledger_account d ON d.id = p.debit_id
        LEFT JOIN ledger_account c ON c.id = p.credit_id
        WHERE (o.state = 'sent' AND p.id IS NULL)
            OR (p.id IS NOT NULL AND (
                (p.amount, p.currency) IS DISTINCT FROM (o.amount, o.currency)
                OR d.path <> 'platform:payout:' || o.id OR c.path <> 'platform:cash:bank'
                OR p.state <> ALL (CASE o.state WHEN 'sent' THEN ARRAY['pending']
                    WHEN 'paid' THEN ARRAY['posted'] WHEN 'failed' THEN ARRAY['posted', 'voided']
                    ELSE ARRAY[]::text[] END)
                OR (p.state = 'posted' AND p.posted <> o.amount)))
        UNION ALL
        SELECT p.subject FROM ledger_pending p WHERE p.state = 'pending'
            AND p.subject LIKE 'payout:%%' AND NOT EXISTS (
                SELECT 1 FROM settlement_payout o WHERE o.held_id = p.id
            )
    """,
    "debits-were-allowed-and-told": """
        SELECT d.number FROM settlement_debit d
        JOIN settlement_debitmandate m ON m.id = d.mandate_id
        JOIN settlement_debitrun r ON r.id = d.run_id
        LEFT JOIN contact_attempt a ON a.id = d.notice_id
        LEFT JOIN contact_delivery v ON v.attempt_id = a.id AND v.posted_at IS NOT NULL
        WHERE d.state IN ('sent', 'collected', 'undue', 'returned') AND (
            d.amount > m.most OR coalesce(m.ended_at, 'infinity') < r.sent_at
            OR r.approved_by = '' OR r.approved_by = r.opened_by
            OR coalesce((CASE a.channel WHEN 'letter' THEN v.posted_at ELSE a.sent_at END
                AT TIME ZONE 'Asia/Shanghai')::date, 'infinity') > d.collects_on - 5)
        UNION ALL
        SELECT d.number FROM settlement_debit d WHERE d.state = 'collected' AND d.payment_id IS NULL
    """,
    "what-debits-brought-too-much-goes-back": """
        SELECT d.number FROM settlement_debit d
        JOIN settlement_debitmandate m ON m.id = d.mandate_id
        LEFT JOIN settlement_payment p ON p.id = d.payment_id AND p.state = 'posted'
        LEFT JOIN (SELECT debit_id, sum(amount) AS gone FROM settlement_sendback
            WHERE state <> 'dropped' GROUP BY debit_id) b ON b.debit_id = d.id
        WHERE coalesce(b.gone, 0) > d.amount OR (d.answered_at < %(given_back)s
            AND coalesce(b.gone, 0) < CASE d.state WHEN 'undue' THEN d.amount
                WHEN 'collected' THEN coalesce(p.excess, 0) ELSE 0 END
            -- What a charge-back took from the debtor's own money is not there to go back.
            AND EXISTS (SELECT 1 FROM ledger_account a WHERE a.currency = d.currency
                AND a.path = 'debtor:' || m.person_id || ':refund' AND a.balance < 0))
    """,
    "runs-are-what-was-approved": """
        SELECT r.number FROM settlement_payoutrun r
        LEFT JOIN settlement_payout o ON o.run_id = r.id
        WHERE r.state IN ('approved', 'sent', 'done')
        GROUP BY r.id HAVING count(o.id) <> r.count OR coalesce(sum(o.amount), 0) <> r.total
            OR r.total > r.most
    """,
    **BY_MONTH,
}
# Over each person and each of that person's own days.
PERIODIC: dict[str, str] = {
    "calls-within-the-persons-day": f"""
        SELECT a.person_id::text || ' ' || (a.at AT TIME ZONE {ZONE})::date::text
        FROM contact_attempt a JOIN parties_person p ON p.id = a.person_id
        WHERE a.channel = 'voice' AND a.state NOT IN ('refused', 'cancelled')
            AND a.outcome IS DISTINCT FROM 'failed'
            AND jsonb_array_length(p.zones) > 0
        GROUP BY a.person_id, (a.at AT TIME ZONE {ZONE})::date
        HAVING count(*) > %(dials)s
            OR count(*) FILTER (WHERE a.outcome IN ('talk', 'delivered')) > %(answered)s
    """,  # noqa: S608  a constant of this module
}


def found(name: str, *, at: datetime) -> list[str]:
    """Return what breaks a promise, as numbers or ids without personal data; at most a few."""
    text = {**BY_NAME, **PERIODIC}[name]
    cap = SETTINGS.person_cap
    facts: dict[str, Any] = {
        "states": list(AttemptState.values),
        "stuck": at - STUCK_AFTER,
        "given_back": at - GIVEN_BACK_IN,
        "identity_free": list(IDENTITY_FREE),
        "dials": cap.dials_per_day if cap else None,
        "answered": cap.answered_per_day if cap else None,
        "limit": LIMIT,
    }
    with connection.cursor() as cursor:
        cursor.execute(f"{text} LIMIT %(limit)s", facts)
        return [str(case) for (case,) in cursor.fetchall()]
