"""History of models that people argue about, at less cost a save."""

import functools
from typing import Any

from simple_history.manager import HistoryManager
from simple_history.models import HistoricalRecords


class KeptManager(HistoryManager):
    """The history's manager class made once; the library would make a new one at every save."""

    @classmethod
    @functools.cache
    def from_queryset(cls, queryset_class: type, class_name: str | None = None) -> Any:
        return super().from_queryset(queryset_class, class_name)


def kept() -> HistoricalRecords:
    """The history of a model that is saved often."""
    return HistoricalRecords(history_manager=KeptManager)
