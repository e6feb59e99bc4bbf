"""The outside world: registers that know who somebody is, and the bank that sends a few cents."""
