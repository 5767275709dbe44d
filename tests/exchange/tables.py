"""Tables as people make them, for tests: xlsx by openpyxl, csv in any encoding, archives bent on harm."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from openpyxl import Workbook

SHEET = "xl/worksheets/sheet1.xml"


def xlsx(rows: Iterable[Sequence[Any]]) -> bytes:
    """A workbook with one sheet."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    for row in rows:
        sheet.append(list(row))
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def text(rows: Iterable[Sequence[str]], encoding: str = "utf-8", delimiter: str = ",") -> bytes:
    """A csv file."""
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows(rows)
    return out.getvalue().encode(encoding)


def bent(change: Callable[[str, bytes], bytes], *, add: dict[str, bytes] | None = None) -> bytes:
    """A good workbook whose parts went through ``change``, with more parts ``add``."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(xlsx([["姓名"], ["甲"]]))) as good,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as bad,
    ):
        for name in good.namelist():
            bad.writestr(name, change(name, good.read(name)))
        for name, content in (add or {}).items():
            bad.writestr(name, content)
    return out.getvalue()


def in_sheet(new: bytes) -> bytes:
    """A good workbook with ``new`` in front of its rows."""
    return bent(lambda name, data: data.replace(b"<sheetData>", b"<sheetData>" + new) if name == SHEET else data)
