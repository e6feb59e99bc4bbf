"""Writes of the integrity desk: looking, hearing, ruling, appeals, deposits."""
