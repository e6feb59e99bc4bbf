"""Pages of reviewers: claims to verify, beside their evidence; disputes to decide."""
