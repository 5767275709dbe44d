"""The offices of the customers' tests."""

from tests.customers.conftest import clock, house, neighbour, sign_in

__all__ = ["clock", "house", "neighbour", "sign_in"]
