"""
The conscience: complaints, decisions, sanctions.

Promises: a complaint stops contact at once; the decision has a due date and a reason; an upheld
complaint costs the mandate. Pushes holds and suspensions down. Must never know who profits.
"""
