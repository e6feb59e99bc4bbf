"""Qinghe (清和): a debt-collection order platform. docs/tour.md is the life of one claim."""
