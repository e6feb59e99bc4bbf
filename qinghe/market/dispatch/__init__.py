"""
Optimal dispatch (派单): which collector should get which order. Pure: arrays in, arrays out.

A window is a transport problem: orders, seats with places, a value on each admitted pair. It is
solved exactly by min-cost flow on the few pairs that can matter, and the answer is proven on all
of them by prices: no order would gain by another seat at these prices, and a place that is free
costs nothing. Must never know tables, clocks or identities.
"""

from qinghe.market.dispatch.network import BadNetwork, Network, network
from qinghe.market.dispatch.solving import Solution, solve

__all__ = ["BadNetwork", "Network", "Solution", "network", "solve"]
