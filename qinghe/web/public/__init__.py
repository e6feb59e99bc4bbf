"""Pages for everybody: what this is, figures, rules, agencies, a check, a complaint."""
