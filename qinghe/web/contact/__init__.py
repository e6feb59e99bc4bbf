"""Pages about contacts that several roles may open."""
