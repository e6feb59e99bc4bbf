"""
A stand-in for a payment provider, so that the whole round trip can be tried without real money.

It knows nothing of the platform but the signed address the payer brings, and answers only by a
signed notice and by sending the payer back.
"""
