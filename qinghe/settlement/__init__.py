"""
Money: payment in, allocation, commission, platform fee, payout, reversal, statements.

Promises: a cent is never lost or made; debtors pay to the platform's designated account, never
to a collector; unmatched money waits visibly. Must never know pages.
"""
