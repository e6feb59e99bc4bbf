"""Writes of this room: links between persons, signs of organisations."""

from qinghe.graph.services.links import CROWD, find_links
from qinghe.graph.services.traces import find_traces, leave_trace, note_crossing

__all__ = ["CROWD", "find_links", "find_traces", "leave_trace", "note_crossing"]
