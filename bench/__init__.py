"""Benchmarks, run by hand and by one command: ``python -m bench``. Nothing here is timed by the tests."""
