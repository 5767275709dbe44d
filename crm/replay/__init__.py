"""A log of events run through the rules, and the office's state that follows from it."""
