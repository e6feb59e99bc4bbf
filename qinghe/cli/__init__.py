"""
Commands for the people who run an installation; one module per noun.

A door: it reads the clock, builds the Actor, calls one service or query and prints the answer.
"""
