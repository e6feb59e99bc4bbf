"""Figures for creditors, collectors, operators and everybody; each names its definition."""

from qinghe.reporting.figures import Dashboard, Figure, StageRow
from qinghe.reporting.queries.dashboards import (
    collector_dashboard,
    collector_record,
    creditor_dashboard,
    operator_dashboard,
    transparency,
)
from qinghe.reporting.queries.directory import Agency, agencies
from qinghe.reporting.queries.waiting import waiting

__all__ = [
    "Agency",
    "Dashboard",
    "Figure",
    "StageRow",
    "agencies",
    "collector_dashboard",
    "collector_record",
    "creditor_dashboard",
    "operator_dashboard",
    "transparency",
    "waiting",
]
