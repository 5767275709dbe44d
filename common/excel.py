"""Rows into sheets, safely and in a stream (REP-07).

openpyxl makes the frame (styles, widths, print set-up, charts); the rows are spliced into it as XML while they are
read, so that memory stays flat however many there are. Text is always text: never a formula.
"""

from __future__ import annotations

import io
import re
import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import IO, Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.chart._chart import ChartBase
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.styles.stylesheet import write_stylesheet
from openpyxl.worksheet.worksheet import Worksheet
from openpyxl.xml.functions import tostring

from .errors import RuleError
from .excel_cells import GENERAL, TEXT, Cells, Look, letters, plain

MOST_ROWS = 1_048_576
TITLE_LENGTH = 31
MARK_ROW, HEAD_ROW = 1, 2
MIME = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_NOT_IN_TITLES = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
_DIMENSION = re.compile(rb"<dimension [^>]*/>")
STYLES = "xl/styles.xml"
A4 = 9
BATCH = 200
FACE = "Calibri"  # openpyxl's own for all other cells
FONTS = {
    "mark": Font(name=FACE, color="808080", size=9),
    "head": Font(name=FACE, size=11, bold=True),
    "total": Font(name=FACE, size=11, bold=True),
}
HEAD_FILL = PatternFill("solid", fgColor="E8EEF4")
LINE = Side(style="thin", color="9AA5B1")
BORDERS = {"head": Border(bottom=LINE), "total": Border(top=LINE)}
_ROWS = re.compile(rb"<sheetData\s*/>|<sheetData>.*?</sheetData>", re.DOTALL)
_MODIFIED = re.compile(rb"(<dcterms:modified[^>]*>)[^<]*")


@dataclass(frozen=True)
class Column:
    """One column: its head, its width in characters, the number format of its cells, whether long text wraps."""

    title: object
    width: float = 12
    form: str = GENERAL
    wrap: bool = False


@dataclass(frozen=True)
class As:
    """One value with a number format of its own, where its column has many kinds of figures."""

    value: Any
    form: str = GENERAL


@dataclass(frozen=True)
class Mark:
    """The watermark: whose office, who took the book out, when. It stands on every sheet and every printed page."""

    office: str
    who: str
    at: datetime
    zone: str

    @property
    def text(self) -> str:
        """The watermark in words."""
        local = self.at.astimezone(ZoneInfo(self.zone))
        words = _("%(office)s · taken by %(who)s on %(at)s · for internal use only")
        return plain(words % {"office": self.office, "who": self.who, "at": f"{local:%Y-%m-%d %H:%M}"})


@dataclass
class Sheet:
    """One sheet: a mark, a head, rows, and a total where there is one. ``frame`` is openpyxl's side of it."""

    frame: Worksheet
    columns: Sequence[Column]
    rows: Iterable[Sequence[Any]]
    total: Sequence[Any] | None = None
    filtered: bool = False

    def chart(self, chart: ChartBase, place: str) -> None:
        """Put a native chart with its corner at ``place``."""
        self.frame.add_chart(chart, place)


