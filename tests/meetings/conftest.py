"""The offices of the customers' tests."""

from tests.customers.conftest import house, neighbour

__all__ = ["house", "neighbour"]
