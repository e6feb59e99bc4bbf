"""Pages about money that several roles share: payments, statements, earnings."""
