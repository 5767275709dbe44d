"""The offices of the customers' tests, and imports of tables into them. Refusals are read in English."""

from collections.abc import Iterator

import pytest
from django.utils import translation

from tests.customers.conftest import house, neighbour

__all__ = ["house", "neighbour"]


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    """The msgids are what is compared."""
    with translation.override("en"):
        yield
