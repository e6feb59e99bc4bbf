"""
Who may work a claim: de-identified listings, taking, designation, recall, mandates and their
terms.

Promises: a listing has no identity columns; one claim has at most one live mandate; nobody
holds more than their capacity. Must never know contact: nobody wins a mandate by having called.
"""
