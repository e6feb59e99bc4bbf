"""The operator's door: every operation a person needs, with --json."""
