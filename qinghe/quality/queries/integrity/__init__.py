"""Reads of the integrity desk: what changed in the market, flags, rulings, figures per rule."""
