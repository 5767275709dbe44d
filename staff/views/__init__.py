"""Pages about people, postings, policy and the inbox."""
