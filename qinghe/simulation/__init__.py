"""
A whole market under a virtual clock, through the real services; asserts the invariants each day
and fills the demonstration.
"""
