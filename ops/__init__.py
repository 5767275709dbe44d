"""What ``make`` calls: environment, start, tests."""
