"""Pages of compliance: complaints to decide, contacts that were refused."""
