"""
A crowd of collectors, some of them dishonest, lives a market for some months.

Does the market find dishonest ones, and do honest newcomers get work? Everybody acts through the
services, as through a door. Who is dishonest is written in `cast` and in the ledger of deeds in
`truth`; the actors and the report read it, and no mechanism of the product can.
"""
