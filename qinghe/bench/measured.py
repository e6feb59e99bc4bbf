"""What a leg of a benchmark says: a service at many clients beside its bare limit."""

from __future__ import annotations

from collections.abc import Sequence

from qinghe.bench.clients import Spent
from qinghe.bench.frame import percentiles
from qinghe.bench.pgbench import Replayed


def figures(spent: Sequence[Spent], limit: Replayed, seconds: int) -> dict[str, float]:
    """
    Return acts per second of both and their ratio, and each one's latency in milliseconds.

    `cpu_ms` and `server_cpu_ms` are of the asking process and of the server's side of its
    connection, per act.
    """
    milliseconds = [each for part in spent for each in part.milliseconds]
    rate = len(milliseconds) / seconds
    p50, p99 = percentiles(milliseconds)
    limit_p50, limit_p99 = percentiles(limit.milliseconds)
    return {
        "ours": round(rate, 1),
        "limit": round(limit.rate, 1),
        "ratio": round(rate / limit.rate, 4),
        "p50_ms": round(p50, 2),
        "p99_ms": round(p99, 2),
        "limit_p50_ms": round(limit_p50, 2),
        "limit_p99_ms": round(limit_p99, 2),
        "cpu_ms": round(1000 * sum(each.own for each in spent) / len(milliseconds), 3),
        "server_cpu_ms": round(1000 * sum(each.server for each in spent) / len(milliseconds), 3),
    }
