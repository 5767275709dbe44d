"""A demo office: plainly invented people, three months of work done through the rules."""
