"""Pages of creditors: dashboard, batches, claims, publishing, mandates, money."""
