"""Qinghe (清和): a debt-collection order platform. Read docs/tour.md first: the life of one claim."""
