"""Pages of bulk buyers."""
