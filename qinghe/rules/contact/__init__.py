"""
Contact law: may this act be done to this person at this moment?

`evaluate.evaluate` answers one act, `budget.budget` what is left of a person's day. Both are pure
functions of the facts in `facts` and the packs in `qinghe.rules.law`; equal facts, equal answer.
"""
