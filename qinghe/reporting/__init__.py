"""
Figures with their definitions: dashboards, statements of the market, transparency. Reads
everything, writes nothing.
"""
