"""
The daily work: worklist, records, promises, call-backs, plans, hardship.

Promises: help comes first; a kept plan stops collection; a promise is judged by the payment,
not by the collector. Must never know how money is booked.
"""
