"""What is typed when a table is brought in."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from common.forms import PlainForm
from exchange.columns import Column


class UploadForm(PlainForm):
    """A file and what it holds."""

    kind = forms.ChoiceField(label=_("What the table holds"))
    file = forms.FileField(
        label=_("File"),
        max_length=255,
        help_text=_(".xlsx, .xls or .csv, at most 30 MB and 200,000 rows; the first filled sheet is read"),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.xls,.csv"}),
        error_messages={"empty": _("The file is empty: choose the one with the table")},
    )

    def __init__(self, *args: Any, kinds: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = kinds  # type: ignore[attr-defined]


class MappingForm(PlainForm):
    """Which column of the file is which."""

    fill_down = forms.BooleanField(
        label=_("An empty day takes the one above it"), required=False, help_text=_("for tables with merged cells")
    )

    def __init__(self, *args: Any, columns: tuple[Column, ...], heads: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", _("not in the file")), *((n, f"{n + 1}. {head or '—'}") for n, head in enumerate(heads))]
        for column in columns:
            self.fields[column.name] = forms.TypedChoiceField(
                label=column.label, required=False, choices=choices, coerce=int, empty_value=None
            )
        if not any(column.name == "day" for column in columns):
            del self.fields["fill_down"]
        else:
            self.order_fields([column.name for column in columns])
        self.names = [column.name for column in columns]

    def mapping(self) -> dict[str, int]:
        """Column name to position, for the columns that the file has."""
        chosen = {name: self.cleaned_data[name] for name in self.names}
        return {name: position for name, position in chosen.items() if position is not None}
