"""A demo office: plainly invented people, two months of work done through the rules."""