class Book:
    """A workbook in the making. The rows of its sheets are read when it is saved, once."""

    def __init__(self, mark: Mark) -> None:
        self.mark = mark
        self._work = Workbook()
        del self._work[self._work.sheetnames[0]]
        made = mark.at.astimezone(ZoneInfo(mark.zone)).replace(tzinfo=None, microsecond=0)
        self._work.properties.creator = plain(mark.who)
        self._work.properties.title = plain(mark.office)
        self._work.properties.created = made
        self._made = made
        self._sheets: list[Sheet] = []
        self._styles: dict[Look, int] = {}
        self._cells = Cells(self._style, mark.zone)

    def add(
        self,
        title: object,
        columns: Sequence[Column],
        rows: Iterable[Sequence[Any]],
        *,
        total: Sequence[Any] | None = None,
        landscape: bool = True,
        filtered: bool = False,
        one_page: bool = False,
    ) -> Sheet:
        """A sheet with its head frozen and repeated on each printed page. ``rows`` may be a generator.

        ``one_page``: what is short is printed on one page, its chart with it.
        """
        frame = self._work.create_sheet(self._title(str(title)))
        for at, column in enumerate(columns, 1):
            frame.column_dimensions[letters(at)].width = column.width
        frame.freeze_panes = f"A{HEAD_ROW + 1}"
        self._print_setup(frame, landscape)
        frame.page_setup.fitToHeight = int(one_page)
        sheet = Sheet(frame, columns, rows, total, filtered)
        self._sheets.append(sheet)
        return sheet

    def save(self, target: IO[bytes]) -> None:
        """Write the workbook: the same rows and mark give the same bytes."""
        sheets = {f"xl/worksheets/sheet{n}.xml": sheet for n, sheet in enumerate(self._sheets, 1)}
        with tempfile.TemporaryFile() as frame:
            self._work.save(frame)
            with zipfile.ZipFile(frame) as source, zipfile.ZipFile(target, "w") as out:
                for name in source.namelist():
                    if name in sheets:
                        with out.open(_entry(name), "w", force_zip64=True) as part:
                            self._splice(source.read(name), sheets[name], part)
                    elif name != STYLES:
                        out.writestr(_entry(name), self._steady(name, source.read(name)))
                # Last, for drawing the rows has found which styles there are.
                out.writestr(_entry(STYLES), tostring(write_stylesheet(self._work)))

    def content(self) -> bytes:
        """The workbook as bytes."""
        target = io.BytesIO()
        self.save(target)
        return target.getvalue()

    def _splice(self, frame: bytes, sheet: Sheet, part: IO[bytes]) -> None:
        """The frame of a sheet with its rows where openpyxl left none."""
        before, after = _ROWS.split(_DIMENSION.sub(b"", frame), maxsplit=1)
        part.write(before + b"<sheetData>")
        lines, last = [], 0
        for last, line in enumerate(self._lines(sheet), 1):
            if last > MOST_ROWS:
                raise RuleError(_("An Excel sheet holds 1,048,576 rows: narrow the filter"), rule="REP-07")
            lines.append(line)
            if len(lines) == BATCH:
                part.write("".join(lines).encode())
                lines.clear()
        part.write("".join(lines).encode() + b"</sheetData>")
        last -= sheet.total is not None
        if sheet.filtered and last > HEAD_ROW:
            part.write(f'<autoFilter ref="A{HEAD_ROW}:{letters(len(sheet.columns))}{last}"/>'.encode())
        part.write(after)

    def _lines(self, sheet: Sheet) -> Iterator[str]:
        """The rows of a sheet as XML: mark, head, what it holds, total."""
        titles = [str(column.title) for column in sheet.columns]
        yield self._line(MARK_ROW, [self.mark.text], [Look(TEXT, kind="mark")])
        yield self._line(HEAD_ROW, titles, [Look(column.form, wrap=True, kind="head") for column in sheet.columns])
        looks = [Look(column.form, column.wrap) for column in sheet.columns]
        at = HEAD_ROW
        for at, row in enumerate(sheet.rows, HEAD_ROW + 1):
            yield self._line(at, row, looks)
        if sheet.total is not None:
            yield self._line(at + 1, sheet.total, [look._replace(kind="total") for look in looks])

    def _line(self, number: int, row: Sequence[Any], looks: Sequence[Look]) -> str:
        cells = []
        for at, (value, look) in enumerate(zip(row, looks, strict=True), 1):
            if isinstance(value, As):
                value, look = value.value, look._replace(form=value.form)
            if value is not None and value != "":
                cells.append(self._cells.draw(f"{letters(at)}{number}", value, look))
            elif look.kind == "total":
                cells.append(f'<c r="{letters(at)}{number}" s="{self._style(look)}"/>')
        return f'<row r="{number}">{"".join(cells)}</row>'

    def _style(self, look: Look) -> int:
        """The index of a style, registered with openpyxl when it is first met."""
        known = self._styles.get(look)
        if known is None:
            cell = WriteOnlyCell(self._sheets[0].frame)
            cell.number_format = TEXT if look.kind == "head" else look.form
            cell.quotePrefix = look.quoted
            cell.alignment = _alignment(look)
            if look.kind in FONTS:
                cell.font = FONTS[look.kind]
            if look.kind in BORDERS:
                cell.border = BORDERS[look.kind]
            if look.kind == "head":
                cell.fill = HEAD_FILL
            known = self._styles[look] = cell.style_id
        return known

    def _steady(self, name: str, content: bytes) -> bytes:
        """The clock of the machine has no place in the file."""
        if name != "docProps/core.xml":
            return content
        return _MODIFIED.sub(rb"\g<1>" + f"{self._made:%Y-%m-%dT%H:%M:%SZ}".encode(), content)

    def _title(self, text: str) -> str:
        """A title that a spreadsheet takes, and that no other sheet has."""
        wanted = _NOT_IN_TITLES.sub(" ", plain(text)).strip(" '")[:TITLE_LENGTH] or _("Sheet")
        taken = {sheet.frame.title.casefold() for sheet in self._sheets} | {"history"}
        title, n = wanted, 2
        while title.casefold() in taken:
            title, n = f"{wanted[: TITLE_LENGTH - 5]} {n}", n + 1
        return title

    def _print_setup(self, frame: Worksheet, landscape: bool) -> None:
        frame.print_title_rows = f"{MARK_ROW}:{HEAD_ROW}"
        frame.page_setup.orientation = "landscape" if landscape else "portrait"
        frame.page_setup.paperSize = A4
        frame.page_setup.fitToWidth = 1
        frame.sheet_properties.pageSetUpPr.fitToPage = True
        frame.oddFooter.left.text = self.mark.text.replace("&", "&&")
        frame.oddFooter.right.text = "&P / &N"


def _alignment(look: Look) -> Alignment:
    """Text stands a little off the number before it; a head stands over its column's numbers."""
    if look.form == TEXT and look.kind != "mark":
        return Alignment(horizontal="left", vertical="top", indent=1, wrap_text=look.wrap)
    over_numbers = look.kind == "head" and look.form != GENERAL
    return Alignment(horizontal="right" if over_numbers else None, vertical="top", wrap_text=look.wrap)


def _entry(name: str) -> zipfile.ZipInfo:
    """An entry without the time at which it was packed."""
    entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry
